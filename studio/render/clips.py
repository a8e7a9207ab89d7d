"""What there is of a clip for the shot that shows it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from studio.errors import UnreadableMedia
from studio.models.asset import Asset
from studio.models.shot import ClipShot
from studio.models.timeline import TimelineClip
from studio.render.graph import TAIL_S
from studio.render.looping import is_looped
from studio.render.process import BrokenInput, give_memory_back
from studio.render.reach import reach_of
from studio.render.suite import Suite
from studio.timebase import FPS

logger = logging.getLogger("studio.render")

BEYOND_S = 2 * TAIL_S
"""We look so much further than a shot goes, because it is read further too."""


class DamagedClip(UnreadableMedia):
    """A clip that can be read in part only, and not the part that is needed; *asset* says which."""

    def __init__(self, asset: Asset) -> None:
        super().__init__(f"{asset.key} is damaged: what is needed of it cannot be decoded; send it again or convert it")
        self.asset = asset


@dataclass(frozen=True, slots=True)
class Loop:
    """
    A clip whose *frames*, counted from where its shot begins, are shown over and over.

    *is_cut* where damage follows them, which must not end the job that reads them.
    """

    frames: int
    is_cut: bool


def loop_of(clip: TimelineClip, *, suite: Suite) -> Loop | None:
    """
    How *clip* is made to last; None where it is no clip from a file, or one that is whole and long enough.

    Raises:
        UnreadableMedia: its file is not one of the formats that we take.
        DamagedClip: nothing is left of what its shot needs.
    """
    if not isinstance(clip.shot, ClipShot):
        return None
    start = clip.shot.start
    reach = reach_of(_file_of(clip.shot, suite), within=start + float(clip.frames / FPS) + BEYOND_S)
    give_memory_back()
    frames = round((reach.seconds - start) * FPS)
    if reach.is_cut:
        if frames < 1:
            raise DamagedClip(clip.shot.clip)
        return Loop(frames, is_cut=True)
    # A shot that begins after its clip shows the end of that, as a still.
    is_beyond = start > max(0.0, reach.seconds - TAIL_S)
    return Loop(frames, is_cut=False) if is_looped(frames, shot=clip.frames) and not is_beyond else None


def damaged(asset: Asset, error: BrokenInput) -> DamagedClip:
    """What to raise for *error*; ffmpeg's own report, which says nothing to a creator, stays in the log."""
    logger.warning("%s is damaged: %s", asset.key, error)
    return DamagedClip(asset)


def _file_of(shot: ClipShot, suite: Suite) -> Path:
    return suite.open_asset(shot.clip).resolve()
