"""Finished frames of segments that ffmpeg cannot read by itself: drawn scenes, moving stills, transitions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RenderFailed
from studio.models.shot import ClipShot, DrawnShot, PictureShot
from studio.models.timeline import Canvas, TimelineClip
from studio.picture.scene import FrameSource, open_drawn, open_picture
from studio.picture.transitions import Mixer, open_mixer
from studio.render import graph
from studio.render.plan import Segment, live_clips
from studio.render.suite import Suite

Frame = NDArray[np.uint8]
"""yuv420p limited BT.709, uint8, (W*H*3//2,)."""


class ClipFrames:
    """Frames of a clip in order, as ffmpeg decodes and fits them."""

    def __init__(self, pieces: Iterator[memoryview], *, first: int) -> None:
        self._pieces = pieces
        self._next = first

    def draw(self, index: int) -> Frame:
        """Frame number *index* of the shot, which must be the one after the last."""
        if index != self._next:
            raise ValueError(f"a clip is read in order: {self._next} comes next, not {index}")
        piece = next(self._pieces, None)
        if piece is None:
            raise RenderFailed(f"a clip ended before its frame {index}")
        self._next += 1
        return np.frombuffer(piece, np.uint8)


@contextlib.contextmanager
def open_frames(segment: Segment, *, suite: Suite, desk: Path) -> Iterator[Iterator[Frame]]:
    """
    The frames of *segment* in order; where two clips are live, one gives way to the other.

    Each frame is overwritten by the next.
    """
    with ExitStack() as stack:
        sources = [
            _open(clip, number=number, segment=segment, suite=suite, desk=desk, stack=stack)
            for number, clip in enumerate(segment.clips)
        ]
        yield _mix(segment, sources, canvas=suite.timeline.canvas)


def _mix(segment: Segment, sources: list[FrameSource], *, canvas: Canvas) -> Iterator[Frame]:
    mixers = [_open_mixer(*pair, canvas=canvas) for pair in pairwise(segment.clips)]
    for frame in range(segment.start, segment.end):
        live = live_clips(segment.clips, frame)
        drawn = [sources[number].draw(frame - segment.clips[number].start_frame) for number in live]
        if len(drawn) == 1:
            yield drawn[0]
        elif mixer := mixers[live[0]]:
            before, after = drawn
            yield mixer.mix(before, after, frame - segment.clips[live[1]].start_frame)


def _open_mixer(before: TimelineClip, after: TimelineClip, *, canvas: Canvas) -> Mixer | None:
    """The transition from one clip to the next; None where they do not overlap."""
    frames = before.end_frame - after.start_frame
    return open_mixer(after.transition, canvas, frames=frames) if frames else None


def _open(
    clip: TimelineClip, *, number: int, segment: Segment, suite: Suite, desk: Path, stack: ExitStack
) -> FrameSource:
    canvas = suite.timeline.canvas
    match clip.shot:
        case DrawnShot():
            logo = suite.open_asset(clip.shot.logo) if clip.shot.logo else None
            return open_drawn(clip.shot, canvas, frames=clip.frames, logo=logo)
        case PictureShot():
            return _open_picture(clip.shot, canvas, frames=clip.frames, name=f"source{number}", suite=suite, desk=desk)
        case ClipShot():
            name = f"source{number}"
            first, frames = segment.span(clip)
            media = suite.lay_out(clip.shot.clip, at=desk / name, kind="video")
            window = graph.Window(start=clip.shot.start, first=first, frames=frames)
            argv = graph.clip_frames(name, media, window, canvas=canvas)
            size = canvas.width * canvas.height * 3 // 2
            return ClipFrames(stack.enter_context(suite.crew.read(argv, folder=desk, size=size)), first=first)


def _open_picture(
    shot: PictureShot, canvas: Canvas, *, frames: int, name: str, suite: Suite, desk: Path
) -> FrameSource:
    media = suite.lay_out(shot.picture, at=desk / name, kind="image")

    def decode(width: int, height: int) -> Frame:
        argv = graph.still_planes(name, width=width, height=height, orientation=media.orientation)
        with suite.crew.read(argv, folder=desk, size=width * height * 3 // 2) as pieces:
            planes = [np.frombuffer(bytes(piece), np.uint8) for piece in pieces]
        if not planes:
            raise RenderFailed(f"{shot.picture.key} gave no picture; convert it to png or jpeg")
        return planes[0]

    return open_picture(shot, canvas, frames=frames, size=(media.width, media.height), decode=decode)
