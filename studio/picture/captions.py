"""Type, place and colours of the captions: the renderer burns them in, we say how they look."""

from __future__ import annotations

from functools import cache
from typing import Final

from fontTools.ttLib import TTFont

from studio.language.detect import is_chinese
from studio.models.captions import Captioning, CaptionKind, CaptionPosition, CaptionSize
from studio.models.shot import CaptionLook, GroundName
from studio.models.timeline import Canvas, CaptionStyle
from studio.picture.colour import contrast, mix, to_hex
from studio.picture.fonts import CAPTION_FAMILIES, FONTS_FOR_CAPTIONS
from studio.picture.geometry import grid_of
from studio.picture.palettes import Palette
from studio.picture.typography import load_font

SIZE_U: Final = 74
"""Of karaoke captions of medium size."""

SIZES_U: Final[dict[CaptionKind, int]] = {"karaoke": SIZE_U, "pop": 112, "box": 70, "clean": 62, "none": SIZE_U}
SHARES: Final[dict[CaptionSize, float]] = {"small": 0.85, "medium": 1.0, "large": 1.14}

INK: Final = 0.72
"""Of a line's height, what its letters take; the rest is room between lines."""

MIDDLE: Final = 0.5
"""Where captions in the middle stand, as a share of the height."""

PLAIN: Final = Captioning()
OUTLINE_U: Final = 5.5
SPACING_U: Final = 1.0

_MEASURED_PX: Final = 200
"""Captions are measured at this size and scaled: hinting plays no part."""


def caption_look(
    palette: Palette, ground: GroundName, wanted: Captioning = PLAIN, *, position: CaptionPosition = "low"
) -> CaptionLook:
    """Colours of captions over *ground* in *palette*, but for those that are *wanted*."""
    fill, highlight, outline = {
        "deep": (palette.text, palette.hi, palette.deep[1]),
        "vivid": ("#ffffff", palette.hi, to_hex(mix(palette.vivid[1], "#000000", 0.62))),
        "paper": (palette.ink, palette.mark, palette.paper[0]),
    }[ground]
    highlight = wanted.highlight or highlight
    return CaptionLook(
        fill=wanted.fill or fill,
        highlight=highlight,
        outline=wanted.outline or outline,
        on_highlight=max("#ffffff", palette.ink, key=lambda text: contrast(text, highlight)),
        position=position,
    )


def caption_style(canvas: Canvas, language: str, wanted: Captioning = PLAIN) -> CaptionStyle:
    """Family, size, place and greatest width of the captions on *canvas*."""
    grid = grid_of(canvas)
    lines = 1 if wanted.style == "pop" else 2
    room_u = (grid.band_bottom - grid.band_top) / (lines - 1 + INK) / grid.unit
    size_u = min(SIZES_U[wanted.style] * SHARES[wanted.size], room_u)
    return CaptionStyle(
        kind=wanted.style,
        font="Noto Sans T Chinese Black" if is_chinese(language) else "Outfit ExtraBold",
        size_px=max(1, round(size_u * grid.unit)),
        outline_px=round(OUTLINE_U * grid.unit * size_u / SIZE_U, 2),
        spacing_px=round(SPACING_U * grid.unit, 2),
        centre_y_px=round((grid.band_top + grid.band_bottom) / 2),
        middle_y_px=round(grid.height * MIDDLE),
        max_width_px=int(grid.caption_width),
    )


def caption_width(text: str, style: CaptionStyle) -> float:
    """
    Width in px of *text* as one line of a caption, outline left out.

    A size in ASS is the height from the highest ascent to the lowest descent of the font, not its em; so the
    letters are smaller than *style* seems to say.
    Source: libass, `ass_font.c`: ascender and descender are the font's usWinAscent and usWinDescent.
    """
    em_px = style.size_px / _line_height_em(style.font)
    font = load_font("black", _MEASURED_PX, latin=style.font.startswith("Outfit"))
    return float(font.getlength(text)) * em_px / _MEASURED_PX + style.spacing_px * len(text)


def ink_middle(style: CaptionStyle) -> float:
    """How far below a line's middle the middle of its capitals and hanzi is, in px; above it is negative."""
    with TTFont(CAPTION_FAMILIES.get(style.font, FONTS_FOR_CAPTIONS[0]), lazy=True) as font:
        metrics, units = font["OS/2"], font["head"].unitsPerEm
        ascent, descent, capital = metrics.usWinAscent, metrics.usWinDescent, metrics.sCapHeight
    em_px = style.size_px * units / (ascent + descent)
    return float(((ascent - descent) / 2 - capital / 2) / units * em_px)


@cache
def _line_height_em(family: str) -> float:
    with TTFont(CAPTION_FAMILIES.get(family, FONTS_FOR_CAPTIONS[0]), lazy=True) as font:
        metrics = font["OS/2"]
        return float(metrics.usWinAscent + metrics.usWinDescent) / float(font["head"].unitsPerEm)
