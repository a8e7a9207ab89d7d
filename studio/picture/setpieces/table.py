"""A laid table: food."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import ImageDraw

from studio.picture.colour import Colour, mix, rgb, to_rgba
from studio.picture.compositor import Sprite
from studio.picture.setpieces.site import Scenery, Site, slope
from studio.picture.shapes import OVERSAMPLE, drawing, reduced, spot

_STANDS_U: Final = 70.0
"""Things stand this far in front of the table's far edge."""

_TALLEST_U, _SHARE = 190.0, 0.40
"""Height of what stands on the table: where the piece lies still, never more than this share of the room for it."""

_PLATE_U: Final = 560.0
"""Widest plate: half of a tall canvas, with room for fork and knife."""


@dataclass(frozen=True)
class _Clay:
    """Colours of what stands on the table."""

    body: Colour
    shade: Colour
    light: Colour
    food: Colour


def build(site: Site) -> Scenery:
    """A table with a plate between fork and knife, a steaming bowl at one side and tea at the other."""
    site.scenery.footing = _STANDS_U
    unit, room = site.unit, site.to_the_ground
    tall = _TALLEST_U * unit if site.is_live else min(_TALLEST_U * unit, _SHARE * room)
    edge = site.horizon_y + (0 if site.is_live else tall * 0.82)
    _lay_top(site, edge)
    _lay_plate(site, edge)
    clay = _clay(site)
    left, right = _places(site)
    for draw, wide, x in ((_bowl, 1.0, left), (_teapot, 1.15, right), (_cup, 0.62, right - 0.62 * tall)):
        foot = edge + (34 if draw is _cup else 16) * unit
        site.bake(spot(wide * tall * 1.05, 30 * unit, site.base, 0.5), x, foot - 3 * unit)
        site.bake(_drawn(draw, wide * tall, tall, clay), x, foot - tall / 2)
    site.put(_steam(site, tall), left - 0.06 * tall, edge - 0.92 * tall, bob=5)
    return site.scenery


def _places(site: Site) -> tuple[float, float]:
    """Middles of the bowl and of the teapot in px: at the sides, and beside the icon of a wide title."""
    unit, width = site.unit, site.grid.width
    if not site.grid.is_wide:
        return 150 * unit, width - 140 * unit
    return (0.585 * width, width - 150 * unit) if site.is_live else (170 * unit, width - 160 * unit)


def _clay(site: Site) -> _Clay:
    palette = site.palette
    if site.ground == "paper":
        body = mix(site.near, palette.paper[0], 0.10)
        return _Clay(body, mix(body, palette.glow, 0.30), mix(body, "#ffffff", 0.55), mix(body, palette.mark, 0.25))
    if site.ground == "vivid":
        body = mix(palette.vivid[1], palette.deep[0], 0.30)
        return _Clay(
            body, mix(body, palette.deep[0], 0.28), mix(body, palette.vivid[0], 0.55), mix(body, "#ffffff", 0.3)
        )
    body = mix(palette.deep[0], palette.glow, 0.30)
    return _Clay(body, mix(body, palette.deep[1], 0.45), mix(body, palette.hi, 0.34), mix(body, palette.hi, 0.55))


def _lay_top(site: Site, edge: float) -> None:
    """The table from its far edge, which is lit, to the bottom of the canvas."""
    height = site.grid.height - edge
    lit = mix(site.mid, site.far, 0.5)
    site.bake(slope(site.grid.width + 8, int(height) + 6, (lit, mix(lit, site.base, 0.8))), *_under(site, edge, height))
    line = slope(site.grid.width + 8, max(2, round(4 * site.unit)), (site.accent(lit, 0.30), lit))
    site.bake(line, site.grid.width / 2, edge + 2 * site.unit)


def _under(site: Site, edge: float, height: float) -> tuple[float, float]:
    return site.grid.width / 2, edge + (int(height) + 6) / 2


def _lay_plate(site: Site, edge: float) -> None:
    room, unit = site.grid.height - edge, site.unit
    wide = min(_PLATE_U * unit, room * 2.1, site.grid.width * 0.52)
    high = wide * 0.30
    x, y = site.grid.width / 2, edge + min(room * 0.56, 46 * unit + high * 0.9)
    clay = _clay(site)
    cloth = mix(site.mid, site.base, 0.45)
    rings: tuple[tuple[Colour, float, float], ...] = (
        (clay.shade, 1.0, 0.055),
        (mix(clay.body, clay.light, 0.35), 1.0, 0.0),
        (clay.body, 0.93, 0.01),
        (mix(clay.body, clay.shade, 0.55), 0.66, 0.02),
        (mix(clay.body, clay.shade, 0.25), 0.62, 0.05),
    )
    site.bake(spot(wide * 1.9, high * 1.9, cloth, 0.8, falloff=0.7), x, y)
    for colour, share, lower in rings:
        site.bake(_ellipse(wide * share, high * share, colour), x, y + lower * high)
    for draw, side in ((_fork, -1), (_knife, 1)):
        site.bake(_drawn(draw, wide * 0.09, high * 1.02, clay), x + side * wide * 0.62, y)


def _ellipse(width: float, height: float, colour: Colour) -> Sprite:
    image, draw = drawing(width, height)
    draw.ellipse((0, 0, image.width - 1, image.height - 1), fill=to_rgba(colour))
    return Sprite(reduced(image))


