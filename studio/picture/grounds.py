"""The three grounds of the look book, with the topic's set-piece on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from studio.picture.colour import mix
from studio.picture.geometry import Shape
from studio.picture.ground import Ground, Light, mesh
from studio.picture.palettes import Palette
from studio.picture.setpieces import build_scenery
from studio.picture.setpieces.site import Scenery
from studio.picture.stage import Stage

_HORIZONS: Final[dict[Shape, float]] = {"tall": 0.755, "portrait": 0.80, "wide": 0.80, "square": 0.80}
"""Where the quiet set-piece begins: under the apps' own interface on a tall canvas."""


def ground_of(
    stage: Stage, lights: Sequence[Light] = (), *, vignette: float = 0.22, scenery: Scenery | None = None
) -> Ground:
    """
    The ground that *stage* asks for, with the quiet set-piece or with *scenery* on it.

    *lights* and *vignette* are the dark one's, which has lights of its own without them; the strong and the light one
    always have theirs.
    """
    grid, palette = stage.grid, stage.palette
    if stage.ground == "deep":
        ends, lights = palette.deep, list(lights) or _glow(palette)
    elif stage.ground == "vivid":
        ends, lights, vignette = palette.vivid, _on_vivid(palette), 0.0
    else:
        ends, lights, vignette = palette.paper, _on_paper(palette), 0.0
    if scenery is None:
        scenery = build_scenery(grid, palette, stage.ground, horizon=_HORIZONS[grid.shape], is_live=False)
    gradient = mesh(grid.width, grid.height, ends, lights, vignette=vignette)
    return Ground(grid.width, grid.height, gradient, scenery.baked)


def _glow(palette: Palette) -> list[Light]:
    return [Light(0.5, 0.40, 0.75, palette.glow, 0.22), Light(0.05, 0.95, 0.6, palette.glow, 0.10)]


def _on_vivid(palette: Palette) -> list[Light]:
    top, bottom = palette.vivid
    light = mix(top, palette.deep[0], 0.25) if palette.is_vivid_dark else mix(top, "#ffffff", 0.18)
    return [Light(0.85, 0.08, 0.8, light, 0.5), Light(0.1, 0.9, 0.7, bottom, 0.6)]


def _on_paper(palette: Palette) -> list[Light]:
    return [Light(0.8, 0.12, 0.7, "#ffffff", 0.7), Light(0.1, 0.85, 0.8, palette.paper[1], 0.5)]
