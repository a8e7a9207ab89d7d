"""Find the size and the line breaks at which a text fits; cut it when nothing else helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.language.linebreak import CLAUSE_GAIN, Measure, balance, joined, keep_together
from studio.language.segment import break_units
from studio.picture.fonts import Face
from studio.picture.typography import ELLIPSIS, text_width

Step = tuple[float, int]
"""A size in px and how many lines it may take."""


@dataclass(frozen=True)
class Line:
    """A line of a block; *start* is the index of its first character in the whole text."""

    text: str
    start: int


@dataclass(frozen=True)
class Setting:
    """A text set in *size_px*, broken into *lines*."""

    size_px: float
    lines: tuple[Line, ...]


def steps(unit: float, sizes: Iterable[float], *, lines: int) -> list[Step]:
    """Sizes in u, largest first, as steps of at most *lines* lines."""
    return [(size * unit, lines) for size in sizes]


def fit_block(
    text: str,
    face: Face,
    ladder: Sequence[Step],
    *,
    max_width: float,
    emphasis: str = "",
    padding_em: float = 0.0,
    clause_gain: float = CLAUSE_GAIN,
) -> Setting:
    """
    The first step of *ladder* at which *text* fits, else the last one with the text cut by an ellipsis.

    Args:
        emphasis: a part of *text* that stays on one line where possible.
        padding_em: room that every line keeps free, in ems.
        clause_gain: what a line that ends with a clause is worth; see `balance`.
    """
    plain = break_units(text)
    start = text.find(emphasis) if emphasis else -1
    whole = keep_together(plain, start, start + len(emphasis)) if start >= 0 else plain
    for units in (whole, plain) if whole != plain else (plain,):
        for size_px, lines in ladder:
            room = max_width - padding_em * size_px
            broken = balance(units, _measure(face, size_px), max_width=room, max_lines=lines, clause_gain=clause_gain)
            if broken is not None:
                return Setting(size_px, _lines(broken))
    size_px, lines = ladder[-1]
    return _cut(plain, face, size_px, max_width - padding_em * size_px, lines)


def fit_line(text: str, face: Face, sizes_px: Sequence[float], *, max_width: float) -> tuple[float, str]:
    """The first of *sizes_px* at which *text* fits on one line, else the last one with the text cut."""
    for size_px in sizes_px:
        if text_width(text, face, size_px) <= max_width:
            return size_px, text
    return sizes_px[-1], _cut_line(text, face, sizes_px[-1], max_width)


def _measure(face: Face, size_px: float) -> Measure:
    return lambda line: text_width(line, face, size_px)


def _lines(broken: Sequence[Sequence[str]]) -> tuple[Line, ...]:
    lines, position = [], 0
    for units in broken:
        text = "".join(units)
        lines.append(Line(text.strip(), position + len(text) - len(text.lstrip())))
        position += len(text)
    return tuple(lines)


def _cut(units: Sequence[str], face: Face, size_px: float, max_width: float, lines: int) -> Setting:
    """Fill lines greedily; the last one, or a line whose only word is too wide, ends in an ellipsis."""
    filled: list[list[str]] = [[]]
    for unit in units:
        if filled[-1] and text_width(joined([*filled[-1], unit]), face, size_px) > max_width:
            filled.append([])
        filled[-1].append(unit)
    kept = filled[:lines]
    if len(filled) > lines:
        kept[-1] = [*kept[-1][:-1], kept[-1][-1].rstrip() + ELLIPSIS]
    placed = _lines(kept)
    return Setting(size_px, tuple(Line(_cut_line(line.text, face, size_px, max_width), line.start) for line in placed))


def _cut_line(text: str, face: Face, size_px: float, max_width: float) -> str:
    if text_width(text, face, size_px) <= max_width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(_with_ellipsis(text, middle), face, size_px) <= max_width:
            low = middle
        else:
            high = middle - 1
    return _with_ellipsis(text, low)


def _with_ellipsis(text: str, length: int) -> str:
    return text[:length].rstrip(" ,.;:，。、；：…") + ELLIPSIS
