"""A sea with its glitter and swells that break: sea, health."""

from __future__ import annotations

from typing import Final

import numpy as np

from studio.picture.setpieces.site import Array, Coverage, Marks, Profile, Scenery, Site, Skin

_SEA_U: Final = 40
"""Where the level sea ends, under the horizon."""

_SWELLS: Final = ((140, 230, 42, -13), (285, 330, 56, 16))
"""Depth under the horizon, wavelength, height (u) and walk (u a second), far to near."""

_ROW_U, _DASH_U, _PATH_U = 17.0, 46.0, 190.0
"""Glitter: from row to row, longest dash, half width of the path of light."""


def build(site: Site) -> Scenery:
    """Level water behind two swells that pass each other."""
    unit, near, glow = site.unit, site.squeeze, site.palette.glow
    glitter = Marks(site.accent(site.far, 0.4), _glitter(site))
    site.lay(_SEA_U * near * unit, 360 * unit, _level(site), site.far, bob=2, skin=Skin(rim=glow, marks=glitter))
    for number, ((below, length, height, walk), colour) in enumerate(zip(_SWELLS, (site.mid, site.near), strict=True)):
        is_last = number == len(_SWELLS) - 1
        depth = site.to_the_ground - below * near * unit + 40 * unit if is_last else 360 * unit
        profile = _swell(site, length, height, number)
        foam = Marks(site.accent(colour, 0.42), _foam(site, profile, height))
        site.lay(below * near * unit, depth, profile, colour, walk=walk, bob=4, skin=Skin(rim=glow, marks=foam))
    return site.scenery


def _level(site: Site) -> Profile:
    def profile(x: Array) -> Array:
        return np.asarray((10 + 2.5 * np.sin(site.across(x) / 34)) * site.unit)

    return profile


def _swell(site: Site, length: float, height: float, phase: int) -> Profile:
    """Crests that lean, as water does before it breaks, and differ in height."""

    def profile(x: Array) -> Array:
        along = site.across(x) / length * np.pi + phase * 1.3
        leaning = along + 0.38 * np.sin(2 * along)
        crest = np.cos(leaning) ** 2
        taller = 0.75 + 0.25 * np.sin(along * 0.37 + phase * 2)
        return np.asarray((30 + height * 1.6 * (1 - crest * taller)) * site.unit)

    return profile


def _foam(site: Site, profile: Profile, height: float) -> Coverage:
    """A line that follows the crest and ends where the water is low."""

    def coverage(x: Array, y: Array) -> Array:
        edge = profile(x[0])[None]
        depth, low = (y - edge) / site.unit, edge / site.unit - 30
        near_crest = np.clip(1.1 - low / height, 0, 1)
        line = np.exp(-(((depth - 9 - 0.16 * low) / (1.2 + 4.5 * near_crest)) ** 2))
        return np.asarray(line * near_crest, np.float32)

    return coverage


def _glitter(site: Site) -> Coverage:
    """Dashes of light on the level water, thick in the middle of the canvas and thin at its sides."""
    middle = site.grid.centre_x / site.unit

    def coverage(x: Array, y: Array) -> Array:
        along, down = site.across(x) - middle, y / site.unit - 22
        row = np.floor(down / _ROW_U)
        shift = np.mod(np.sin(row * 91.7) * 437.5, 1) * _DASH_U * 2
        dash = np.floor((along + shift) / _DASH_U)
        chance = np.mod(np.sin(dash * 12.9898 + row * 78.233) * 43758.5453, 1)
        length = _DASH_U * (0.25 + 0.5 * np.mod(chance * 7.3, 1))
        inside = length / 2 - np.abs(along + shift - (dash + 0.5) * _DASH_U)
        thin = 2.4 - np.abs(down - (row + 0.5) * _ROW_U)
        path = np.exp(-((along / (_PATH_U * (1 + row * 0.18))) ** 2))
        is_lit = (row >= 0) & (chance < 0.7 * path)
        soft = np.clip(inside * site.unit + 0.5, 0, 1) * np.clip(thin * site.unit + 0.5, 0, 1)
        return np.asarray(soft * is_lit, np.float32)

    return coverage
