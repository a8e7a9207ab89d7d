"""How captions look: as a template says it, but for what a brief asks."""

from __future__ import annotations

from typing import Literal

from studio.models.base import Model
from studio.models.shot import HexColour

CaptionKind = Literal["karaoke", "pop", "box", "clean", "none"]
"""
- karaoke: the spoken word is coloured
- pop: a few large words at a time
- box: the spoken word stands on a coloured box
- clean: nothing moves
- none: only in the subtitle files
"""

CaptionPosition = Literal["low", "middle"]

CaptionSize = Literal["small", "medium", "large"]


class Captioning(Model):
    """Style, size, place and colours; a colour that is left out is the palette's."""

    style: CaptionKind = "karaoke"
    size: CaptionSize = "medium"
    position: CaptionPosition = "low"
    """Where they stand over footage and pictures; over what we draw they are always low, clear of it."""
    fill: HexColour | None = None
    highlight: HexColour | None = None
    outline: HexColour | None = None

    def but(self, wish: CaptionWish | None) -> Captioning:
        """These, changed where the *wish* says something."""
        return self.model_copy(update=wish.model_dump(exclude_none=True)) if wish else self


class CaptionWish(Model):
    """What one film's captions are to be; whatever is left out is the template's."""

    style: CaptionKind | None = None
    size: CaptionSize | None = None
    position: CaptionPosition | None = None
    fill: HexColour | None = None
    highlight: HexColour | None = None
    outline: HexColour | None = None
