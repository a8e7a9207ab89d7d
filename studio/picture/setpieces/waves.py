"""Three swells: sea, health."""

from __future__ import annotations

import numpy as np

from studio.picture.setpieces.site import Array, Profile, Scenery, Site

_SWELLS = ((40, 150, 24, 10), (165, 190, 26, -13), (310, 240, 28, 16))
"""Depth under the horizon, wavelength, height (u) and walk (u a second), far to near."""


def build(site: Site) -> Scenery:
    """Waves that pass each other."""
    unit = site.unit
    for number, ((below, length, height, walk), colour) in enumerate(
        zip(_SWELLS, (site.far, site.mid, site.near), strict=True)
    ):
        is_last = number == len(_SWELLS) - 1
        depth = site.to_the_ground - (below - 40) * unit if is_last else 230 * unit
        rim = None if is_last else site.palette.glow
        site.lay(below * unit, depth, _swell(site, length, height, number), colour, walk=walk, bob=4, rim=rim)
    return site.scenery


def _swell(site: Site, length: float, height: float, phase: int) -> Profile:
    def profile(x: Array) -> Array:
        along = site.across(x) / length
        crest = 40 + height * np.sin(along + phase * 1.7) + height * 0.35 * np.sin(along * 2.3 + phase)
        return np.asarray(crest * site.unit)

    return profile
