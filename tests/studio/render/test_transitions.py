"""Films with every kind of transition, rendered small and measured."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.models.shot import PictureShot, View
from studio.models.timeline import Timeline, TimelineClip, TransitionKind
from tests.media import ffmpeg, make_clip, make_picture
from tests.studio.render.conftest import CANVAS, Studio, clip, cue, drawn, film, open_grey
from tests.studio.render.measure import frame_times, luma, pictures
from tests.studio.render.test_film import rendered

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

KINDS: tuple[TransitionKind, ...] = ("dissolve", "push", "wipe", "zoom")
VIEW = View(left=0.1, top=0.1, width=0.3)
BODIES = (slice(0, 18), slice(26, 40), slice(43, 55))


def mixed(studio: Studio, kind: TransitionKind) -> Timeline:
    """A clip, a still and a drawn scene; the transitions last eight and three frames."""
    moving = studio.asset(make_clip(studio.root / "clip.mp4", seconds=2, size=(180, 320)))
    still = studio.asset(make_picture(studio.root / "still.png"), "image")
    shot = PictureShot(picture=still, opening=VIEW, closing=VIEW)
    clips = (
        clip(moving, 0, 26),
        TimelineClip(start_frame=18, end_frame=43, shot=shot),
        drawn(40, 55, level=120),
    )
    return film(*(each.model_copy(update={"transition": kind}) for each in clips))


@contextmanager
def noted() -> Iterator[list[logging.LogRecord]]:
    """What the renderer logs meanwhile: caplog is for one test only."""
    logger, handler = logging.getLogger("studio.render"), logging.Handler()
    records: list[logging.LogRecord] = []
    handler.emit = records.append  # type: ignore[method-assign]
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


@dataclass(frozen=True)
class Made:
    """A mixed film, and what happened to each of its segments."""

    video: Path
    segments: list[str]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[TransitionKind, Made]:
    """The mixed film with each kind of transition, all in one studio and the dissolves first."""
    studio = Studio(tmp_path_factory.mktemp("mixed"))
    made: dict[TransitionKind, Made] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.render.frames.open_drawn", open_grey)
        for kind in KINDS:
            with noted() as records:
                video = studio.render(mixed(studio, kind)).video
            made[kind] = Made(video.rename(studio.root / f"{kind}.mp4"), rendered(records))
    return made


def planes(video: Path) -> list[NDArray[np.uint8]]:
    """All pictures as they are stored: yuv420p, (H*3//2, W)."""
    with av.open(str(video)) as opened:
        return [frame.to_ndarray() for frame in opened.decode(video=0)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_film_with_any_transition_is_whole(films: dict[TransitionKind, Made], kind: TransitionKind) -> None:
    video = films[kind].video

    assert len(frame_times(video)) == 55
    assert min(luma(video)) > 40
    ffmpeg("-xerror", "-err_detect", "explode", "-i", str(video), "-f", "null", "-")


@pytest.mark.parametrize("kind", ["push", "wipe", "zoom"])
def test_another_transition_leaves_the_bodies_as_they_are(
    films: dict[TransitionKind, Made], kind: TransitionKind
) -> None:
    before, after = (planes(films[each].video) for each in ("dissolve", kind))

    assert sorted(films[kind].segments) == ["cached", "cached", "cached", "rendered", "rendered"]
    for body in BODIES:
        assert all(np.array_equal(*pair) for pair in zip(before[body], after[body], strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(before[19:25], after[19:25], strict=True))


def test_pictures_that_are_pushed_move_up_without_a_gap(studio: Studio) -> None:
    before, after = drawn(0, 30, level=40), drawn(20, 50, level=180)

    made = studio.render(film(before, after.model_copy(update={"transition": "push"})))

    columns = [picture[: CANVAS.height, 90].astype(int) for picture in planes(made.video)[20:30]]
    seams = [int((column < 130).sum()) for column in columns]
    assert seams == sorted(seams, reverse=True)
    assert (seams[0], seams[-1]) == (pytest.approx(320, abs=4), pytest.approx(0, abs=4))
    assert min(column.min() for column in columns) > 50


def test_captions_stand_still_while_the_pictures_move(studio: Studio) -> None:
    before, after = drawn(0, 30, level=50), drawn(20, 50, level=50)
    words = cue(5, 45, ("Standing", 46, 47))

    made = studio.render(film(before, after.model_copy(update={"transition": "push"}), captions=(words,)))

    boxes = {_box(picture) for picture in pictures(made.video)[12:40]}
    assert len(boxes) == 1


def _box(picture: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of what is white."""
    rows, columns = np.nonzero(picture.min(axis=2) > 200)
    return int(columns.min()), int(columns.max()), int(rows.min()), int(rows.max())


def test_a_transition_that_is_not_drawn_changes_no_part_of_a_film(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    clips = (drawn(0, 30), drawn(30, 60, level=90))
    studio.render(film(*clips))
    caplog.set_level(logging.INFO, "studio.render")

    studio.render(film(*(each.model_copy(update={"transition": "push"}) for each in clips)))

    assert rendered(caplog.records) == ["cached", "cached"]


def test_clips_that_are_cut_may_not_overlap() -> None:
    with pytest.raises(ValueError, match="a cut takes no time"):
        film(drawn(0, 30), drawn(20, 50).model_copy(update={"transition": "cut"}))
