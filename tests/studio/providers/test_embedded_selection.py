"""What the keyless writer says of a text that is too long, repeats itself or ends in a quotation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from studio.language.detect import detect_language
from studio.models.script import Script
from studio.providers.llm import ScriptOrder
from studio.providers.llm.embedded import EmbeddedWriter
from studio.providers.llm.selection import choose_within, without_repeats
from studio.providers.till import OpenTill
from tests.support.templates import dressed

CATS = (
    "Purring comes from the larynx of a cat. The vocal cords of a cat open and close 25 times a second. "
    "Big cats that roar, such as lions and tigers, have a flexible bone in the throat and cannot purr. "
    "Cheetahs and pumas can. Cats purr when a cat is calm, and cats purr when a cat is in pain."
)


def write(title: str, description: str, seconds: int = 45, **more: Any) -> Script:
    language = detect_language(title + description)
    template = dressed(title=title, language=language)
    order = ScriptOrder(
        title=title,
        description=description,
        language=language,
        seconds=seconds,
        pace={"en": 3.7}.get(language, 5.5),
        template=template,
        **more,
    )
    return EmbeddedWriter().write_script(order, till=OpenTill())


def said(script: Script) -> str:
    return " ".join(scene.narration for scene in script.scenes)


@pytest.mark.parametrize("seconds", [8, 12, 16, 20, 25, 30])
def test_an_answer_is_not_said_without_what_it_answers(seconds: int) -> None:
    text = said(write("Why do cats purr?", CATS, seconds))

    assert "Cheetahs and pumas can." not in text or "cannot purr. Cheetahs" in text


@pytest.mark.parametrize("seconds", [8, 10, 12, 14, 16, 18])
def test_a_chinese_answer_is_not_said_without_what_it_answers(seconds: int) -> None:
    notes = (
        "貓會打呼嚕。聲音來自喉嚨裡的聲帶。會吼叫的大型貓科動物，像是獅子和老虎，不能打呼嚕。"
        "獵豹和美洲獅可以。所以體型不是原因。"
    )
    text = said(write("貓為什麼會打呼嚕？", notes, seconds)).replace(" ", "")

    assert "獵豹和美洲獅可以。" not in text or "不能打呼嚕。獵豹" in text
    assert "所以體型" not in text or "可以。所以" in text


def test_what_leans_is_chosen_with_all_that_it_leans_on_or_not_at_all() -> None:
    leaning = [False, True, True, False]

    def chosen(room: float) -> list[int]:
        return choose_within(room, [3, 3, 3, 3], [0, 0, 9, 1], leaning, spare=0)

    assert chosen(9) == [0, 1, 2]
    assert chosen(8) == [0, 3]
    assert chosen(1) == [0]
    assert choose_within(1, [], [], [], spare=0) == []


def test_a_sentence_that_stands_many_times_is_said_once() -> None:
    pair = "Honey never spoils. Bees dry the nectar with their wings. "
    script = write("Honey", (pair + pair.replace("never spoils.", "NEVER really spoils!")) * 26)

    assert len(re.findall(r"(?i)spoils", said(script))) == 1
    assert said(script).count("Bees dry") == 1
    assert script.warnings[0] == "102 of the sentences repeat another and are left out."


def test_repeated_chinese_sentences_are_said_once() -> None:
    script = write("蜂蜜", "蜂蜜不會壞。蜜蜂用翅膀把花蜜吹乾。" * 100)

    assert said(script).count("蜂蜜不會壞") == 1


def test_sentences_that_differ_in_a_number_or_a_not_are_both_said() -> None:
    sentences = ["Cats can purr.", "Cats cannot purr.", "Note 1 is here.", "Note 2 is here."]

    assert without_repeats(sentences, "en") == sentences


def test_what_leans_on_a_repeated_sentence_goes_with_it() -> None:
    kept = without_repeats(["Bees fly.", "Ants walk.", "Bees fly.", "They hum all day."], "en")

    assert kept == ["Bees fly.", "Ants walk."]
    assert without_repeats(["Bees fly.", "Bees fly.", "They hum all day."], "en") == ["Bees fly.", "They hum all day."]


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ('The dog said "give me a bone."', 'The cat wrote "I like fish.".'),
        ('The dog said "give me a bone.".', "The cat wrote “I like fish.”"),
        ("狗說：「給我一根骨頭。」", "貓在紙上寫下：「我愛吃魚。」。"),
    ],
)
def test_a_sentence_that_ends_in_a_quotation_has_one_full_stop(title: str, description: str) -> None:
    text = said(write(title, description))

    assert not re.search(r"[.。!?！？][」”\"][.。]", text)


def test_the_words_of_another_have_a_scene_of_their_own() -> None:
    script = write(
        "老師說的話",
        "孔子說：「學而不思則罔，思而不學則殆。」老師說：「你們要多讀書，少滑手機，早點睡覺。」大家都點頭。",
    )

    assert [scene.narration for scene in script.scenes[1:-1]] == [
        "孔子說：「學而不思則罔，思而不學則殆。」",
        "老師說：「你們要多讀書，少滑手機，早點睡覺。」大家都點頭。",
    ]


def test_who_said_it_stays_with_the_words() -> None:
    saying = "「天下興亡，匹夫有責，讀書人更是如此。」顧炎武這樣寫道。"
    script = write("一句話", "從前的人愛讀書。" + saying + "大家都記住了這句話，直到今天。")

    assert [scene.narration for scene in script.scenes[1:-1]][1] == saying


@pytest.mark.parametrize("seconds", [30, 60])
def test_a_script_full_of_figures_lasts_as_long_as_asked(seconds: int) -> None:
    figures = " ".join(f"In {1950 + i}, {i + 2},{i}50,000 people paid ${i}.{i}5 for it." for i in range(1, 10))
    script = write("What did it cost?", figures, seconds)
    asked = ScriptOrder("", "", "en", seconds, 3.7, dressed(title="x", language="en"))

    assert sum(asked.seconds_of(scene.narration) for scene in script.scenes) == pytest.approx(seconds, rel=0.15)
