"""A film before it is rendered. All times are whole frames from the start of the film, ranges half-open."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from studio.models.asset import Asset, Credit
from studio.models.base import Model
from studio.models.captions import CaptionKind
from studio.models.shot import CaptionLook, Shot
from studio.timebase import FPS

TransitionKind = Literal["cut", "dissolve", "push", "wipe", "zoom"]
"""How a picture gives way to the next one; all but the cut take time, in which both are seen."""


class Canvas(Model):
    """Size of the picture in pixels; both sides are even, as 4:2:0 chroma needs."""

    width: Annotated[int, Field(ge=64, le=4096, multiple_of=2)]
    height: Annotated[int, Field(ge=64, le=4096, multiple_of=2)]

    @property
    def fps(self) -> Fraction:
        """Frames a second."""
        return FPS

    @property
    def unit_px(self) -> float:
        """The look book's u: a 1080th of the short side."""
        return min(self.width, self.height) / 1080

    def reduced(self, short_side: int) -> Canvas:
        """A canvas of this shape whose short side has *short_side* px; this one where that is no reduction."""
        scale = min(1.0, short_side / min(self.width, self.height))
        return Canvas(width=round(self.width * scale / 2) * 2, height=round(self.height * scale / 2) * 2)


class TimelineClip(Model):
    """A shot's place on the picture track."""

    start_frame: Annotated[int, Field(ge=0)]
    end_frame: int
    shot: Shot
    transition: TransitionKind = "dissolve"
    """How it comes over the clip before it, for as long as the two overlap."""

    @property
    def frames(self) -> int:
        """How long it lasts, transitions included."""
        return self.end_frame - self.start_frame


class CaptionWord(Model):
    """A word of a caption and the frames during which it is spoken."""

    text: str
    start_frame: int
    end_frame: int


class CaptionCue(Model):
    """
    What is on screen at one time: lines of words, joined exactly as spoken.

    *is_burned_in* is False where the picture already shows these words: the cue is then only in the
    subtitle files.
    """

    start_frame: int
    end_frame: int
    lines: tuple[tuple[CaptionWord, ...], ...]
    look: CaptionLook
    is_burned_in: bool = True

    @property
    def text(self) -> str:
        """The cue as a reader sees it, lines joined by a newline."""
        return "\n".join("".join(word.text for word in line).strip() for line in self.lines)


class CaptionStyle(Model):
    """Kind, type and place of the captions, in pixels of the canvas."""

    kind: CaptionKind = "karaoke"
    font: str
    size_px: int
    outline_px: float
    spacing_px: float = 0.0
    centre_y_px: int
    """Vertical middle of the caption band."""
    middle_y_px: int | None = None
    """That of captions which stand in the middle; None keeps them in the band."""
    max_width_px: int


class VoiceClip(Model):
    """A recording's place on the voice track."""

    audio: Asset
    start_frame: Annotated[int, Field(ge=0)]


class MusicBed(Model):
    """Music under the whole film, looped without a seam and ducked under the voice."""

    audio: Asset
    gain_db: float = -14.0


class Timeline(Model):
    """
    Everything needed to render a film, and nothing else: stored as JSON, it can be rendered again.

    Clips follow each other without a gap; neighbours may overlap by a transition.
    """

    canvas: Canvas
    clips: Annotated[tuple[TimelineClip, ...], Field(min_length=1)]
    captions: tuple[CaptionCue, ...] = ()
    caption_style: CaptionStyle
    voice: tuple[VoiceClip, ...] = ()
    music: MusicBed | None = None
    credits: tuple[Credit, ...] = ()
    title: str = ""
    language: str = "en"

    @property
    def frames(self) -> int:
        """Length of the film."""
        return self.clips[-1].end_frame

    @model_validator(mode="after")
    def _without_gaps(self) -> Timeline:
        if self.clips[0].start_frame != 0:
            raise ValueError("the first clip must start at frame 0")
        for before, after in pairwise(self.clips):
            if not before.start_frame < after.start_frame <= before.end_frame <= after.end_frame:
                raise ValueError("clips must follow each other without a gap")
            if after.transition == "cut" and after.start_frame < before.end_frame:
                raise ValueError("a cut takes no time: its clips must not overlap")
        for before, after in zip(self.clips, self.clips[2:], strict=False):
            if before.end_frame > after.start_frame:
                raise ValueError("a clip must outlast the transitions at both its ends")
        for first, second in pairwise(self.captions):
            if first.end_frame > second.start_frame:
                raise ValueError("caption cues must not overlap")
        return self
