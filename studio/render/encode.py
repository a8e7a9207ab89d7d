"""Encoder settings by tier. Every segment of a film is encoded once, with the same settings: joins copy the stream."""

from __future__ import annotations

from dataclasses import dataclass

from studio.settings import Tier
from studio.timebase import FPS

TICKS = 15360
"""Ticks a second of our files: 512 a frame at 30 fps."""

TICKS_PER_FRAME = TICKS // int(FPS)

GOP_FRAMES = 2 * int(FPS)
"""Longest run without a key frame: seeking stays within two seconds, as platforms ask."""


@dataclass(frozen=True, slots=True)
class X264:
    """Settings that trade time for size; VMAF and cost measured over twelve seconds of ordinary stock."""

    preset: str
    crf: int
    extra: str = ""


TIERS: dict[Tier, X264] = {
    "draft": X264("superfast", 24),
    # Against the plain preset at CRF 21, on two stock clips, drawn scenes and the bench's film: 8 to 11 % fewer bits at
    # the same VMAF or more, in 5 to 12 % less time. What is saved on small blocks pays for the trellis; eight frames
    # of lookahead save 14 MB.
    "standard": X264("veryfast", 22, ":rc-lookahead=8:partitions=p8x8,i8x8:trellis=1"),
    # Twenty instead of forty: 200 MB less, the same picture.
    "high": X264("medium", 20, ":rc-lookahead=20"),
}

PREVIEW = X264("superfast", 27, ":bframes=0")
"""
For a picture a ninth as large, seen once while the film is made: half the bytes of "ultrafast" for 3 % of a render.

Without B-frames an encoder holds ten megabytes less.
"""

GLOBALS = ("-nostdin", "-y", "-hide_banner", "-loglevel", "warning", "-nostats")

SINGLE = ("-filter_complex_threads", "1", "-filter_threads", "1")
"""One thread a filter graph: the cores are shared out by segments."""

PROGRESS = ("-progress", "pipe:1", "-stats_period", "0.5")

EXACT = {
    "video_track_timescale": TICKS,
    # The header holds milliseconds otherwise, and a join advances by those: frames drift by up to 10 ticks.
    "movie_timescale": TICKS,
    "map_metadata": -1,
    "map_chapters": -1,
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
}
"""Options that make equal inputs equal bytes, and a frame exactly 512 ticks."""


def h264(tier: Tier, *, frames: int) -> dict[str, object]:
    """Output options of a segment of *frames* frames: H.264 High, yuv420p, one thread, closed GOPs."""
    return _segment(TIERS[tier], frames=frames)


def h264_preview(*, frames: int) -> dict[str, object]:
    """Output options of the small copy of a segment of *frames* frames."""
    return _segment(PREVIEW, frames=frames)


def _segment(x264: X264, *, frames: int) -> dict[str, object]:
    return {
        "frames:v": frames,
        "c:v": "libx264",
        "preset": x264.preset,
        "crf": x264.crf,
        "threads": 1,
        "g": GOP_FRAMES,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "x264-params": f"open-gop=0:stitchable=1{x264.extra}",
        "format": "mp4",
        **EXACT,
    }
