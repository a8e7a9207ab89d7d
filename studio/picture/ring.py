"""A ring that fills to a share."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from studio.picture.colour import to_rgba, to_yuv
from studio.picture.compositor import Plane, Sprite, flood
from studio.picture.motion import expo, ramp
from studio.picture.shapes import disc
from studio.picture.stage import Moment, Stage
from studio.picture.tones import tones_of

THICK_U: Final = 50
_FILL_S: Final = 1.3


class Ring:
    """
    A ring of *radius* px round (x, y), filled clockwise from the top to *ratio* (0 to 1).

    While it fills, its mask is computed for every frame, and the drift must stand at an even number of px; the full
    one is kept as a sprite.
    """

    def __init__(self, stage: Stage, x: float, y: float, radius: float, ratio: float) -> None:
        tones, unit = tones_of(stage), stage.grid.unit
        self._ratio, self._radius, self._thick = ratio, radius, min(THICK_U * unit, radius * 0.3)
        self._x, self._y = x, y
        self._colour = tones.hi
        side = int(2 * radius + 12) // 2 * 2
        self._left, self._top = int(x - side / 2) // 2 * 2, int(y - side / 2) // 2 * 2
        self._middle = self._left + side / 2, self._top + side / 2
        offset = (np.arange(side) + 0.5 - side / 2).astype(np.float32)
        self._distance = np.hypot(offset[None], offset[:, None])
        self._angle = (np.arctan2(offset[None], -offset[:, None]) + 2 * math.pi) % (2 * math.pi)
        centre = radius - self._thick / 2
        self._tube = np.clip(self._thick / 2 - np.abs(self._distance - centre) + 0.5, 0, 1)
        self._track = disc(2 * radius, tones.text, 0.18, ring=self._thick)
        self._cap = disc(self._thick, self._colour)
        self._bead = disc(18 * unit, tones.core)
        self._full = self._sprite(self._mask(2 * math.pi * ratio))

    def draw(self, moment: Moment, since: float) -> None:
        """Draw the ring *since* seconds after it began to fill; before, its track breathes."""
        waiting = 0.012 * math.sin(moment.t * 3.2) * (1 - ramp(since + 0.3, 3.3))
        grown = 0.9 + 0.1 * expo(moment.t, 0.5) + waiting
        moment.place(self._track, *self._middle, scale=grown, opacity=expo(moment.t, 0.3))
        filled = expo(since, _FILL_S)
        angle = 2 * math.pi * self._ratio * filled
        if angle <= 0.01:
            return
        if filled < 1:
            top = self._top + round(moment.drift)
            flood(moment.frame, self._mask(angle), self._left, top, to_yuv(self._colour))
        else:
            moment.place(self._full, *self._middle)
        self._draw_ends(moment, since, angle, is_full=filled >= 1)

    def _draw_ends(self, moment: Moment, since: float, angle: float, *, is_full: bool) -> None:
        radius, (x, y) = self._radius - self._thick / 2, self._middle
        end = x + math.sin(angle) * radius, y - math.cos(angle) * radius
        moment.place(self._cap, x, y - radius)
        moment.place(self._cap, *end)
        pulse = 1 + 0.22 * math.sin(moment.t * 2.6) * is_full
        moment.place(self._bead, *end, scale=pulse * expo(since, 0.4))

    def _mask(self, angle: float) -> Plane:
        covered = np.clip((angle - self._angle) * np.maximum(self._distance, 1) + 0.5, 0, 1)
        return np.asarray(self._tube * covered * 255, np.uint8)

    def _sprite(self, mask: Plane) -> Sprite:
        pixels = np.empty((*mask.shape, 4), np.uint8)
        pixels[...] = to_rgba(self._colour)
        pixels[..., 3] = mask
        return Sprite(pixels)
