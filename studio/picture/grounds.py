"""The three grounds of the look book, with the topic's set-piece on them."""

from __future__ import annotations

from collections.abc import Sequence

from studio.models.shot import GroundName
from studio.picture.colour import Colour, mix
from studio.picture.ground import Ground, Light, mesh
from studio.picture.setpieces import build_scenery
from studio.picture.stage import Stage

_HORIZON_TALL, _HORIZON_LOW = 0.755, 0.80
"""Where the quiet set-piece begins: under the apps' own interface on a tall canvas."""


def deep(stage: Stage, lights: Sequence[Light] = (), *, vignette: float = 0.22) -> Ground:
    """Dark, with light of the palette's glow in it."""
    glow = stage.palette.glow
    chosen = list(lights) or [Light(0.5, 0.40, 0.75, glow, 0.22), Light(0.05, 0.95, 0.6, glow, 0.10)]
    return _with_scenery(stage, "deep", stage.palette.deep, chosen, vignette=vignette)


def vivid(stage: Stage) -> Ground:
    """The palette's strongest colour from edge to edge."""
    palette = stage.palette
    top, bottom = palette.vivid
    light = mix(top, palette.deep[0], 0.25) if palette.is_vivid_dark else mix(top, "#ffffff", 0.18)
    lights = [Light(0.85, 0.08, 0.8, light, 0.5), Light(0.1, 0.9, 0.7, bottom, 0.6)]
    return _with_scenery(stage, "vivid", palette.vivid, lights)


def paper(stage: Stage) -> Ground:
    """Light, for reading."""
    palette = stage.palette
    lights = [Light(0.8, 0.12, 0.7, "#ffffff", 0.7), Light(0.1, 0.85, 0.8, palette.paper[1], 0.5)]
    return _with_scenery(stage, "paper", palette.paper, lights)


def _with_scenery(
    stage: Stage, name: GroundName, ends: tuple[Colour, Colour], lights: list[Light], *, vignette: float = 0.0
) -> Ground:
    grid = stage.grid
    horizon = _HORIZON_TALL if grid.height > 1.2 * grid.width else _HORIZON_LOW
    scenery = build_scenery(grid, stage.palette, name, horizon=horizon, is_live=False)
    gradient = mesh(grid.width, grid.height, ends, lights, vignette=vignette)
    return Ground(grid.width, grid.height, gradient, scenery.baked)
