"""Break text into lines of equal width, as a typesetter would."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from studio.language.segment import NEVER_FIRST, NEVER_LAST, is_cjk

Measure = Callable[[str], float]
"""Width of a line of text, in any unit."""

PARTICLES: Final = "的了嗎吗呢吧啊們们著着過过得地"
"""Characters that lean on the word before them: a line that begins with one reads badly."""

CLAUSE_ENDS: Final = "，。、！？：；,.!?;:"

_LEANS_ON_NEXT: Final = frozenset(
    "a an the of to in on at by for and or but with from as is are was were be my your our its his her their".split()
)
_SHORTEST_LAST: Final = 0.38
"""A last line shorter than this share of the mean is an orphan."""

CLAUSE_GAIN: Final = 0.12
"""What a break at the end of a clause is worth: about a sixth of the width between two lines."""

_PARTICLE_COST, _LEANING_COST, _FIGURE_COST, _ORPHAN_COST, _KINSOKU_COST = 0.25, 0.08, 0.2, 4.0, 8.0
_IMPOSSIBLE: Final = math.inf
"""No gain makes up for a line that does not fit."""

Plan = tuple[float, tuple[int, ...]]


def joined(units: Sequence[str]) -> str:
    """A line as it is drawn."""
    return "".join(units).strip()


def keep_together(units: Sequence[str], start: int, end: int) -> list[str]:
    """*units* with all those that touch characters *start* to *end* of the text merged into one."""
    merged: list[str] = []
    position = 0
    was_inside = False
    for unit in units:
        is_inside = position < end and position + len(unit) > start and end > start
        if is_inside and was_inside:
            merged[-1] += unit
        else:
            merged.append(unit)
        was_inside = is_inside
        position += len(unit)
    return merged


def balance(
    units: Sequence[str], measure: Measure, *, max_width: float, max_lines: int, clause_gain: float = CLAUSE_GAIN
) -> list[list[str]] | None:
    """
    The fewest lines that fit, as equal as possible.

    A line is never broken inside a unit; an orphan on the last line, a particle at the beginning and a
    leaning word (the, of) at the end of a line cost extra, an end of a clause gains.

    Args:
        units: pieces that may be broken between, from `break_units`; punctuation is already attached.
        measure: width of a line, in the unit of *max_width*.
        clause_gain: what a break at the end of a clause is worth; more makes lines less equal.

    Returns:
        Units of every line, all of them; None where they cannot fit.
    """
    if not joined(units):
        return []
    for lines in range(1, max_lines + 1):
        ends = _Breaker(units, measure, max_width, lines, clause_gain).ends()
        if ends:
            starts = (0, *ends[:-1])
            return [list(units[start:end]) for start, end in zip(starts, ends, strict=True)]
    return None


class _Breaker:
    """Dynamic programming over where each line begins and how many are left."""

    def __init__(
        self, units: Sequence[str], measure: Measure, max_width: float, lines: int, clause_gain: float
    ) -> None:
        self._units = units
        self._clause_gain = clause_gain
        self._lines = lines
        self._max_width = max_width
        self.width = cache(lambda start, end: measure(joined(units[start:end])))
        self.best = cache(self._best)

    def ends(self) -> tuple[int, ...]:
        """Where each line ends, or nothing."""
        whole = self.width(0, len(self._units))
        if whole > self._max_width * self._lines * 1.05:
            return ()
        self._target = max(whole / self._lines, 1e-6)
        cost, ends = self.best(0, self._lines)
        return ends if cost < _IMPOSSIBLE else ()

    def _best(self, start: int, lines: int) -> Plan:
        count = len(self._units)
        if lines == 1:
            return self._last_line(start)
        found: Plan = (_IMPOSSIBLE, ())
        for end in range(start + 1, count):
            width = self.width(start, end)
            if width > self._max_width:
                break
            if not joined(self._units[start:end]):
                continue
            cost, ends = self.best(end, lines - 1)
            cost += self._unevenness(width) + _seam_cost(self._units[end - 1], self._units[end], self._clause_gain)
            if cost < found[0]:
                found = cost, (end, *ends)
        return found

    def _last_line(self, start: int) -> Plan:
        count = len(self._units)
        text, width = joined(self._units[start:count]), self.width(start, count)
        if not text or width > self._max_width:
            return _IMPOSSIBLE, ()
        is_orphan = self._lines > 1 and (width < _SHORTEST_LAST * self._target or len(text) < 2)
        return self._unevenness(width) + _ORPHAN_COST * is_orphan, (count,)

    def _unevenness(self, width: float) -> float:
        return float(((width - self._target) / self._target) ** 2)


def _seam_cost(before: str, after: str, clause_gain: float) -> float:
    """What it costs to end a line with *before* and begin the next with *after*."""
    cost = 0.0
    last, first = before.rstrip(), after.lstrip()
    if first[:1] and first[0] in PARTICLES:
        cost += _PARTICLE_COST
    if last[-1:] and last[-1] in CLAUSE_ENDS:
        cost -= clause_gain
    if last.lower() in _LEANS_ON_NEXT:
        cost += _LEANING_COST
    if (last[-1:] and last[-1] in NEVER_LAST) or (first[:1] and first[0] in NEVER_FIRST):
        cost += _KINSOKU_COST
    if re.search(r"\d$", last) and first[:1] and is_cjk(first[0]):
        cost += _FIGURE_COST
    return cost
