"""A film on one time axis: what a timeline refuses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from studio.models.asset import Asset
from studio.models.narration import Recording, Word
from studio.models.shot import CaptionLook, ClipShot
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle, CaptionWord, Timeline, TimelineClip

ASSET = Asset(key="k", kind="video", media_type="video/mp4", size=1)
LOOK = CaptionLook(fill="#ffffff", highlight="#ffff00", outline="#000000")
STYLE = CaptionStyle(font="Noto Sans TC", size_px=76, outline_px=6, centre_y_px=1400, max_width_px=900)


def timeline(*clips: tuple[int, int], cues: tuple[tuple[int, int], ...] = ()) -> Timeline:
    return Timeline(
        canvas=Canvas(width=1080, height=1920),
        clips=tuple(TimelineClip(start_frame=a, end_frame=b, shot=ClipShot(clip=ASSET)) for a, b in clips),
        captions=tuple(CaptionCue(start_frame=a, end_frame=b, lines=(), look=LOOK) for a, b in cues),
        caption_style=STYLE,
    )


def test_a_film_lasts_until_its_last_clip_ends() -> None:
    made = timeline((0, 90), (82, 180))

    assert (made.frames, made.clips[1].frames, made.canvas.fps) == (180, 98, Fraction(30))


def test_a_timeline_survives_its_way_through_json() -> None:
    made = timeline((0, 90), (82, 180), cues=((0, 30), (30, 60)))

    assert Timeline.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize(
    "clips",
    [
        (),
        ((1, 90),),
        ((0, 90), (91, 180)),
        ((0, 90), (0, 180)),
        ((0, 90), (80, 85)),
        ((0, 90), (60, 100), (85, 180)),
    ],
    ids=["no clip", "late start", "a gap", "two at once", "inside the first", "three at once"],
)
def test_clips_that_do_not_follow_each_other_are_refused(clips: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValidationError):
        timeline(*clips)


def test_captions_that_overlap_are_refused() -> None:
    with pytest.raises(ValidationError, match="caption cues must not overlap"):
        timeline((0, 90), cues=((0, 31), (30, 60)))


@pytest.mark.parametrize(("width", "height"), [(1081, 1920), (1080, 1921), (62, 1920), (1080, 4098)])
def test_a_canvas_that_cannot_be_encoded_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValidationError):
        Canvas(width=width, height=height)


def test_a_cue_reads_as_it_was_spoken() -> None:
    lines = (("The ", "tide "), ("turns.",))
    words = tuple(tuple(CaptionWord(text=text, start_frame=0, end_frame=1) for text in line) for line in lines)

    assert CaptionCue(start_frame=0, end_frame=9, lines=words, look=LOOK).text == "The tide\nturns."


def test_words_that_go_back_in_time_are_refused() -> None:
    words = (Word(text="a", start=0.0, end=0.5), Word(text="b", start=0.4, end=0.9))

    with pytest.raises(ValidationError, match="words must follow each other in time"):
        Recording(audio=ASSET, duration=1.0, words=words, voice="v", language="en")
