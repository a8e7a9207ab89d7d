"""How far a clip really goes, read from its packets: a header promises what was cut off on the way to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from studio.render.probe import FORMATS, PROTOCOLS, sniff
from studio.timebase import FPS

MISSING_S = 0.5
"""A header that promises so much more than there is stands before a file that was cut off; less is its rounding."""


@dataclass(frozen=True, slots=True)
class Reach:
    """
    A clip's picture goes on for *seconds*, counted from the beginning of the file.

    *is_cut* where the file ends or breaks before its picture does.
    """

    seconds: float
    is_cut: bool = False


def reach_of(path: Path, *, within: float) -> Reach:
    """
    How far the clip at *path* goes. Nothing is decoded.

    Args:
        within: seconds after which nobody looks; a clip that goes further is not read to its end.

    Raises:
        UnreadableMedia: not one of the formats we take.
    """
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}
    try:
        with av.open(f"file:{path}", format=sniff(path), options=options) as opened:
            stream = _picture_of(opened)
            # What has no picture at all is refused where its kind is asked for.
            return _measured(opened, stream, within=within) if stream else Reach(within)
    except (av.FFmpegError, ValueError, OSError):
        return Reach(0.0, is_cut=True)


def _picture_of(opened: Any) -> Any:
    attached = av.stream.Disposition.attached_pic
    return next((stream for stream in opened.streams.video if not stream.disposition & attached), None)


def _measured(opened: Any, stream: Any, *, within: float) -> Reach:
    origin = float(opened.start_time or 0) / av.time_base
    walk = _Walk(opened)
    shown = decoded = 0.0
    for packet in walk.intact():
        if packet.stream is not stream or packet.is_discard:
            continue
        decoded, shown = _end(packet, packet.dts) - origin, max(shown, _end(packet, packet.pts) - origin)
        if decoded > within:
            return Reach(shown)
    promised = float(opened.duration or 0) / av.time_base
    if walk.is_broken or promised > walk.end - origin + MISSING_S:
        # Pictures are stored in the order of decoding: beyond it, one that is shown earlier may be missing.
        return Reach(max(0.0, decoded), is_cut=True)
    return Reach(shown)


class _Walk:
    """Packets of a file up to its end or to what is damaged; *end* is where the last of any kind ends, in seconds."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened
        self.end = 0.0
        self.is_broken = False

    def intact(self) -> Iterator[Any]:
        try:
            for packet in self._opened.demux():
                if packet.pts is None or packet.dts is None:
                    continue
                if packet.is_corrupt:
                    self.is_broken = True
                    return
                self.end = max(self.end, _end(packet, packet.pts))
                yield packet
        except av.FFmpegError:
            self.is_broken = True


def _end(packet: Any, ticks: int) -> float:
    tick = packet.time_base
    if packet.duration:
        return float((ticks + packet.duration) * tick)
    return float(ticks * tick + 1 / (getattr(packet.stream, "average_rate", None) or FPS))
