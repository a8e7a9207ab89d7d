"""Put rendered segments and the sound together without encoding again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.errors import RenderFailed
from studio.render import graph
from studio.render.segments import RenderedSegment
from studio.render.suite import Suite
from studio.render.verify import verify_picture


def join_film(segments: Sequence[RenderedSegment], sound: Path, *, suite: Suite) -> Path:
    """
    The whole film.

    Raises:
        RenderFailed: ffmpeg failed, or made something else than asked.
    """
    if len({segment.parameters for segment in segments}) > 1:
        raise RenderFailed("the segments' encoder settings differ; empty the render cache and try again")
    desk = _lay_out([segment.path for segment in segments], sound, at="film", suite=suite)
    title = "".join(sign for sign in suite.timeline.title if sign.isprintable())
    suite.crew.run(graph.join_segments(title=title), folder=desk)
    verify_picture(desk / graph.FILM, frames=suite.timeline.frames)
    return desk / graph.FILM


def join_preview(pieces: Sequence[Path], sound: Path, *, frames: int, suite: Suite) -> Path:
    """
    The first *frames* frames of the film with their sound, out of the small copies of its segments.

    Raises:
        RenderFailed: ffmpeg failed, or made something else than asked.
    """
    desk = _lay_out(pieces, sound, at=f"preview{frames:06d}", suite=suite)
    suite.crew.run(graph.join_preview(frames), folder=desk)
    verify_picture(desk / graph.PREVIEW, frames=frames)
    return desk / graph.PREVIEW


def _lay_out(pieces: Sequence[Path], sound: Path, *, at: str, suite: Suite) -> Path:
    desk = suite.desk(at)
    lines = ["ffconcat version 1.0"]
    for number, piece in enumerate(pieces):
        (desk / f"{number:04d}.mp4").symlink_to(piece)
        lines.append(f"file '{number:04d}.mp4'")
    (desk / graph.SEGMENT_LIST).write_text("\n".join(lines) + "\n", "utf-8")
    (desk / graph.AUDIO).symlink_to(sound)
    return desk
