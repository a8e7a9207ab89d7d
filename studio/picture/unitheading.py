"""A heading, and under it what the amounts of the scene are counted in."""

from __future__ import annotations

from collections.abc import Sequence

from studio.picture.compositor import Sprite
from studio.picture.fitting import fit_block, fit_line, steps
from studio.picture.motion import expo
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock, emphasis_span
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite

_UNIT_SIZES = (44, 38, 34)
_SHARE_WIDE = 0.36
"""Of the body's width, beside the amounts on a wide canvas."""


class UnitHeading:
    """Above the amounts, or beside them on a wide canvas; *sizes* are the heading's, the largest first, in 1/1080."""

    def __init__(self, stage: Stage, *, text: str, emphasis: str, unit: str, sizes: Sequence[int]) -> None:
        self._grid, self._tones = stage.grid, tones_of(stage)
        self._width = self._grid.body_width * (_SHARE_WIDE if self._grid.is_wide else 1.0)
        self._text = self._block(text, emphasis, unit, sizes)
        self._unit = self._unit_sprite(unit) if unit else None

    def end(self, room: float) -> float:
        """Where the heading ends in px from the top; with a unit *room* px lower."""
        return self._text.bottom + (room if self._unit else 0)

    def draw(self, moment: Moment) -> None:
        """Words one after the other, then the unit."""
        self._text.draw(moment, moment.t)
        if self._unit is not None:
            come = expo(moment.t - 0.25, 0.6)
            y = self._text.bottom + (66 + (1 - come) * 20) * self._grid.unit
            moment.place(self._unit, *anchored(self._unit, self._grid.left, y), opacity=come)

    def _block(self, text: str, emphasis: str, unit: str, sizes: Sequence[int]) -> TextBlock:
        grid = self._grid
        ladder = steps(grid.unit, tuple(sizes), lines=4 if grid.is_wide else 2)
        setting = fit_block(text, "black", ladder, max_width=self._width, emphasis=emphasis)
        top = grid.top + (62 if grid.is_upright else 44) * grid.unit
        if grid.is_wide:
            unit_line = 70 * grid.unit * bool(unit)
            top = grid.centre_y - (len(setting.lines) * setting.size_px * 1.22 + unit_line) / 2
        ink = Ink(self._tones.text, self._tones.hi)
        return TextBlock(setting, "black", ink, x=grid.left, top=top, emphasis=emphasis_span(text, emphasis))

    def _unit_sprite(self, unit: str) -> Sprite:
        sizes = [size * self._grid.unit for size in _UNIT_SIZES]
        size, line = fit_line(unit, "medium", sizes, max_width=self._width)
        return text_sprite(line, "medium", size, self._tones.dim)
