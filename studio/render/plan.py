"""Cut a timeline into segments that can be rendered apart and joined without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from studio.models.shot import ClipShot
from studio.models.timeline import Timeline, TimelineClip

MIN_FRAMES = 3
"""Shortest segment. One or two frames have no reordering delay: decode times would run backwards at a join."""


@dataclass(frozen=True, slots=True)
class Segment:
    """
    Frames [start, end) of the film, and the clips that are seen in them.

    One clip alone is a body; where two are live at a frame, the second comes over the first.
    """

    start: int
    end: int
    clips: tuple[TimelineClip, ...]

    @property
    def frames(self) -> int:
        """How long it lasts."""
        return self.end - self.start

    @property
    def is_straight_from_a_file(self) -> bool:
        """True where ffmpeg can read the only clip by itself; otherwise we draw or mix the frames."""
        return len(self.clips) == 1 and isinstance(self.clips[0].shot, ClipShot)

    def span(self, clip: TimelineClip) -> tuple[int, int]:
        """Which frames of *clip*, counted from its own first, this segment shows: (first, how many)."""
        first = max(self.start, clip.start_frame)
        return first - clip.start_frame, min(self.end, clip.end_frame) - first


def plan_segments(timeline: Timeline) -> list[Segment]:
    """
    Segments of *timeline* in order: a body for each clip and one of its own for each transition.

    Stretches shorter than MIN_FRAMES join the shorter of their neighbours.
    """
    cuts = sorted({frame for clip in timeline.clips for frame in (clip.start_frame, clip.end_frame)})
    segments = [segment_of(timeline, start, end) for start, end in pairwise(cuts)]
    while len(segments) > 1 and (short := _first_short(segments)) is not None:
        segments = _absorb(timeline, segments, short)
    return segments


def live_clips(clips: tuple[TimelineClip, ...], frame: int) -> list[int]:
    """Numbers of the clips that are seen at *frame* of the film: one, or two in a transition."""
    return [number for number, clip in enumerate(clips) if clip.start_frame <= frame < clip.end_frame]


def segment_of(timeline: Timeline, start: int, end: int) -> Segment:
    """Frames [start, end) of *timeline* as a segment."""
    seen = (clip for clip in timeline.clips if clip.start_frame < end and clip.end_frame > start)
    return Segment(start, end, tuple(seen))


def _first_short(segments: list[Segment]) -> int | None:
    return next((number for number, segment in enumerate(segments) if segment.frames < MIN_FRAMES), None)


def _absorb(timeline: Timeline, segments: list[Segment], short: int) -> list[Segment]:
    neighbours = [number for number in (short - 1, short + 1) if 0 <= number < len(segments)]
    nearest = min(neighbours, key=lambda number: segments[number].frames)
    first, last = sorted((short, nearest))
    merged = segment_of(timeline, segments[first].start, segments[last].end)
    return [*segments[:first], merged, *segments[last + 1 :]]
