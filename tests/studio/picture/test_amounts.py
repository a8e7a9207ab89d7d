from typing import Any

import pytest

from studio.language.segment import break_units
from studio.models.narration import Word
from studio.picture.amounts import LATEST_S, number_content
from studio.picture.scenetext import FilmText, SceneText


def shown(narration: str, language: str = "zh-TW", *, pace: float = 0.0) -> dict[str, Any] | None:
    """What a card shows of *narration*, each character spoken in *pace* seconds."""
    words, t = [], 0.0
    for unit in break_units(narration):
        words.append(Word(text=unit, start=t, end=t + pace * len(unit)))
        t = words[-1].end
    film = FilmText(title="標題", language=language)
    return number_content(SceneText(film=film, narration=narration, words=tuple(words)))


def card(narration: str, language: str = "zh-TW") -> tuple[str, str, str, str] | None:
    """Label, value, unit and note."""
    found = shown(narration, language)
    return found and (found["label"], found["value"], found["unit"], found["note"])


def test_a_scene_without_a_figure_has_no_card() -> None:
    assert card("") is None
    assert card("太陽也在拉。") is None


@pytest.mark.parametrize(
    ("narration", "expected"),
    [
        ("太陽也在拉，力道大約是月亮的46%。", ("太陽也在拉，力道大約是月亮的", "46", "%", "")),
        ("光線要多走將近四十倍的路。", ("光線要多走將近", "40", "倍", "")),
        ("海洋佔地球表面的71%，其中八成還沒人看過。", ("海洋佔地球表面的", "71", "%", "其中八成還沒人看過")),
        ("一杯珍珠奶茶有62公克的糖。", ("一杯珍珠奶茶", "62", "公克", "糖")),
        ("身體要5個小時才能代謝。", ("身體要", "5", "小時", "才能代謝")),
        ("貓一天要睡十六個小時以上。", ("貓一天要睡", "16", "小時以上", "")),
        ("71%的表面是海水。", ("", "71", "%", "表面是海水")),
    ],
)
def test_reading_down_a_chinese_card_is_reading_the_sentence(
    narration: str, expected: tuple[str, str, str, str]
) -> None:
    assert card(narration) == expected


@pytest.mark.parametrize(
    ("narration", "expected"),
    [
        ("The Sun helps too, with 46% of the Moon's pull.", ("The Sun helps too", "46", "%", "of the Moon's pull")),
        ("Sunlight takes about 8 minutes to reach us.", ("Sunlight takes about", "8", "minutes", "to reach us")),
        ("Mount Everest is 8,849 meters tall.", ("Mount Everest", "8,849", "meters", "tall")),
        ("Cats sleep 16 hours a day.", ("Cats sleep", "16", "hours a day", "")),
        ("Jupiter is 11 times wider than Earth.", ("Jupiter", "11", "times", "wider than Earth")),
        ("Seventy-one percent of Earth is ocean.", ("", "71", "%", "of Earth is ocean")),
    ],
)
def test_an_english_card_is_never_headed_by_a_lone_function_word(
    narration: str, expected: tuple[str, str, str, str]
) -> None:
    assert card(narration, "en") == expected


@pytest.mark.parametrize(
    ("narration", "language"),
    [
        ("太陽光看起來是白色，其實混合了七種顏色。", "zh-TW"),
        ("海水每天漲兩次。", "zh-TW"),
        ("It happens three times a day.", "en"),
        ("Two planets have no moon.", "en"),
    ],
)
def test_a_handful_of_things_carries_no_card(narration: str, language: str) -> None:
    assert card(narration, language) is None


def test_a_card_knows_when_its_figure_is_spoken() -> None:
    found = shown("太陽也在拉，力道大約是月亮的46%。", pace=0.2)

    assert found is not None
    assert found["start"] == pytest.approx(2.8)


def test_a_figure_spoken_late_has_no_card() -> None:
    late = "月亮的引力拉著海水，靠近月亮的那一面就鼓了起來。太陽也在拉，力道大約是月亮的46%。"

    assert len(late) * 0.2 > LATEST_S
    assert shown(late, pace=0.2) is None


def test_a_sentence_that_is_not_yet_spoken_has_no_card() -> None:
    assert shown("存錢不難。每個月存3000元。", pace=0.25) is None


def test_a_figure_that_would_stand_long_after_it_was_said_has_no_card() -> None:
    assert shown("海洋佔了71%，" + "其餘的部分是陸地和冰川，" * 4, pace=0.2) is None
