"""Type, place and colours of the captions: the renderer burns them in, we say how they look."""

from __future__ import annotations

from functools import cache
from typing import Final

from fontTools.ttLib import TTFont

from studio.language.detect import is_chinese
from studio.models.shot import CaptionLook, GroundName
from studio.models.timeline import Canvas, CaptionStyle
from studio.picture.colour import mix, to_hex
from studio.picture.fonts import CAPTION_FAMILIES, FONTS_FOR_CAPTIONS
from studio.picture.geometry import grid_of
from studio.picture.palettes import get_palette
from studio.picture.typography import load_font

SIZE_U: Final = 74
OUTLINE_U: Final = 5.5
SPACING_U: Final = 1.0

_MEASURED_PX: Final = 200
"""Captions are measured at this size and scaled: hinting plays no part."""


def caption_look(palette: str, ground: GroundName) -> CaptionLook:
    """
    Colours of captions over *ground* in *palette*.

    Raises:
        UnknownName: no such palette.
    """
    colours = get_palette(palette)
    fill, highlight, outline = {
        "deep": (colours.text, colours.hi, colours.deep[1]),
        "vivid": ("#ffffff", colours.hi, to_hex(mix(colours.vivid[1], "#000000", 0.62))),
        "paper": (colours.ink, colours.mark, colours.paper[0]),
    }[ground]
    return CaptionLook(fill=fill, highlight=highlight, outline=outline)


def caption_style(canvas: Canvas, language: str) -> CaptionStyle:
    """Family, size, place and greatest width of the captions on *canvas*."""
    grid = grid_of(canvas)
    return CaptionStyle(
        font="Noto Sans T Chinese Black" if is_chinese(language) else "Outfit ExtraBold",
        size_px=max(1, round(SIZE_U * grid.unit)),
        outline_px=round(OUTLINE_U * grid.unit, 2),
        spacing_px=round(SPACING_U * grid.unit, 2),
        centre_y_px=round((grid.band_top + grid.band_bottom) / 2),
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


@cache
def _line_height_em(family: str) -> float:
    with TTFont(CAPTION_FAMILIES.get(family, FONTS_FOR_CAPTIONS[0]), lazy=True) as font:
        metrics = font["OS/2"]
        return float(metrics.usWinAscent + metrics.usWinDescent) / float(font["head"].unitsPerEm)
