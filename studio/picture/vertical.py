"""Hanzi set in columns from top to bottom, read from right to left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from studio.language.linebreak import PARTICLES
from studio.language.segment import break_units, is_cjk
from studio.picture.colour import Colour
from studio.picture.compositor import Sprite
from studio.picture.fonts import Face
from studio.picture.motion import expo
from studio.picture.stage import Moment
from studio.picture.typography import text_sprite

LONGEST: Final = 32
"""Hanzi that a page of columns may have."""

STEP_EM, COLUMN_EM = 1.08, 1.62
"""From one character to the next, and from one column to the next."""

_CLAUSE_MARKS: Final = "，。、！？；："
_HUNG: Final = "，。、；："
_UPRIGHT: Final = dict(zip("「」『』（）《》〈〉…—", "﹁﹂﹃﹄︵︶︽︾︿﹀︙︱", strict=True))
"""Vertical forms. Source: Unicode, CJK Compatibility Forms; W3C Requirements for Chinese Text Layout 2.1."""

_RISE_S, _EACH_S = 0.7, 0.055


@dataclass(frozen=True)
class _Glyph:
    sprite: Sprite
    x: float
    y: float


def can_stand(text: str) -> bool:
    """Whether *text* can be set in columns: hanzi and their marks only, and not too many."""
    return 0 < len(text) <= LONGEST + 6 and all(is_cjk(character) or character in "…—" for character in text)


def columns_of(text: str, most: int) -> list[str]:
    """*text* in columns: one a clause, a clause of more than *most* characters cut between words as evenly as can be."""
    clauses, current = [], ""
    for character in text:
        current += character
        if character in _CLAUSE_MARKS:
            clauses.append(current)
            current = ""
    clauses += [current] if current else []
    columns: list[str] = []
    for clause in clauses:
        columns += _cut(clause, most)
    return columns


def _cut(clause: str, most: int) -> list[str]:
    length = _height(clause)
    if length <= most:
        return [clause]
    aim = length / -(-length // most)
    columns, current = [], ""
    for unit in break_units(clause):
        is_over = _height(current + unit) > most or (_height(current) >= aim - 0.5 and _height(unit) > 0)
        leans = unit[0] in PARTICLES and _height(current + unit) <= most
        if current and is_over and not leans:
            columns.append(current)
            current = ""
        current += unit
    return [*columns, current] if current else columns


def _height(column: str) -> int:
    """Cells that *column* takes: hung marks take none."""
    return sum(character not in _HUNG for character in column)


class VerticalText:
    """*columns* in *size_px* px, the first at the right, its top middle at (*right*, *top*)."""

    def __init__(
        self, columns: list[str], face: Face, size_px: float, colour: Colour, *, right: float, top: float
    ) -> None:
        self._size = size_px
        self._glyphs: list[_Glyph] = []
        for number, column in enumerate(columns):
            self._place(column, face, colour, right - number * COLUMN_EM * size_px, top)
        self.left = right - (len(columns) - 1) * COLUMN_EM * size_px
        self.height = max((_height(column) for column in columns), default=0) * STEP_EM * size_px
        self.lasts = _EACH_S * len(self._glyphs)

    def _place(self, column: str, face: Face, colour: Colour, x: float, y: float) -> None:
        size = self._size
        for character in column:
            sprite = text_sprite(_UPRIGHT.get(character, character), face, size, colour)
            if character in _HUNG:
                self._glyphs.append(_Glyph(sprite, x + 0.60 * size, y - 0.02 * size))
                continue
            self._glyphs.append(_Glyph(sprite, x, y + STEP_EM * size / 2))
            y += STEP_EM * size

    def draw(self, moment: Moment, since: float) -> None:
        """Draw them *since* seconds after the first began to appear, one after the other."""
        for number, glyph in enumerate(self._glyphs):
            come = expo(since - _EACH_S * number, _RISE_S)
            moment.place(glyph.sprite, glyph.x, glyph.y - (1 - come) * 0.22 * self._size, opacity=come)
