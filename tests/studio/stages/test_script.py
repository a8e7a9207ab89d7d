from __future__ import annotations

from datetime import date

import pytest

from studio.errors import BadInput, ProviderRejected, ProviderUnavailable
from studio.models.brief import Brief, language_of
from studio.models.research import Source
from studio.models.script import Scene, Script
from studio.providers.llm import LLM, ScriptOrder
from studio.providers.llm.embedded import EmbeddedWriter
from studio.providers.till import Till
from studio.stages.script import write_script
from tests.support.templates import dressed

FACTS = (
    "太陽光看起來是白色，其實混合了七種顏色。白天陽光直射，藍光被空氣分子散射到四面八方。"
    "到了傍晚，光線要多走將近四十倍的路。藍光幾乎散失了，只剩紅光來到眼前。空氣中的灰塵越多，夕陽就越紅。"
)


def write(template: str = "explainer", writers: list[LLM] | None = None, pace: float = 5.5, **brief: object) -> Script:
    order = Brief.model_validate({"title": "夕陽為什麼是紅色的？", **brief})
    ready = dressed(template, title=order.title, language=language_of(order))
    return write_script(order, template=ready, pace=pace, writers=writers or [EmbeddedWriter()])


def test_a_title_alone_makes_a_title_film_and_says_so() -> None:
    script = write()

    assert [scene.role for scene in script.scenes] == ["hook", "closing"]
    assert "nothing was made up" in script.warnings[0]


def test_every_sentence_between_hook_and_closing_is_the_creators() -> None:
    script = write(description=FACTS)
    said = "".join(scene.narration for scene in script.scenes[1:-1])

    assert said == FACTS


def test_a_script_that_is_too_long_is_trimmed_to_the_asked_seconds() -> None:
    script = write(description=FACTS, duration=20)
    said = "".join(scene.narration for scene in script.scenes)

    assert len(said) / 5.5 < 20
    assert "left out" in script.warnings[0]


def test_notes_that_do_not_reach_are_not_stretched_with_words() -> None:
    script = write(description="太陽光有七種顏色。", duration=60)

    assert len(script.scenes) == 3
    assert "of the 60 seconds" in script.warnings[0]


def test_the_title_is_not_said_twice() -> None:
    script = write(description="夕陽為什麼是紅色的？" + FACTS)

    assert sum("為什麼" in scene.narration for scene in script.scenes) == 1


def test_a_listicle_counts_its_points() -> None:
    script = write("listicle", description="- 滑手機\n- 喝咖啡\n- 劇烈運動", title="睡前別做的三件事")

    assert [scene.narration for scene in script.scenes[1:-1]] == [
        "第一，滑手機。",
        "第二，喝咖啡。",
        "第三，劇烈運動。",
    ]


@pytest.mark.parametrize(
    ("template_words", "description", "said"),
    [
        (
            "zh",
            "第一，設定在26度。其次，換成LED燈泡。最後，拔掉插頭。",
            ["第一，設定在26度。", "第二，換成LED燈泡。", "第三，拔掉插頭。"],
        ),
        (
            "en",
            "First, it boils.\n2. It cools.\nFinally, it sets.",
            ["First, it boils.", "Second, it cools.", "Third, it sets."],
        ),
        ("zh", "1.5公尺是一個人的身高。", ["第一，1.5公尺是一個人的身高。"]),
    ],
)
def test_points_that_count_themselves_are_not_counted_twice(
    template_words: str, description: str, said: list[str]
) -> None:
    title = "三個方法" if template_words == "zh" else "Three steps"
    script = write("listicle", title=title, description=description)

    assert [scene.narration for scene in script.scenes][1:-1] == said


def test_an_english_listicle_goes_on_in_lower_case() -> None:
    script = write("listicle", pace=3.7, title="Two things about tides", description="The Moon pulls. It never stops.")

    assert [s.narration for s in script.scenes[1:-1]] == ["First, the Moon pulls.", "Second, it never stops."]


def test_an_own_script_is_said_word_for_word() -> None:
    own = "第一段有兩句話。這是第二句！\n\n第二段在這裡。"
    script = write(script=own, description=FACTS)

    assert "".join(scene.narration for scene in script.scenes) == own.replace("\n\n", "")
    assert script.written_by == "creator"


def test_an_own_script_without_words_names_the_field() -> None:
    with pytest.raises(BadInput) as refused:
        write(script="……")

    assert refused.value.field == "script"


SIMPLIFIED = "手机里的锂电池每天都在工作。每次充电都会让它损失一点容量。大约500次循环以后，容量就会下降到百分之八十。"
AS_IN_TAIWAN = "手機裡的鋰電池每天都在工作。每次充電都會讓它損失一點容量。大約500次循環以後，容量就會下降到百分之八十。"


