"""A figure whose digits roll into place."""

from __future__ import annotations

import math
from typing import Final

from studio.picture.colour import Colour
from studio.picture.compositor import Rectangle
from studio.picture.motion import expo
from studio.picture.stage import Moment
from studio.picture.typography import anchored, digit_advance, glyph_advance, text_sprite

NARROWEST: Final = 0.80
"""A moving digit stands in a column of at least this share of the widest: Outfit's 1 is too narrow to roll."""

ROLL_S: Final = 1.2
_DIGITS: Final = "0123456789"


def column_widths(text: str, size_px: float) -> list[float]:
    """Width in px of the column of every character."""
    widest = digit_advance(size_px)
    return [
        max(glyph_advance(character, size_px), NARROWEST * widest)
        if character in _DIGITS
        else glyph_advance(character, size_px) * 1.02
        for character in text
    ]


class Odometer:
    """*text* in *size_px* px; other characters than digits fade in."""

    def __init__(self, text: str, size_px: float, colour: Colour) -> None:
        self._text, self._size = text, size_px
        self._glyphs = {
            glyph: text_sprite(glyph, "black", size_px, colour) for glyph in sorted(set(_DIGITS) | set(text))
        }
        self._columns = column_widths(text, size_px)
        self.width = sum(self._columns)

    def draw(self, moment: Moment, since: float, x: float, baseline: float) -> None:
        """Draw the figure with its left edge at *x*, *since* seconds after it began to roll."""
        window = (0, baseline - self._size * 0.86, moment.frame.width, baseline + self._size * 0.13)
        digits = 0
        for character, width in zip(self._text, self._columns, strict=True):
            centre = x + width / 2
            x += width
            if character in _DIGITS:
                self._draw_digit(moment, int(character), since, digits, centre, baseline, window)
                digits += 1
            else:
                glyph = self._glyphs[character]
                place = anchored(glyph, centre, baseline, "middle")
                moment.place(glyph, *place, opacity=expo(since - 0.2, 0.4))

    def _draw_digit(
        self,
        moment: Moment,
        digit: int,
        since: float,
        column: int,
        centre: float,
        baseline: float,
        window: Rectangle,
    ) -> None:
        elapsed = since - 0.05 * column
        if elapsed <= 0:
            return
        arrived = expo(elapsed, ROLL_S)
        value = digit - (1 - arrived) * (6 + 5 * column)
        below = math.floor(value)
        part = value - below
        for shown, y in ((below, baseline - part * self._size), (below + 1, baseline + (1 - part) * self._size)):
            if abs(y - baseline) < self._size * 0.999:
                glyph = self._glyphs[str(shown % 10)]
                place = anchored(glyph, centre, y, "middle")
                moment.place(glyph, *place, clip=None if arrived >= 1 else window)
