"""A writer's ideas of pictures: taken where the sentence bears them out, and never believed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.segment import break_units
from studio.models.narration import Word
from studio.models.script import Picture, PictureEntry
from studio.picture.ideas import content_of
from studio.picture.layouts import CATALOG, open_layout
from studio.picture.scenetext import FilmText, SceneText

SCENES = {
    "chart": (
        "In 1950 there were 2.5 billion people, in 1987 there were 5 billion, and in 2022 there were 8 billion.",
        Picture(
            layout="chart",
            heading="People on Earth",
            entries=(
                PictureEntry(label="1950", value="2.5 billion"),
                PictureEntry(label="1987", value="5 billion"),
                PictureEntry(label="2022", value="8 billion"),
            ),
        ),
    ),
    "number": (
        "地球表面有百分之七十一是海洋。",
        Picture(layout="number", heading="", entries=(PictureEntry(label="地球表面", value="71%", note="是海洋"),)),
    ),
    "comparison": (
        "珍珠奶茶有62公克的糖，可樂有35公克。",
        Picture(
            layout="comparison",
            heading="一杯的糖",
            entries=(PictureEntry(label="珍珠奶茶", value="62公克"), PictureEntry(label="可樂", value="35公克")),
        ),
    ),
    "list": (
        "Good sleep needs darkness, silence, and cool air.",
        Picture(
            layout="list",
            heading="What sleep needs",
            entries=(PictureEntry(label="Darkness"), PictureEntry(label="Silence"), PictureEntry(label="Cool air")),
        ),
    ),
    "timeline": (
        "1825年，英國開通第一條鐵路。1964年，日本新幹線通車。",
        Picture(
            layout="timeline",
            heading="鐵路",
            entries=(
                PictureEntry(label="1825年", note="英國第一條鐵路"),
                PictureEntry(label="1964年", note="新幹線通車"),
            ),
        ),
    ),
    "quote": (
        "老子說，千里之行，始於足下，一步一步來。",
        Picture(layout="quote", heading="千里之行，始於足下", entries=(PictureEntry(label="老子"),)),
    ),
}


def scene_of(narration: str) -> SceneText:
    language = "en" if narration.isascii() else "zh-TW"
    words, at = [], 0.0
    for unit in break_units(narration):
        words.append(Word(text=unit, start=at, end=at + 0.06 * len(unit)))
        at = words[-1].end
    film = FilmText(title=narration, language=language, icon="sun", defaults=("sun",))
    return SceneText(film=film, narration=narration, words=tuple(words))


def shown(content: Any) -> str:
    """Everything that a content writes on the picture."""
    values = content.model_dump(mode="json")

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            return [
                each
                for key, part in value.items()
                if key not in ("icon", "start", "amount", "ratio")
                for each in texts(part)
            ]
        if isinstance(value, list):
            return [each for part in value for each in texts(part)]
        return [str(value)] if isinstance(value, str) else []

    return " ".join(texts(values))


@pytest.mark.parametrize("layout", SCENES)
def test_an_idea_that_the_sentence_bears_out_is_drawn(layout: str) -> None:
    narration, idea = SCENES[layout]
    content = content_of(idea, scene_of(narration))

    assert isinstance(content, open_layout(layout).content)
    assert open_layout(layout).content.model_validate(content.model_dump(mode="json")) == content


def test_every_layout_that_a_writer_may_name_is_there() -> None:
    assert set(SCENES) <= set(CATALOG)


def test_figures_are_the_sentences_own_and_come_when_they_are_spoken() -> None:
    narration, idea = SCENES["chart"]
    bars = content_of(idea, scene_of(narration)).model_dump()["bars"]  # type: ignore[union-attr]

    assert [bar["amount"] for bar in bars] == [2.5e9, 5e9, 8e9]
    assert 0 < bars[0]["start"] < bars[1]["start"] < bars[2]["start"]


CHANGES = [
    ("chart", {"entries": [("1950", "2.5 billion"), ("1987", "6 billion"), ("2022", "8 billion")]}),
    ("chart", {"entries": [("1950", "2.5 billion"), ("1990", "5 billion"), ("2022", "8 billion")]}),
    ("chart", {"heading": "People in 2050"}),
    ("chart", {"entries": [("1950", "2.5 billion"), ("1987", "5 billion")]}),
    ("chart", {"entries": [("1950", "5 billion"), ("1987", "5 billion"), ("2022", "8 billion")]}),
    ("number", {"entries": [("地球表面", "72%")]}),
    ("number", {"entries": [("地球表面的71%", "71%")]}),
    ("number", {"entries": [("月球背面", "71%")]}),
    ("number", {"entries": []}),
    ("comparison", {"entries": [("珍珠奶茶", "62公克"), ("綠茶", "35公克")]}),
    ("comparison", {"entries": [("珍珠奶茶", "62公克"), ("珍珠奶茶", "35公克")]}),
    ("comparison", {"entries": [("珍珠奶茶", ""), ("可樂", "")]}),
    ("list", {"entries": [("Silence", ""), ("Darkness", "")]}),
    ("list", {"entries": [("Darkness", ""), ("Warm milk", "")]}),
    ("list", {"heading": ""}),
    ("list", {"entries": [("Darkness and silence and cool air and more", ""), ("Silence", "")]}),
    ("timeline", {"entries": [("1964年", ""), ("1825年", "")]}),
    ("timeline", {"entries": [("1825年", ""), ("1964年", "")]}),
    ("quote", {"heading": "千里之行，始於腳下"}),
    ("quote", {"entries": [("孔子", "")]}),
    ("quote", {"heading": "千里"}),
]


@pytest.mark.parametrize(("layout", "change"), CHANGES)
def test_an_idea_that_says_more_than_the_sentence_is_no_idea(layout: str, change: dict[str, Any]) -> None:
    narration, idea = SCENES[layout]
    if "entries" in change:
        entries = tuple(PictureEntry(label=label, value=value) for label, value in change["entries"])
        change = {**change, "entries": entries}

    assert content_of(idea.model_copy(update=change), scene_of(narration)) is None


def test_a_heading_of_other_words_is_left_out() -> None:
    narration, idea = SCENES["chart"]
    content = content_of(idea.model_copy(update={"heading": "Wolves of Siberia"}), scene_of(narration))

    assert content is not None
    assert "Wolves" not in shown(content)


TEXTS = st.sampled_from(
    [
        "",
        "71%",
        "71",
        "seventy",
        "百分之九十九",
        "2.5 billion",
        "9 billion",
        "1950",
        "2099",
        "海洋",
        "地球",
        "people",
        "{x}",
        "😀",
    ]
)
ENTRIES = st.builds(PictureEntry, label=TEXTS, value=TEXTS, note=TEXTS)
IDEAS = st.builds(
    Picture,
    layout=st.sampled_from(list(SCENES)),
    heading=TEXTS,
    entries=st.lists(ENTRIES, max_size=8).map(tuple),
)


@given(IDEAS, st.sampled_from([narration for narration, _ in SCENES.values()]))
def test_whatever_a_writer_thinks_of_no_figure_is_shown_that_is_not_said(idea: Picture, narration: str) -> None:
    content = content_of(idea, scene_of(narration))

    if content is not None:
        said = set(re.findall(r"\d+(?:\.\d+)?", narration)) | ({"71"} if "七十一" in narration else set())
        assert set(re.findall(r"\d+(?:\.\d+)?", shown(content))) <= said
