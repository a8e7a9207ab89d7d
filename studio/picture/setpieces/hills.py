"""Land: mountains and woods for nature; hills with a sun, the default; a wood under a moon for mystery."""

from __future__ import annotations

from typing import Final

import numpy as np

from studio.picture.colour import Colour, mix
from studio.picture.setpieces.site import Array, Coverage, Luminary, Marks, Profile, Scenery, Site, Skin, halton
from studio.picture.shapes import orb

_FAR, _MIDDLE, _NEAR = (
    (95, 58, 210, 0.6, 22, 83, 2.0),
    (80, 52, 260, 2.6, 16, 97, 0.0),
    (130, 46, 330, 4.4, 14, 120, 1.0),
)
"""Middle of a ridge; height, length and phase of its long and of its short waves (u)."""

_PEAKS: Final = ((60, 150, 210), (330, 205, 260), (640, 120, 200), (900, 190, 250), (1230, 150, 230), (1530, 200, 270), (1850, 140, 220))  # fmt: skip
"""Mountains: place, height, half width (u)."""

_PEAK_FOOT_U, _SNOW_U = 215, 62
"""Foot of the mountains under the horizon; snow reaches this far down from the highest peak."""


def build(site: Site) -> Scenery:
    """Mountains with snow, a wooded hill, a meadow."""
    site.scenery.footing = 130.0
    peaks = _mountains(site)
    snow = Marks(site.accent(site.far, 0.34), _snow(site, peaks))
    unit, glow = site.unit, site.palette.glow
    site.lay(0, 320 * unit, peaks, site.far, walk=-3, skin=Skin(rim=glow, marks=snow), crest=240)
    site.lay(
        150 * site.squeeze * unit,
        330 * unit,
        _wooded(site, _rolling(site, _MIDDLE), 52, 3),
        site.mid,
        walk=4,
        crest=220,
    )
    _lay_near(site, _wooded(site, _rolling(site, _NEAR), 84, 7))
    return site.scenery


def build_with_sun(site: Site) -> Scenery:
    """Hills with a setting sun behind them."""
    site.scatter_stars()
    if site.is_live:
        hi, unit = site.palette.hi, site.unit
        ball = orb(560 * unit, mix(hi, "#ffffff", 0.45), hi, mix(hi, site.palette.glow, 0.75))
        x, lift = (site.grid.width * 0.72, -60) if site.grid.is_wide else (site.grid.centre_x, 20)
        site.scenery.luminary = Luminary(ball, x, site.horizon_y + lift * unit, rise=10)
    _lay_hills(site, site.palette.hi, _rolling(site, _NEAR))
    return site.scenery


def build_with_moon(site: Site) -> Scenery:
    """A wood with a rising moon behind it."""
    site.scatter_stars()
    if site.is_live:
        pale = site.palette.hi2
        ball = orb(520 * site.unit, mix(pale, "#ffffff", 0.75), mix(pale, "#ffffff", 0.35), pale)
        x = site.grid.width * (0.72 if site.grid.is_wide else 0.66)
        site.scenery.luminary = Luminary(ball, x, site.horizon_y + 20 * site.unit, rise=-7)
    _lay_hills(site, site.palette.glow, _wooded(site, _rolling(site, _NEAR), 96, 7))
    return site.scenery


def _lay_hills(site: Site, first_rim: Colour, near: Profile) -> None:
    unit = site.unit
    site.lay(0, 320 * unit, _rolling(site, _FAR), site.far, walk=-3, skin=Skin(rim=first_rim))
    middle = Skin(rim=site.palette.glow)
    site.lay(135 * site.squeeze * unit, 330 * unit, _rolling(site, _MIDDLE), site.mid, walk=4, skin=middle)
    _lay_near(site, near)


def _lay_near(site: Site, profile: Profile) -> None:
    below = 225 * site.squeeze * site.unit
    site.lay(below, site.to_the_ground - below + 40 * site.unit, profile, site.near, walk=-6, crest=230)


def _rolling(site: Site, ridge: tuple[float, ...]) -> Profile:
    level, height, length, phase, less, shorter, later = ridge

    def profile(x: Array) -> Array:
        across = site.across(x)
        long, short = np.sin(across / length + phase), np.sin(across / shorter + later)
        return np.asarray((level + height * long + less * short) * site.unit)

    return profile


def _mountains(site: Site) -> Profile:
    """Straight slopes that meet in peaks, roughened a little."""

    def profile(x: Array) -> Array:
        across = site.across(x)
        rough = 5 * np.sin(across / 13) + 4 * np.sin(across / 7.3 + 1)
        slopes = [height * (1 - np.abs(across - place) / half) for place, height, half in _PEAKS]
        return np.asarray((_PEAK_FOOT_U - np.maximum(np.max(slopes, axis=0), 12) + rough) * site.unit)

    return profile


def _snow(site: Site, peaks: Profile) -> Coverage:
    """White down to a ragged line, on the slopes that face the light only."""

    def coverage(x: Array, y: Array) -> Array:
        across = site.across(x)
        line = _SNOW_U + 13 * np.sin(across / 11) + 9 * np.sin(across / 5.1)
        edge = peaks(x[0])
        is_lit = np.clip(0.5 - np.gradient(edge) * 0.9, 0.25, 1)[None]
        return np.asarray(np.clip((line - y / site.unit) * site.unit * 0.5, 0, 1) * is_lit, np.float32)

    return coverage


def _wooded(site: Site, ground: Profile, tallest: float, seed: int) -> Profile:
    """Firs of up to *tallest* u on *ground*, in groves."""
    pitch = tallest * 0.42
    count = int((site.width / site.unit) / pitch) + 2
    numbers = range(1, count + 1)
    places = [(number - 2 + 0.7 * halton(number * seed, 2)) * pitch for number in numbers]
    heights = [tallest * (0.5 + 0.5 * halton(number * seed, 3)) for number in numbers]

    def profile(x: Array) -> Array:
        across = site.across(x)
        tree = np.zeros_like(across)
        for place, height in zip(places, heights, strict=True):
            grove = np.clip(np.sin(place / 190 + seed) * 1.6 + 0.35, 0, 1)
            share = np.clip(1 - np.abs(across - place) / (height * 0.27), 0, 1)
            tree = np.maximum(tree, height * grove * share**0.85)
        return np.asarray(ground(x) - tree * site.unit)

    return profile
