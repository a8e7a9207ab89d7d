import pytest

from studio.language.segment import break_units
from studio.models.narration import Word
from studio.picture.beats import LONGEST_S, MOST_BEATS, SHORTEST_S, beats_of
from studio.picture.scenetext import FilmText, SceneText


def scene(narration: str, language: str = "zh-TW", *, pace: float = 0.2) -> SceneText:
    words, t = [], 0.0
    for unit in break_units(narration):
        words.append(Word(text=unit, start=t, end=t + pace * len(unit)))
        t = words[-1].end
    return SceneText(film=FilmText(title="標題", language=language), narration=narration, words=tuple(words))


def headings(narration: str, language: str = "zh-TW", *, pace: float = 0.2) -> list[tuple[float, str]]:
    return [(beat.start, beat.heading) for beat in beats_of(scene(narration, language, pace=pace))]


def test_a_scene_without_words_has_one_beat() -> None:
    assert headings("") == [(0.0, "標題")]


def test_a_short_scene_has_one_beat() -> None:
    assert headings("咖啡很香，也很苦。") == [(0.0, "咖啡很香")]


def test_the_next_sentence_brings_the_next_heading_when_it_is_spoken() -> None:
    assert headings("真正的推手是月亮。月亮的引力拉著海水。") == [
        (0.0, "真正的推手是月亮"),
        (pytest.approx(1.7), "月亮的引力拉著海水"),
    ]


def test_a_clause_that_says_when_is_no_heading_while_the_next_says_what() -> None:
    text = "Twice a day, the sea rises and falls along the coast. The Moon pulls on the water nearest to it."

    assert [heading for _, heading in headings(text, "en", pace=0.07)] == [
        "The sea rises and falls along the coast",
        "The Moon pulls on the water nearest to it",
    ]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    found = headings("海水每天會悄悄漲上來，再慢慢地從沙灘退下去。")

    assert [heading for _, heading in found] == ["海水每天會悄悄漲上來", "再慢慢地從沙灘退下去"]


def test_short_sentences_share_a_beat() -> None:
    assert len(headings("貓睡了。貓醒了。貓又睡了。貓又醒了。")) == 1 + 1


@pytest.mark.parametrize("sentences", [4, 9])
def test_a_scene_has_at_most_three_beats_and_each_can_be_read(sentences: int) -> None:
    subjects = "月亮太陽地球海洋高山河流森林沙漠冰川"
    text = "".join(f"{subjects[2 * i : 2 * i + 2]}每天都會慢慢改變自己的樣子。" for i in range(sentences))
    beats = beats_of(scene(text))

    assert len(beats) == MOST_BEATS
    assert all(beat.end - beat.start >= SHORTEST_S for beat in beats)


def test_a_scene_without_word_times_has_one_beat() -> None:
    film = FilmText(title="標題", language="zh-TW")

    assert len(beats_of(SceneText(film=film, narration="真正的推手是月亮。月亮的引力拉著海水。"))) == 1


def test_no_heading_of_a_cut_sentence_stays_too_long() -> None:
    beats = beats_of(scene("地球的另一面也會鼓起來，所以地球自轉一圈，多數海岸早晚各有一次滿潮。"))

    assert max(beat.end - beat.start for beat in beats) <= LONGEST_S
