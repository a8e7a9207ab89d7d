from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from studio.models.timeline import Canvas, CaptionCue
from studio.render.captionevents import escape_ass
from studio.render.sidecars import write_srt, write_vtt
from studio.render.subtitles import write_ass
from tests.studio.render.conftest import LOOK, STYLE, cue

CANVAS = Canvas(width=1080, height=1920)


def events(*cues: CaptionCue, start: int = 0, end: int = 300) -> list[str]:
    text = write_ass(cues, style=STYLE, canvas=CANVAS, start_frame=start, end_frame=end)
    return [line for line in text.splitlines() if line.startswith("Dialogue")]


def test_a_segment_without_cues_has_no_script() -> None:
    assert write_ass([], style=STYLE, canvas=CANVAS, start_frame=0, end_frame=30) == ""


def test_a_cue_that_the_picture_shows_is_not_burned_in() -> None:
    assert events(cue(0, 30, ("A", 0, 30), is_burned_in=False)) == []


def test_each_word_is_coloured_while_it_is_spoken() -> None:
    assert events(cue(30, 90, ("Red ", 30, 60), ("sun", 60, 90))) == [
        r"Dialogue: 0,0:00:00.99,0:00:01.99,Look0,,0,0,0,,{\pos(540,220)\fade(150,0,0,0,60,3600000,3600000)}{\c&H00E5FF&}Red {\c&HFFFFFF&}sun",
        r"Dialogue: 0,0:00:01.99,0:00:02.99,Look0,,0,0,0,,{\pos(540,220)}Red {\c&H00E5FF&}sun{\c&HFFFFFF&}",
    ]


def test_nothing_is_coloured_in_a_long_pause() -> None:
    coloured = [r"\c&H00E5FF&" in event for event in events(cue(0, 90, ("one ", 0, 10), ("two", 60, 90)))]

    assert coloured == [True, False, True]


def test_a_word_keeps_its_colour_over_a_short_pause() -> None:
    assert len(events(cue(0, 60, ("one ", 0, 20), ("two", 28, 60)))) == 2


def test_a_cue_goes_on_after_a_cut_without_fading_in_again() -> None:
    before = events(cue(10, 50, ("over", 10, 50)), end=30)
    after = events(cue(10, 50, ("over", 10, 50)), start=30)

    assert [r"\fad" in before[0], r"\fad" in after[0]] == [True, False]
    assert before[0].startswith("Dialogue: 0,0:00:00.33,0:00:00.99,")
    assert after[0].startswith("Dialogue: 0,0:00:00.00,0:00:00.66,")


def test_a_word_on_the_other_side_of_a_cut_is_no_event() -> None:
    assert len(events(cue(0, 60, ("one ", 0, 30), ("two", 30, 60)), start=30)) == 1


def test_both_lines_stand_in_one_event_without_the_spaces_at_their_ends() -> None:
    top, bottom = cue(0, 15, (" up ", 0, 15)).lines[0], cue(15, 30, (" down ", 15, 30)).lines[0]

    both = CaptionCue(start_frame=0, end_frame=30, lines=(top, bottom), look=LOOK)

    assert events(both)[0].endswith(r"{\c&H00E5FF&}up{\c&HFFFFFF&}\Ndown")


@given(st.text())
def test_no_text_becomes_an_override_a_line_break_or_a_second_event(text: str) -> None:
    escaped = escape_ass(text)

    assert "\n" not in escaped
    assert not re.search(r"(?<!\\)[{}]", escaped)
    assert not re.search(r"\\[Nnh]", escaped)


def test_subtitle_files_have_every_cue_also_those_in_the_picture() -> None:
    cues = [cue(0, 45, ("One ", 0, 20), ("two", 20, 45)), cue(45, 108_000, ("three", 45, 60), is_burned_in=False)]

    assert write_srt(cues) == (
        "1\n00:00:00,000 --> 00:00:01,500\nOne two\n\n2\n00:00:01,500 --> 01:00:00,000\nthree\n\n"
    )
    assert write_vtt(cues) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOne two\n\n00:00:01.500 --> 01:00:00.000\nthree\n\n"
    )


def test_a_film_without_captions_still_has_a_valid_vtt() -> None:
    assert (write_srt([]), write_vtt([])) == ("", "WEBVTT\n\n")


def test_mark_up_in_a_caption_stays_text_in_subtitle_files() -> None:
    cues = [cue(0, 30, ("<b>1 --> 2\n\n{\\an8}&", 0, 30))]

    assert write_vtt(cues).splitlines()[3:] == ["&lt;b&gt;1 --&gt; 2", "{\\an8}&amp;", ""]
    assert "<b>" not in write_srt(cues)
    assert "{\\" not in write_srt(cues)
    assert write_srt(cues).count("-->") == 1
