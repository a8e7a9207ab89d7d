"""What lies behind a picture that can be seen through."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PIL import Image

LIGHT, DARK = "0xF1EEE7", "0x23262D"
"""Warm paper, which shows colours and dark lines, and slate for what is white."""

WHITE = 0.8
"""Mean lightness, 0 to 1, above which a drawing would be lost on paper."""

SAMPLE_PX = 48
"""Side of the small copy that is looked at: a drawing's lightness is no matter of detail."""

_SEEN_THROUGH = {"RGBA", "LA", "PA", "La", "RGBa"}


def is_transparent(path: Path) -> bool:
    """Whether the picture at *path* may have places that can be seen through; not of what we refuse anyway."""
    refusals = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
    with suppress(*refusals), Image.open(path, formats=["PNG", "WEBP", "JPEG"]) as image:
        return image.mode in _SEEN_THROUGH or "transparency" in image.info
    return False


def choose_backing(sample: bytes) -> str:
    """
    Colour of the ground on which a drawing is seen best, as ffmpeg writes it.

    Args:
        sample: a small copy of the drawing, RGBA uint8, its colours weighted by their opacity.
    """
    red, green, blue, opacity = (sum(sample[channel::4]) for channel in range(4))
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > WHITE * opacity else LIGHT
