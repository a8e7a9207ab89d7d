"""Which frames of a clip fill a shot that is longer than the clip. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

HELD_FRAMES = 8
"""Longest rest of a shot that holds the clip's last frame: a beginning that is cut off so soon is seen as a flash."""

HELD_SHARE = 4
"""And no longer than this part of the clip, so that a short loop, such as a gif's, goes on to the end."""


@dataclass(frozen=True, slots=True)
class Pass:
    """*frames* of a clip in one go, from number *first*; the last one stands for *held* frames more."""

    first: int
    frames: int
    held: int = 0


def is_looped(length: int, *, shot: int) -> bool:
    """Whether a clip of *length* frames comes more than once in a shot of *shot* frames; one of a single frame stands."""
    return length > 1 and shot - length > _longest_rest(length)


def passes(length: int, *, shot: int, first: int, frames: int) -> list[Pass]:
    """
    What fills frames [first, first + frames) of a shot: the clip over and over, in step with the shot's first frame.

    Segments that show parts of one shot therefore agree on every frame of it.

    Args:
        length: frames of the clip, at least one.
        shot: frames of the whole shot.
    """
    whole = _looped_frames(length, shot=shot)
    found, place, end = [], first, first + frames
    while place < min(end, whole):
        begin = place % length
        found.append(Pass(begin, min(length - begin, whole - place, end - place)))
        place += found[-1].frames
    if place == end:
        return found
    if not found:
        return [Pass(length - 1, 1, end - place - 1)]
    return [*found[:-1], replace(found[-1], held=end - place)]


def _looped_frames(length: int, *, shot: int) -> int:
    """Frames of a shot before the last frame of the clip is held."""
    rest = shot % length
    return shot - rest if shot > length and rest <= _longest_rest(length) else shot


def _longest_rest(length: int) -> int:
    return min(HELD_FRAMES, length // HELD_SHARE)
