"""Silhouettes of a film's topic at the bottom of every drawn scene: one file a family."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from studio.errors import UnknownName
from studio.models.shot import GroundName
from studio.picture.geometry import Grid
from studio.picture.palettes import Palette
from studio.picture.setpieces.site import Scenery, Site

Builder = Callable[[Site], Scenery]

CATALOG: Final = {
    "hills": "studio.picture.setpieces.hills:build",
    "sun": "studio.picture.setpieces.hills:build_with_sun",
    "moon": "studio.picture.setpieces.hills:build_with_moon",
    "waves": "studio.picture.setpieces.waves:build",
    "skyline": "studio.picture.setpieces.skyline:build",
    "arches": "studio.picture.setpieces.arches:build",
    "planet": "studio.picture.setpieces.planet:build",
    "table": "studio.picture.setpieces.table:build",
    "grid": "studio.picture.setpieces.lines:build",
}


def build_scenery(grid: Grid, palette: Palette, ground: GroundName, *, horizon: float, is_live: bool) -> Scenery:
    """
    The set-piece of *palette* with its horizon at that share of the height.

    *is_live* makes it move and gives it its sun or moon, as on a title; else it lies still in the ground.

    Raises:
        UnknownName: the palette names a piece that does not exist.
    """
    if palette.piece not in CATALOG:
        raise UnknownName(palette.piece, field="set-piece", known=CATALOG)
    module, _, attribute = CATALOG[palette.piece].partition(":")
    build = cast(Builder, getattr(import_module(module), attribute))
    return build(Site(grid, palette, ground, horizon=horizon, is_live=is_live))
