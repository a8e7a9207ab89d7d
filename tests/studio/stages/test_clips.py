"""Where the clips of a film lie, and how one comes over the other."""

from __future__ import annotations

import pytest

from studio.models.asset import Asset
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import CaptionLook, DrawnShot, PlannedShot, Shots
from studio.models.templatefiles import load_template
from studio.models.timeline import Canvas, Timeline, TransitionKind
from studio.stages.timeline import assemble_timeline

LOOK = CaptionLook(fill="#ffffff", highlight="#ffe500", outline="#101010")
SHOT = PlannedShot(shot=DrawnShot(layout="title", palette="tech", ground="deep", content={}), captions=LOOK)
AUDIO = Asset(key="sha256/aa/" + "a" * 64 + ".wav", kind="audio", media_type="audio/wav", size=1)


def assembled(kind: TransitionKind, *, frames: int) -> Timeline:
    """A film of three scenes of two seconds each."""
    said = Recording(audio=AUDIO, duration=2.0, words=(Word(text="One", start=0, end=1),), voice="a", language="en")
    template = load_template("explainer").model_copy(update={"transition": kind, "transition_frames": frames})
    return assemble_timeline(
        Script(title="A film", language="en", scenes=(Scene(narration="One"),) * 3, written_by="a test"),
        Narration(recordings=(said,) * 3),
        Shots(shots=(SHOT,) * 3),
        template=template,
        canvas=Canvas(width=180, height=320),
    )


def overlaps(timeline: Timeline) -> list[int]:
    pairs = zip(timeline.clips, timeline.clips[1:], strict=False)
    return [before.end_frame - after.start_frame for before, after in pairs]


@pytest.mark.parametrize("kind", ["dissolve", "push", "wipe", "zoom"])
@pytest.mark.parametrize("frames", [3, 8, 30])
def test_clips_overlap_for_as_long_as_their_transition_lasts(kind: TransitionKind, frames: int) -> None:
    timeline = assembled(kind, frames=frames)

    assert overlaps(timeline) == [frames, frames]
    assert {clip.transition for clip in timeline.clips} == {kind}


def test_a_cut_takes_no_time() -> None:
    assert overlaps(assembled("cut", frames=8)) == [0, 0]


def test_a_transition_makes_a_film_neither_longer_nor_shorter() -> None:
    lengths = {assembled(kind, frames=12).frames for kind in ("cut", "push", "zoom")}

    assert len(lengths) == 1


def test_a_timeline_stored_before_there_were_kinds_dissolves() -> None:
    stored = assembled("dissolve", frames=8).model_dump(mode="json")
    for clip in stored["clips"]:
        del clip["transition"]

    assert {clip.transition for clip in Timeline.model_validate(stored).clips} == {"dissolve"}