class _Pen:
    """Draws in shares of a height: (0, 0) is the upper left corner, y = 1 the foot."""

    def __init__(self, draw: ImageDraw.ImageDraw, height: float) -> None:
        self._draw, self._scale = draw, height * OVERSAMPLE

    def _scaled(self, *points: float) -> list[float]:
        return [point * self._scale for point in points]

    def ellipse(self, colour: Colour, *box: float) -> None:
        self._draw.ellipse(self._scaled(*box), fill=to_rgba(colour))

    def ring(self, colour: Colour, thick: float, *box: float) -> None:
        self._draw.ellipse(self._scaled(*box), outline=to_rgba(colour), width=max(1, round(thick * self._scale)))

    def half(self, colour: Colour, *box: float) -> None:
        self._draw.pieslice(self._scaled(*box), 0, 180, fill=to_rgba(colour))

    def bar(self, colour: Colour, radius: float, *box: float) -> None:
        self._draw.rounded_rectangle(self._scaled(*box), radius * self._scale, fill=to_rgba(colour))

    def line(self, colour: Colour, thick: float, *points: float) -> None:
        self._draw.line(self._scaled(*points), fill=to_rgba(colour), width=max(1, round(thick * self._scale)))

    def shape(self, colour: Colour, *points: float) -> None:
        self._draw.polygon(self._scaled(*points), fill=to_rgba(colour))


def _drawn(draw: Callable[[_Pen, _Clay], None], width: float, height: float, clay: _Clay) -> Sprite:
    image, canvas = drawing(width, height)
    draw(_Pen(canvas, height), clay)
    return Sprite(reduced(image))


def _bowl(pen: _Pen, clay: _Clay) -> None:
    pen.line(clay.light, 0.026, 0.52, 0.46, 0.90, 0.04)
    pen.line(clay.light, 0.026, 0.60, 0.47, 0.98, 0.10)
    pen.bar(clay.shade, 0.02, 0.31, 0.90, 0.63, 1.0)
    pen.half(clay.body, 0.02, -0.02, 0.92, 0.96)
    pen.half(clay.shade, 0.40, 0.06, 0.92, 0.955)
    pen.half(clay.body, 0.02, 0.02, 0.84, 0.94)
    pen.ellipse(clay.light, 0.02, 0.39, 0.92, 0.55)
    pen.ellipse(clay.shade, 0.05, 0.41, 0.89, 0.54)
    pen.ellipse(clay.food, 0.10, 0.435, 0.84, 0.535)


def _teapot(pen: _Pen, clay: _Clay) -> None:
    pen.ring(clay.shade, 0.05, 0.80, 0.46, 1.13, 0.86)
    pen.shape(clay.shade, 0.30, 0.62, 0.03, 0.36, 0.0, 0.41, 0.24, 0.86)
    pen.ellipse(clay.body, 0.18, 0.36, 0.94, 1.0)
    pen.ellipse(clay.light, 0.30, 0.42, 0.44, 0.60)
    pen.ellipse(clay.body, 0.33, 0.44, 0.50, 0.64)
    pen.ellipse(clay.shade, 0.34, 0.31, 0.78, 0.45)
    pen.ellipse(clay.light, 0.36, 0.30, 0.76, 0.42)
    pen.ellipse(clay.shade, 0.515, 0.20, 0.605, 0.31)


def _cup(pen: _Pen, clay: _Clay) -> None:
    pen.ellipse(clay.shade, 0.0, 0.90, 0.60, 1.0)
    pen.half(clay.body, 0.08, 0.30, 0.52, 0.98)
    pen.ellipse(clay.light, 0.08, 0.58, 0.52, 0.70)
    pen.ellipse(clay.food, 0.11, 0.60, 0.49, 0.69)


def _fork(pen: _Pen, clay: _Clay) -> None:
    for x in (0.03, 0.125, 0.22):
        pen.bar(clay.light, 0.02, x, 0.0, x + 0.045, 0.36)
    pen.bar(clay.light, 0.08, 0.03, 0.28, 0.265, 0.44)
    pen.bar(clay.light, 0.03, 0.11, 0.40, 0.185, 1.0)


def _knife(pen: _Pen, clay: _Clay) -> None:
    pen.bar(clay.light, 0.06, 0.09, 0.0, 0.22, 0.56)
    pen.bar(clay.body, 0.03, 0.11, 0.50, 0.20, 1.0)


def _steam(site: Site, tall: float) -> Sprite:
    """Two wisps that fade upwards."""
    width, height = int(tall * 0.6), int(tall * 0.8)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / tall
    shade = np.zeros((height, width), np.float32)
    for middle, late in ((0.20, 0.0), (0.40, 1.9)):
        wave = middle + 0.045 * np.sin(y * 11 + late)
        shade = np.maximum(shade, np.exp(-(((x - wave) / 0.035) ** 2)))
    fade = np.sin(np.pi * np.clip(y / 0.8, 0, 1)) ** 1.2
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = np.round(rgb(site.accent(site.far, 0.55)))
    pixels[..., 3] = cv2.GaussianBlur(shade * fade, (0, 0), max(0.5, 2 * site.unit)) * 110
    return Sprite(pixels)
