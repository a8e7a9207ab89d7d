"""How captions look, as a template says it."""

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
