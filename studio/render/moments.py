"""Which moments of a film stand for it. Frames from the start of the film; pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from studio.models.timeline import Timeline
from studio.timebase import FPS

T = TypeVar("T")

LOOKED_AT = 8
"""Most frames that are looked at for thumbnails: each is a seek and costs a tenth of a second of work."""

ARRIVED, LEAVING = 0.5, 0.85
"""Shares of a shot at which it is looked at: what moves in has arrived, nothing has left."""

EDGE_FRAMES = int(FPS) // 2
"""The film's first and last moments are on the way to a picture, not one."""

EARLY = 0.15
"""Share of a shot's room that lies before its excerpt."""

EXCERPTS = 4
EXCERPT_FRAMES = 21
"""Four looks of 0.7 s: long enough to see what happens, and less than three seconds in all."""


def thumbnail_frames(timeline: Timeline) -> list[int]:
    """At most LOOKED_AT frames over the whole film, none in a transition; the middle one of a film too short for that."""
    found = {
        frame
        for first, end in _bodies(timeline)
        for frame in (first + int((end - first) * share) for share in (ARRIVED, LEAVING))
        if EDGE_FRAMES <= frame < timeline.frames - EDGE_FRAMES
    }
    return _spread(sorted(found) or [timeline.frames // 2], LOOKED_AT)


def excerpts(timeline: Timeline) -> list[range]:
    """Up to EXCERPTS stretches over the whole film, none in a transition; all of a film that is no longer than they."""
    if timeline.frames <= EXCERPTS * EXCERPT_FRAMES:
        return [range(timeline.frames)]
    bodies = [(first, end) for first, end in _bodies(timeline) if end - first >= EXCERPT_FRAMES]
    if len(bodies) < EXCERPTS:
        room = timeline.frames // EXCERPTS
        return [_excerpt(number * room, (number + 1) * room) for number in range(EXCERPTS)]
    return [_excerpt(first, end) for first, end in _spread(bodies, EXCERPTS)]


def _bodies(timeline: Timeline) -> list[tuple[int, int]]:
    """Stretches in which one clip alone is seen: first frame, end frame."""
    comings = [0, *(before.end_frame for before, _ in pairwise(timeline.clips))]
    goings = [*(after.start_frame for _, after in pairwise(timeline.clips)), timeline.frames]
    return [(first, end) for first, end in zip(comings, goings, strict=True) if first < end]


def _excerpt(first: int, end: int) -> range:
    """Early in its shot, while things still come in."""
    start = first + int((end - first - EXCERPT_FRAMES) * EARLY)
    return range(start, start + EXCERPT_FRAMES)


def _spread(many: Sequence[T], most: int) -> list[T]:
    """*most* of *many*, evenly, the first and the last among them."""
    if len(many) <= most:
        return list(many)
    return [many[round(number * (len(many) - 1) / (most - 1))] for number in range(most)]
