"""Towers of a town, some of their windows lit: money, work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from studio.picture.colour import Colour, mix
from studio.picture.setpieces.site import MARGIN_U, Array, Coverage, Marks, Profile, Scenery, Site, Skin

_BLOCKS: Final = 60
_CREST_U: Final = 330
_DEPTH_U: Final = 500
"""A row reaches down behind the lowest roof of the next one."""


@dataclass(frozen=True)
class _Row:
    """A row of towers: depth under the horizon, mean width, greatest drop of a roof (u), walk (u a second)."""

    below: float
    width: float
    drop: float
    walk: float
    lit: float
    """Share of the windows that are lit; those of far towers are too small to be seen."""


_ROWS: Final = (_Row(0, 74, 250, -3, 0.0), _Row(120, 112, 200, 4, 0.16), _Row(285, 150, 120, -6, 0.24))
_HAZE: Final = 0.30
"""Light between the rows: it parts what is near from what is far."""

_PITCH_X_U, _PITCH_Y_U, _WINDOW_X_U, _WINDOW_Y_U, _EDGE_U, _FLOORS = 24.0, 34.0, 9.0, 15.0, 14.0, 7
_SPIRE_U: Final = 70
_STANDS_U: Final = 190.0
"""Behind the first roofs, not in the air above them."""


def build(site: Site) -> Scenery:
    """Three rows of towers, the same ones every time."""
    site.scenery.footing = _STANDS_U
    random = np.random.default_rng(11)
    for row, colour in zip(_ROWS, (site.far, site.mid, site.near), strict=True):
        towers = _Towers(site, random, row)
        is_last = row is _ROWS[-1]
        below = row.below * site.squeeze * site.unit
        depth = site.to_the_ground - below if is_last else _DEPTH_U * site.unit
        marks = Marks(site.accent(colour, 0.55), towers.windows) if row.lit else None
        site.lay(
            below,
            depth,
            towers.roofs,
            colour,
            walk=row.walk,
            skin=Skin(marks=marks),
            foot=None if is_last else _haze(site, colour),
            crest=_CREST_U,
        )
    return site.scenery


def _haze(site: Site, colour: Colour) -> Colour:
    light = {"deep": site.palette.glow, "vivid": colour, "paper": site.palette.paper[0]}
    return mix(colour, light[site.ground], _HAZE)


class _Towers:
    """Where the walls of a row stand, how high its roofs are and what is on them."""

    def __init__(self, site: Site, random: np.random.Generator, row: _Row) -> None:
        self._site, self._row = site, row
        widths = random.uniform(0.6, 1.4, _BLOCKS) * row.width
        self._ends = np.cumsum(widths)
        self._widths = np.append(widths, row.width)
        self._starts = np.append(0.0, self._ends)
        self._tops = _SPIRE_U + 10 + random.uniform(0, 1, _BLOCKS + 1) ** 0.8 * row.drop * site.squeeze
        self._kinds = random.integers(0, 5, _BLOCKS + 1)

    @property
    def roofs(self) -> Profile:
        """Flat, stepped, with a mast, gabled or slanting, in turn."""

        def profile(x: Array) -> Array:
            block, along = self._blocks(x)
            from_middle = np.abs(along - self._widths[block] / 2)
            share = from_middle / self._widths[block]
            shapes = (
                np.zeros_like(share),
                np.where(share > 0.28, 26.0, 0.0),
                np.where(from_middle < 3.0, -float(_SPIRE_U), np.where(share > 0.34, 18.0, 0.0)),
                share * 70,
                along / self._widths[block] * 34,
            )
            return np.asarray((self._tops[block] + np.choose(self._kinds[block], shapes)) * self._site.unit, np.float32)

        return profile

    @property
    def windows(self) -> Coverage:
        """Panes in rows under the roofs, lit here and there."""

        def coverage(x: Array, y: Array) -> Array:
            block, along = self._blocks(x)
            down = y / self._site.unit - self._tops[block] - 36
            column, floor = np.floor((along - _EDGE_U) / _PITCH_X_U), np.floor(down / _PITCH_Y_U)
            columns = np.floor((self._widths[block] - 2 * _EDGE_U) / _PITCH_X_U)
            across = np.abs((along - _EDGE_U) - (column + 0.5) * _PITCH_X_U)
            upright = np.abs(down - (floor + 0.5) * _PITCH_Y_U)
            pane = self._soft(_WINDOW_X_U / 2 - across) * self._soft(_WINDOW_Y_U / 2 - upright)
            is_there = (column >= 0) & (column < columns) & (floor >= 0) & (floor < _FLOORS)
            return np.asarray(pane * (is_there & (_scattered(block, column, floor) < self._row.lit)), np.float32)

        return coverage

    def _blocks(self, x: Array) -> tuple[npt.NDArray[np.intp], Array]:
        """Number of the tower at each *x*, and the way in u from its left wall."""
        across = np.maximum(self._site.across(x) + MARGIN_U, 0)
        block = np.searchsorted(self._ends, across).clip(0, _BLOCKS)
        return block, np.asarray(across - self._starts[block], np.float32)

    def _soft(self, inside: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.asarray(np.clip(inside * self._site.unit + 0.5, 0, 1))


def _scattered(block: npt.NDArray[np.intp], column: Array, floor: Array) -> Array:
    """A number from 0 to 1 for each window that looks random."""
    return np.asarray(np.mod(np.sin(block * 12.9898 + column * 78.233 + floor * 37.719) * 43758.5453, 1), np.float32)
