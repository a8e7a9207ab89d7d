"""Roofs of a town: money, work."""

from __future__ import annotations

import numpy as np

from studio.picture.setpieces.site import MARGIN_U, Array, Profile, Scenery, Site

_BLOCKS = 60
_ROWS = ((0, 88, 190, -3), (130, 118, 170, 4), (290, 150, 120, -6))
"""Depth under the horizon, mean width and greatest drop of a roof (u), walk (u a second), far to near."""


def build(site: Site) -> Scenery:
    """Three rows of houses, the same ones every time."""
    random, unit = np.random.default_rng(11), site.unit
    for number, ((below, width, drop, walk), colour) in enumerate(
        zip(_ROWS, (site.far, site.mid, site.near), strict=True)
    ):
        is_last = number == len(_ROWS) - 1
        depth = site.to_the_ground - below * unit if is_last else 330 * unit
        site.lay(below * unit, depth, _roofs(site, random, width, drop), colour, walk=walk, crest=330)
    return site.scenery


def _roofs(site: Site, random: np.random.Generator, width: float, drop: float) -> Profile:
    walls = np.cumsum(random.uniform(0.7, 1.4, _BLOCKS) * width)
    roofs = random.uniform(0.05, 1, _BLOCKS + 1) * drop

    def profile(x: Array) -> Array:
        block = np.searchsorted(walls, np.maximum(site.across(x) + MARGIN_U, 0)).clip(0, _BLOCKS)
        return np.asarray((roofs[block] + 10) * site.unit, np.float32)

    return profile
