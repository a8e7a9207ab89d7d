"""Rolling hills: nature; with a sun the default, with a moon mystery."""

from __future__ import annotations

import numpy as np

from studio.picture.colour import Colour, mix
from studio.picture.setpieces.site import Array, Luminary, Scenery, Site
from studio.picture.shapes import orb


def build(site: Site) -> Scenery:
    """Three ranges of hills."""
    _lay_hills(site, site.palette.glow)
    return site.scenery


def build_with_sun(site: Site) -> Scenery:
    """Hills with a setting sun behind them."""
    site.scatter_stars()
    if site.is_live:
        hi, unit = site.palette.hi, site.unit
        ball = orb(560 * unit, mix(hi, "#ffffff", 0.45), hi, mix(hi, site.palette.glow, 0.75))
        x, lift = (site.grid.width * 0.72, -60) if site.grid.is_wide else (site.grid.centre_x, 20)
        site.scenery.luminary = Luminary(ball, x, site.horizon_y + lift * unit, rise=10)
    _lay_hills(site, site.palette.hi)
    return site.scenery


def build_with_moon(site: Site) -> Scenery:
    """Hills with a rising moon behind them."""
    site.scatter_stars()
    if site.is_live:
        pale = site.palette.hi2
        ball = orb(520 * site.unit, mix(pale, "#ffffff", 0.75), mix(pale, "#ffffff", 0.35), pale)
        x = site.grid.width * (0.72 if site.grid.is_wide else 0.66)
        site.scenery.luminary = Luminary(ball, x, site.horizon_y + 20 * site.unit, rise=-7)
    _lay_hills(site, site.palette.glow)
    return site.scenery


def _lay_hills(site: Site, first_rim: Colour) -> None:
    unit, across = site.unit, site.across

    def far(x: Array) -> Array:
        return np.asarray((95 + 58 * np.sin(across(x) / 210 + 0.6) + 22 * np.sin(across(x) / 83 + 2)) * unit)

    def middle(x: Array) -> Array:
        return np.asarray((80 + 52 * np.sin(across(x) / 260 + 2.6) + 16 * np.sin(across(x) / 97)) * unit)

    def near(x: Array) -> Array:
        return np.asarray((70 + 46 * np.sin(across(x) / 330 + 4.4) + 14 * np.sin(across(x) / 120 + 1)) * unit)

    glow = site.palette.glow
    site.lay(0, 320 * unit, far, site.far, walk=-3, rim=first_rim)
    site.lay(135 * unit, 330 * unit, middle, site.mid, walk=4, rim=glow)
    site.lay(285 * unit, site.to_the_ground - 245 * unit, near, site.near, walk=-6)
