"""A hundred topics, fifty in each language: valid scripts, as long as asked where the notes reach, nothing made up."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from studio.language.detect import is_chinese
from studio.language.pace import spoken_seconds
from studio.language.sentences import split_sentences
from studio.models.brief import Brief
from studio.models.script import Script
from studio.models.templatefiles import load_template
from studio.providers.llm import LLM, catalog
from studio.providers.llm.embedded import EmbeddedWriter
from studio.stages.script import write_script
from tests.support.templates import dressed
from tests.support.vendor import Said
from tests.support.writer import Scripted, draft_of, scripted

TEMPLATE = load_template("explainer")
PACE = {"zh-TW": 4.6, "en": 2.6}
SECONDS = (20, 30, 45, 60, 90)
HOW_MANY = (0, 1, 3, 8, 14, 22, 30)
"""Sentences of notes: none, too few, and more than the longest film has room for."""

SUBJECTS = {
    "zh-TW": (
        "潮汐 彩虹 閃電 颱風 地震 火山 冰河 沙漠 珊瑚 鯨魚 蜜蜂 螞蟻 蝙蝠 貓咪 咖啡 茶葉 巧克力 麵包 豆腐 醬油 "
        "睡眠 記憶 心跳 呼吸 骨頭"
    ).split(),
    "en": (
        "tides rainbows lightning typhoons earthquakes volcanoes glaciers deserts corals whales bees ants bats cats "
        "coffee tea chocolate bread tofu soy-sauce sleep memory heartbeats breathing bones"
    ).split(),
}
TITLES = {
    "zh-TW": ("{0}是怎麼來的？", "關於{0}，多數人不知道的事"),
    "en": ("Where do {0} come from?", "What few know of {0}"),
}

OPENINGS = {
    "zh-TW": ("研究人員發現", "很多人不知道", "在台灣", "一百年前", "有趣的是", "一般來說"),
    "en": ("Scientists found that", "Few people know that", "In Taiwan", "A century ago", "Oddly enough", "As a rule"),
}
MIDDLES = {
    "zh-TW": (
        "{0}和天氣有關",
        "{0}其實很常見",
        "{0}會慢慢改變",
        "每個人都見過{0}，卻很少有人停下來想一想為什麼",
        "{0}比想像中重要",
    ),
    "en": (
        "{0} depend on the weather",
        "{0} are quite common",
        "{0} change slowly",
        "everybody has seen {0} and hardly anybody has stopped to think about why",
        "{0} matter more than they seem to",
    ),
}
ENDS = {
    "zh-TW": ("。", "，這是第{1}個觀察。", "，記錄上有{1}次。", "，而且每次都一樣，從第{1}次起就沒有變過。"),
    "en": (
        ".",
        ", which is note number {1}.",
        ", as {1} records show.",
        ", and after {1} tries nothing had changed at all.",
    ),
}


@dataclass(frozen=True)
class Topic:
    """What one film is about."""

    title: str
    language: str
    sentences: tuple[str, ...]
    seconds: int

    @property
    def brief(self) -> Brief:
        separator = "" if is_chinese(self.language) else " "
        return Brief(
            title=self.title,
            description=separator.join(self.sentences),
            language=self.language,
            duration=self.seconds,
        )

    def seconds_of(self, texts: Sequence[str]) -> float:
        return sum(spoken_seconds(text, self.language, pace=PACE[self.language]) + TEMPLATE.gap for text in texts)

    @property
    def reaches(self) -> bool:
        """Whether the notes have enough to say, hook and closing aside."""
        said = (self.title, *self.sentences, TEMPLATE.words(self.language).closing)
        # Sentences in one scene share a gap.
        return self.seconds_of(said) - TEMPLATE.gap * len(self.sentences) >= self.seconds


def topics() -> list[Topic]:
    """The same hundred every time."""
    chance = random.Random(7)
    shapes = itertools.cycle(itertools.product(SECONDS, HOW_MANY))
    found = []
    for language, subjects in SUBJECTS.items():
        for subject, title in itertools.product(subjects, TITLES[language]):
            seconds, count = next(shapes)
            sentences = tuple(_sentence(language, subject, chance, number) for number in range(1, count + 1))
            found.append(Topic(title.format(subject), language, sentences, seconds))
    return found


def _sentence(language: str, subject: str, chance: random.Random, number: int) -> str:
    parts = [chance.choice(choices[language]) for choices in (OPENINGS, MIDDLES, ENDS)]
    return ("，" if is_chinese(language) else " ").join(parts[:2]).format(subject) + parts[2].format(subject, number)


TOPICS = topics()


def write(topic: Topic, writer: LLM) -> Script:
    template = dressed(title=topic.title, language=topic.language)
    return write_script(topic.brief, template=template, pace=PACE[topic.language], writers=[writer], salt=topic.title)


def total(script: Script, topic: Topic) -> float:
    return topic.seconds_of([scene.narration for scene in script.scenes])


def made_up(script: Script, topic: Topic) -> list[str]:
    """Sentences between hook and closing that are not in the notes."""
    said = [sentence for scene in script.scenes[1:-1] for sentence in split_sentences(scene.narration, topic.language)]
    return [sentence for sentence in said if sentence not in topic.sentences]


def test_there_are_fifty_topics_of_each_language_and_of_each_kind() -> None:
    assert [sum(topic.language == language for topic in TOPICS) for language in SUBJECTS] == [50, 50]
    assert len({topic.title for topic in TOPICS}) == 100
    assert sum(topic.reaches for topic in TOPICS) > 30
    assert sum(not topic.reaches for topic in TOPICS) > 30


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.title)
def test_the_keyless_writer_says_what_the_notes_say_for_as_long_as_asked(topic: Topic) -> None:
    script = write(topic, EmbeddedWriter())
    long = total(script, topic) / topic.seconds

    assert Script.model_validate_json(script.model_dump_json()) == script
    assert (script.scenes[0].role, script.scenes[-1].role) == ("hook", "closing")
    assert made_up(script, topic) == []
    assert long <= 1.1
    if topic.reaches:
        assert long >= 0.9
    if long < 0.9:
        assert any("enough for about" in each or "nothing was made up" in each for each in script.warnings)


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted() as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", found.base_url)
        patch.setenv("OPENAI_API_KEY", "sk-test")
        found.answers = [honest]
        yield found


def honest(request: dict[str, Any]) -> Said | dict[str, Any]:
    """A model that uses the notes alone, and is as wrong about lengths as models are until it is told."""
    told = "\n".join(message["content"] for message in request["messages"])
    notes = re.findall(r"<notes>\n(.*)\n</notes>", told, re.DOTALL)[0]
    is_zh = "旁白" in told
    sentences = split_sentences(notes, "zh-TW" if is_zh else "en")
    wish = re.findall(r"必須是大約 (\d+) 個字|must be about (\d+)", told)
    plan = re.findall(r"加起來約 (\d+) 個字|narration is about (\d+) words", told)[0]
    wanted = int("".join(wish[-1])) if wish else int("".join(plan)) * (0.5, 1, 1.6)[len(notes) % 3]
    hook, closing = ("你知道嗎？", "下次見。") if is_zh else ("Did you know?", "See you next time.")
    kept = _nearest(sentences, wanted - _length([hook, closing], is_zh), is_zh)
    return draft_of(hook, kept or [hook], closing)


def _nearest(sentences: Sequence[str], wanted: float, is_zh: bool) -> list[str]:
    """Those that together come nearest to *wanted*: a model that cannot cut a sentence can still choose well."""
    sums: dict[int, list[str]] = {0: []}
    for sentence in sentences:
        sums = {length + _length([sentence], is_zh): [*kept, sentence] for length, kept in sums.items()} | sums
    return sums[min(sums, key=lambda length: abs(length - wanted))]


def _length(texts: Sequence[str], is_zh: bool) -> int:
    return sum(sum(map(str.isalnum, text)) if is_zh else len(text.split()) for text in texts)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.title)
def test_an_honest_model_is_brought_to_the_asked_length(topic: Topic, server: Scripted) -> None:
    before = len(server.server.asked)
    script = write(topic, catalog.open("openai"))
    long = total(script, topic) / topic.seconds

    assert Script.model_validate_json(script.model_dump_json()) == script
    assert script.written_by == "openai"
    assert [each for each in made_up(script, topic) if topic.sentences] == []
    assert all(scene.queries == ("moon over ocean", "ocean tide") for scene in script.scenes)
    if topic.reaches and len(topic.sentences) > 3:
        assert 0.9 <= long <= 1.1
    if abs(long - 1) > 0.1:
        assert re.search(r"\d+% (shorter|longer)\.$", script.warnings[0])
    assert len(server.server.asked) - before <= 4


def test_titles_and_notes_reach_the_model_as_they_are(server: Scripted) -> None:
    topic = TOPICS[5]
    write(topic, catalog.open("openai"))

    assert json.dumps(topic.brief.description, ensure_ascii=False)[1:-1] in server.asked[-1]["messages"][1]["content"]
