"""A lit floor of lines that meet at the horizon: technology."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from studio.models.shot import GroundName
from studio.picture.colour import Colour, mix, rgb
from studio.picture.compositor import Pixels, Sprite
from studio.picture.noise import dither
from studio.picture.setpieces.site import Scenery, Site, halton
from studio.picture.shapes import spot

Array = npt.NDArray[np.floating]

_PITCH_U: Final = 210.0
"""Between two lines at the bottom edge, where the depth is 1."""

_ROW_DEPTH: Final = 0.34
"""Between two lines across, in the depth of the bottom edge."""

_LINE_U: Final = 3.4
_SIGNALS: Final = 10
"""Bright stretches that run along the lines."""

_GLOW_U: Final = 7.0
"""Height of the light along the horizon."""

_STANDS_U: Final = 46.0
"""On the floor, a step before the horizon."""


def build(site: Site) -> Scenery:
    """A floor in perspective under a glowing horizon."""
    site.scenery.footing = _STANDS_U
    centre = site.grid.width / 2
    halo = spot(site.grid.width * 1.2, 300 * site.unit, _light(site), 0.34)
    site.bake(halo, centre, site.horizon_y)
    height = int(site.to_the_ground) // 2 * 2
    site.bake(Sprite(_floor(site, site.grid.width, height)), centre, site.horizon_y + height / 2)
    return site.scenery


def _light(site: Site) -> Colour:
    palette = site.palette
    vivid = mix(palette.vivid[0], "#ffffff", 0.30)
    light: dict[GroundName, Colour] = {"deep": palette.glow, "vivid": vivid, "paper": "#ffffff"}
    return light[site.ground]


def _floor(site: Site, width: int, height: int) -> Pixels:
    """The floor from the horizon to the bottom edge, opaque."""
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None]
    y = (np.arange(height, dtype=np.float32) + 0.5)[:, None]
    shade = _shade(site, y / height)
    lines, signals = _lines(site, x, y, height)
    line, bright = (np.array(rgb(colour), np.float32) for colour in (_line(site), site.accent(_line(site), 0.8)))
    colours = shade + (line - shade) * lines[..., None]
    colours = colours + (bright - colours) * signals[..., None]
    edge = np.exp(-y / (_GLOW_U * site.unit)) * np.exp(-((x / (0.42 * width)) ** 2)) * 0.85
    colours = colours + (bright - colours) * edge[..., None]
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = np.clip(colours + dither(height, width), 0, 255)
    return pixels


def _shade(site: Site, share: Array) -> Array:
    """Lit where it is far, (H, 1, 3)."""
    palette = site.palette
    ends: dict[GroundName, tuple[Colour, Colour]] = {
        "deep": (mix(palette.deep[0], palette.glow, 0.26), palette.deep[1]),
        "vivid": (mix(palette.vivid[1], palette.deep[0], 0.10), mix(palette.vivid[1], palette.deep[0], 0.42)),
        "paper": (mix(palette.paper[1], palette.glow, 0.22), mix(palette.paper[1], palette.glow, 0.06)),
    }
    far, near = (np.array(rgb(colour)) for colour in ends[site.ground])
    falling = (1 - (1 - share) ** 2)[..., None]
    return np.asarray(far * (1 - falling) + near * falling, np.float32)


def _line(site: Site) -> Colour:
    palette = site.palette
    return {
        "deep": mix(palette.deep[0], palette.glow, 0.72),
        "vivid": mix(palette.vivid[0], palette.hi, 0.34),
        "paper": mix(palette.paper[1], palette.glow, 0.55),
    }[site.ground]


def _lines(site: Site, x: Array, y: Array, height: int) -> tuple[Array, Array]:
    """Coverage of the lines and of the light that runs along them, (H, W)."""
    depth, thick = height / y, _LINE_U * site.unit * (0.4 + 0.6 * y / height)
    pitch = _PITCH_U * site.unit / depth
    number = np.round(x / pitch)
    away = np.clip(thick / 2 - np.abs(x - number * pitch) + 0.5, 0, 1) * np.clip(pitch / thick / 8 - 0.35, 0, 1)
    row = np.maximum(np.round((depth - 1) / _ROW_DEPTH), 0)
    across = np.clip(thick / 2 - np.abs(y - height / (1 + row * _ROW_DEPTH)) + 0.5, 0, 1)
    gap = _ROW_DEPTH * height / depth**2
    across = across * np.clip(gap / thick / 5 - 0.3, 0, 1)
    lines = np.maximum(away, np.broadcast_to(across, away.shape)) * 0.55
    return np.asarray(lines, np.float32), np.asarray(away * _signals(number, depth), np.float32)


def _signals(number: Array, depth: Array) -> Array:
    """Brightness along the lines: each signal has a head and a tail that it draws towards the horizon."""
    shine = np.zeros(np.broadcast_shapes(number.shape, depth.shape), np.float32)
    for signal in range(1, _SIGNALS + 1):
        line, head = round((halton(signal, 2) - 0.5) * 14), 1.15 + 2.4 * halton(signal, 3)
        tail = np.where(depth >= head, np.exp(-(depth - head) / (0.22 * head)), 0)
        shine = np.maximum(shine, (number == line) * tail)
    return shine * np.float32(0.9)
