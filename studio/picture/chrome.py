"""The quiet line at the top of every drawn scene: kicker left, scene dashes right."""

from __future__ import annotations

from typing import Final

from PIL import ImageDraw

from studio.picture.colour import Colour, to_rgba
from studio.picture.compositor import Sprite
from studio.picture.fitting import fit_line
from studio.picture.motion import expo
from studio.picture.shapes import OVERSAMPLE, disc, drawing, reduced
from studio.picture.stage import Moment, Stage
from studio.picture.typography import anchored, text_sprite

_DASH_U, _GAP_U, _THICK_U = 26, 8, 6
_LONGEST_U: Final = 400
"""The dashes of a film of many scenes get shorter rather than take more room."""

_MOST_DASHES: Final = 40
"""Of more scenes than this only the share is shown, as one line."""


class Chrome:
    """Kicker and dashes in *colour*."""

    def __init__(self, stage: Stage, colour: Colour) -> None:
        grid, unit = stage.grid, stage.grid.unit
        self._stage = stage
        self._baseline = grid.top + 16 * unit
        self._middle = self._baseline - 11 * unit
        self._scene, self._scenes = stage.position
        self._pitch, self._dash = self._dash_widths(unit)
        self._row = self._pitch * self._dashes - (self._pitch - self._dash)
        self._off = self._dash_row(colour, 0.28)
        self._on = self._dash_row(colour, 1.0)
        self._dot = disc(14 * unit, colour)
        self._kicker = self._kicker_sprite(colour)

    @property
    def _dashes(self) -> int:
        return self._scenes if self._scenes <= _MOST_DASHES else 1

    def _dash_widths(self, unit: float) -> tuple[float, float]:
        if self._dashes == 1:
            width = (_LONGEST_U if self._scenes > 1 else _DASH_U) * unit
            return width, width
        pitch = min((_DASH_U + _GAP_U) * unit, _LONGEST_U * unit / self._dashes)
        return pitch, pitch * _DASH_U / (_DASH_U + _GAP_U)

    def _dash_row(self, colour: Colour, opacity: float) -> Sprite:
        thick = _THICK_U * self._stage.grid.unit
        image, draw = drawing(self._row, max(1.0, thick))
        for number in range(self._dashes):
            _dash(draw, number * self._pitch, self._dash, thick, to_rgba(colour, opacity))
        return Sprite(reduced(image))

    def _kicker_sprite(self, colour: Colour) -> Sprite | None:
        grid, unit = self._stage.grid, self._stage.grid.unit
        if not self._stage.kicker:
            return None
        room = grid.body_width - self._row - 90 * unit
        size, text = fit_line(self._stage.kicker, "bold", [32 * unit], max_width=room)
        return text_sprite(text, "bold", size, colour, tracking_px=1.5 * unit)

    def draw(self, moment: Moment) -> None:
        """Draw the line; the dash of this scene fills while it lasts."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        shown = expo(moment.t, 0.5)
        if self._kicker is not None:
            moment.fix(self._dot, grid.left + 7 * unit, self._middle, opacity=shown)
            moment.fix(self._kicker, *anchored(self._kicker, grid.left + 28 * unit, self._baseline), opacity=shown)
        left = grid.right - self._row
        centre = grid.right - self._row / 2
        moment.fix(self._off, centre, self._middle, opacity=shown)
        done = min(1.0, moment.t / self._stage.duration)
        edge = left + self._filled(done)
        moment.fix(self._on, centre, self._middle, opacity=shown, clip=(0, 0, edge, grid.height))

    def _filled(self, done: float) -> float:
        if self._dashes != self._scenes:
            return self._row * (self._scene - 1 + done) / self._scenes
        return (self._scene - 1) * self._pitch + self._dash * done


def _dash(draw: ImageDraw.ImageDraw, x: float, width: float, thick: float, fill: tuple[int, int, int, int]) -> None:
    box = (x * OVERSAMPLE, 0, (x + width) * OVERSAMPLE - 1, max(1.0, thick * OVERSAMPLE - 1))
    draw.rounded_rectangle(box, min(thick, width) * OVERSAMPLE / 2, fill=fill)