def test_a_simplified_brief_is_said_in_the_characters_of_taiwan_and_a_warning_says_so() -> None:
    script = write(title="为什么手机电池会变老？", description=SIMPLIFIED)

    assert script.title == script.scenes[0].narration == "為什麼手機電池會變老？"
    assert "".join(scene.narration for scene in script.scenes[1:-1]) == AS_IN_TAIWAN
    assert "Simplified Chinese" in script.warnings[0]


def test_an_own_script_in_simplified_characters_is_converted_word_for_word() -> None:
    script = write(title="电池", script=SIMPLIFIED)

    assert "".join(scene.narration for scene in script.scenes) == AS_IN_TAIWAN
    assert len(script.warnings) == 1


def test_a_traditional_script_is_said_character_for_character() -> None:
    own = "台灣的臺北，皇后在裡屋裏吃乾麵。里長看著羣山與山峯，干貝不貴。"
    script = write(script=own)

    assert "".join(scene.narration for scene in script.scenes) == own
    assert script.warnings == ()


def test_single_simplified_characters_in_a_traditional_script_are_replaced_and_named() -> None:
    script = write(script="皇后在裏面吃干面，发现了這個祕密。")

    assert script.scenes[0].narration == "皇后在裏面吃干面，發現了這個祕密。"
    assert "Some characters" in script.warnings[0]


def test_an_english_film_keeps_the_characters_that_it_quotes() -> None:
    script = write(title="What does 电池 mean in English, and where is it used?", description="It means battery.")

    assert "电池" in script.scenes[0].narration
    assert not any("Simplified" in warning for warning in script.warnings)


class InSimplified(EmbeddedWriter):
    """A writer that answers in the characters that it has learned from."""

    def write_script(self, order: ScriptOrder, *, till: Till) -> Script:
        return Script(title=order.title, language="zh-TW", scenes=(Scene(narration=SIMPLIFIED),), written_by="model")


def test_what_a_writer_answers_in_simplified_characters_is_converted() -> None:
    assert write(writers=[InSimplified()]).scenes[0].narration == AS_IN_TAIWAN


def test_amounts_beside_each_other_have_a_scene_of_their_own() -> None:
    script = write(script="我們愛喝飲料。珍珠奶茶有62公克的糖，可樂有35公克。喝多了對身體真的很不好。")

    assert [scene.narration for scene in script.scenes] == [
        "我們愛喝飲料。",
        "珍珠奶茶有62公克的糖，可樂有35公克。",
        "喝多了對身體真的很不好。",
    ]


class Stubborn(EmbeddedWriter):
    """A writer that raises what it is told to."""

    name = "stubborn"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write_script(self, order: ScriptOrder, *, till: Till) -> Script:
        raise self.error


def test_the_next_writer_is_asked_when_one_is_unavailable() -> None:
    script = write(writers=[Stubborn(ProviderUnavailable("llm", "stubborn", "down")), EmbeddedWriter()])

    assert script.written_by == "embedded"
    assert "down" in script.warnings[0]


def test_no_other_writer_is_asked_when_the_order_was_refused() -> None:
    with pytest.raises(ProviderRejected):
        write(writers=[Stubborn(ProviderRejected("llm", "stubborn", "no")), EmbeddedWriter()])


PAGE = Source(
    title="夕陽",
    url="https://zh.wikipedia.org/wiki/夕陽",
    licence="CC BY-SA 4.0",
    text=FACTS,
    retrieved=date(2026, 1, 2),
)


def from_sources(sources: list[Source], **brief: object) -> Script:
    order = Brief.model_validate({"title": "夕陽為什麼是紅色的？", **brief})
    return write_script(
        order,
        template=dressed(title=order.title, language=language_of(order)),
        pace=5.5,
        writers=[EmbeddedWriter()],
        sources=sources,
    )


def test_without_notes_the_keyless_writer_quotes_a_source_and_says_whose_words_they_are() -> None:
    script = from_sources([PAGE])

    assert "".join(scene.narration for scene in script.scenes[1:-1]) == FACTS
    assert any("夕陽 (https://zh.wikipedia.org/wiki/夕陽, CC BY-SA 4.0)" in warning for warning in script.warnings)
    assert script.sources == (PAGE.model_copy(update={"text": ""}),)


def test_with_notes_the_keyless_writer_quotes_nobody() -> None:
    script = from_sources([PAGE], description="太陽光有七種顏色。")

    assert [scene.narration for scene in script.scenes[1:-1]] == ["太陽光有七種顏色。"]
    assert not any("name them" in warning for warning in script.warnings)


def test_a_source_that_says_nothing_is_as_good_as_none() -> None:
    script = from_sources([PAGE.model_copy(update={"text": "……"})])

    assert [scene.role for scene in script.scenes] == ["hook", "closing"]


def test_a_scene_has_something_to_say() -> None:
    with pytest.raises(ValueError, match="narration"):
        Scene(narration="")
