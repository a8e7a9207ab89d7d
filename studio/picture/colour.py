"""Colours: mixing, contrast as WCAG measures it, and the Y'CbCr that goes into the film."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RGB = tuple[float, float, float]
"""Red, green, blue from 0 to 255, gamma-encoded as on screen."""

Colour = str | RGB
"""An RGB triple or "#rrggbb"."""

KR, KB = 0.2126, 0.0722
"""Weights of red and blue in luma. Source: ITU-R BT.709."""

Array = npt.NDArray[np.float32]


def rgb(colour: Colour) -> RGB:
    """*colour* as a triple."""
    if not isinstance(colour, str):
        return colour
    digits = colour.lstrip("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> RGB:
    """*first* with *share* (0 to 1) of *second* in it."""
    a, b = rgb(first), rgb(second)
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def to_hex(colour: Colour) -> str:
    """*colour* as "#rrggbb"."""
    return "#" + "".join(f"{round(min(255, max(0, part))):02x}" for part in rgb(colour))


def to_rgba(colour: Colour, opacity: float = 1.0) -> tuple[int, int, int, int]:
    """*colour* as Pillow wants it."""
    red, green, blue = (round(part) for part in rgb(colour))
    return red, green, blue, round(opacity * 255)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1. Source: WCAG 2.2."""
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _unit(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: Colour, second: Colour) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def to_yuv(colour: Colour) -> tuple[float, float, float]:
    """*colour* in limited-range BT.709, 8 bits."""
    red, green, blue = _unit(colour)
    luma = KR * red + (1 - KR - KB) * green + KB * blue
    return 219 * luma + 16, 224 * (blue - luma) / 1.8556 + 128, 224 * (red - luma) / 1.5748 + 128


def planes_of(pixels: Array, coverage: Array | float = 1.0) -> tuple[Array, Array, Array]:
    """
    Y, U and V (limited BT.709, float 0 to 255) of *pixels*, float (H, W, 3) from 0 to 1 and premultiplied by *coverage*.

    The offsets of the limited range are weighted by the coverage too, so the planes can be blended as they are.
    """
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    luma = KR * red + (1 - KR - KB) * green + KB * blue
    return (
        219 * luma + 16 * coverage,
        224 * (blue - luma) / 1.8556 + 128 * coverage,
        224 * (red - luma) / 1.5748 + 128 * coverage,
    )


def _unit(colour: Colour) -> RGB:
    red, green, blue = rgb(colour)
    return red / 255, green / 255, blue / 255
