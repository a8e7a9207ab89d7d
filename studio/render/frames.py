"""Finished frames of segments that ffmpeg cannot read by itself: drawn scenes, moving stills, transitions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
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
from studio.render.backing import SAMPLE_PX, choose_backing, is_transparent
from studio.render.clips import DamagedClip, damaged, loop_of
from studio.render.looping import Pass, passes
from studio.render.plan import Segment, live_clips
from studio.render.process import BrokenInput
from studio.render.suite import Suite

Frame = NDArray[np.uint8]
"""yuv420p limited BT.709, uint8, (W*H*3//2,)."""

KEPT_BYTES = 64 << 20
"""A loop no larger than this is decoded once and kept: a process for each round of a short gif would take seconds."""

ReadPass = Callable[[Pass], AbstractContextManager[Iterator[memoryview]]]


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
            pieces = _read_clip(clip, clip.shot, segment=segment, name=f"source{number}", suite=suite, desk=desk)
            return ClipFrames(stack.enter_context(contextlib.closing(pieces)), first=segment.span(clip)[0])


def _read_clip(
    clip: TimelineClip, shot: ClipShot, *, segment: Segment, name: str, suite: Suite, desk: Path
) -> Generator[memoryview, None, None]:
    """What *segment* shows of a clip, each frame overwritten by the next."""
    canvas = suite.timeline.canvas
    size = canvas.width * canvas.height * 3 // 2
    media = suite.lay_out(shot.clip, at=desk / name, kind="video")
    loop = loop_of(clip, suite=suite)
    first, frames = segment.span(clip)
    plan = passes(loop.frames, shot=clip.frames, first=first, frames=frames) if loop else [Pass(first, frames)]

    def decode(each: Pass) -> AbstractContextManager[Iterator[memoryview]]:
        window = graph.Window(start=shot.start, first=each.first, frames=each.frames)
        is_strict = loop is None or not loop.is_cut
        argv = graph.clip_frames(name, media, window, canvas=canvas, is_strict=is_strict)
        return suite.crew.read(argv, folder=desk, size=size)

    is_kept = loop is not None and len(plan) > 1 and loop.frames * size <= KEPT_BYTES
    return _pieces(plan, _kept(decode, loop.frames) if loop and is_kept else decode, shot=shot)


def _pieces(plan: Sequence[Pass], read: ReadPass, *, shot: ClipShot) -> Generator[memoryview, None, None]:
    try:
        for each in plan:
            piece = None
            with read(each) as pieces:
                for piece in pieces:
                    yield piece
            if piece is None:
                raise DamagedClip(shot.clip)
            for _ in range(each.held):
                yield piece
    except BrokenInput as error:
        raise damaged(shot.clip, error) from error


def _kept(read: ReadPass, frames: int) -> ReadPass:
    """Passes over a clip of *frames* frames that is decoded once, by the first of them."""
    whole: list[memoryview] = []

    @contextlib.contextmanager
    def again(each: Pass) -> Iterator[Iterator[memoryview]]:
        if not whole:
            with read(Pass(0, frames)) as pieces:
                whole.extend(memoryview(bytes(piece)) for piece in pieces)
        yield iter(whole[each.first : each.first + each.frames])

    return again


def _open_picture(
    shot: PictureShot, canvas: Canvas, *, frames: int, name: str, suite: Suite, desk: Path
) -> FrameSource:
    media = suite.lay_out(shot.picture, at=desk / name, kind="image")

    def read(argv: list[str], size: int) -> bytes:
        with suite.crew.read(argv, folder=desk, size=size) as pieces:
            found = [bytes(piece) for piece in pieces]
        if not found:
            raise RenderFailed(f"{shot.picture.key} gave no picture; convert it to png or jpeg")
        return found[0]

    def decode(width: int, height: int) -> Frame:
        backing = ""
        if is_transparent(desk / name):
            backing = choose_backing(read(graph.still_sample(name, side=SAMPLE_PX), SAMPLE_PX**2 * 4))
        argv = graph.still_planes(name, width=width, height=height, orientation=media.orientation, backing=backing)
        return np.frombuffer(read(argv, width * height * 3 // 2), np.uint8)

    return open_picture(shot, canvas, frames=frames, size=(media.width, media.height), decode=decode)
