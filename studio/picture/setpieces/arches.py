"""An arcade: history, culture."""

from __future__ import annotations

import numpy as np

from studio.picture.setpieces.site import Array, Coverage, Scenery, Site, Skin

_PITCH_U = 270
"""From arch to arch."""

_TOP_U = 30


def build(site: Site) -> Scenery:
    """A wall with round arches above two hills."""
    unit, across = site.unit, site.across

    def wall(x: Array) -> Array:
        return np.full_like(x, _TOP_U * unit * 0.3)

    def middle(x: Array) -> Array:
        return np.asarray((40 + 14 * np.sin(across(x) / 260 + 1)) * unit)

    def near(x: Array) -> Array:
        return np.asarray((30 + 10 * np.sin(across(x) / 300)) * unit)

    glow = site.palette.glow
    site.lay(-10 * unit, 360 * unit, wall, site.far, walk=-3, skin=Skin(rim=glow, cutout=_arches(site)), crest=360)
    site.lay(220 * unit, 260 * unit, middle, site.mid, walk=4)
    site.lay(350 * unit, site.to_the_ground - 310 * unit, near, site.near, walk=-6)
    return site.scenery


def _arches(site: Site) -> Coverage:
    radius = _PITCH_U * 0.33
    spring_line = _TOP_U + 40 + radius
    centre = site.grid.centre_x / site.unit

    def cutout(x: Array, y: Array) -> Array:
        across = np.mod(site.across(x) + _PITCH_U / 2 - centre, _PITCH_U) - _PITCH_U / 2
        down = y / site.unit
        distance = np.where(down < spring_line, np.hypot(across, down - spring_line), np.abs(across))
        return np.asarray(np.clip((distance - radius) * site.unit + 0.5, 0, 1))

    return cutout
