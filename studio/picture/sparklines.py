"""Small pictures of a few figures in a row: what rose and what fell, at a glance."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from studio.picture.colour import Colour, to_rgba
from studio.picture.fonts import Face
from studio.picture.typography import ELLIPSIS, LATIN_SCALE, displayable, load_font, runs, text_width

ROW_PX: Final = 56
WIDTH_PX: Final = 960
LINE_PX: Final = 300
MARGIN_PX: Final = 24
SCALE: Final = 2
"""Drawn larger and reduced: a line of two pixels has no steps then."""

GROUND: Final = "#ffffff"
INK: Final = "#1c2440"
NOTE: Final = "#6b7390"
FACE: Final[Face] = "medium"
RISING: Final = "#12805c"
FALLING: Final = "#b3261e"


@dataclass(frozen=True)
class SparkRow:
    """A label, its figures with the oldest first (None where a day has none), and what stands behind them."""

    label: str
    figures: tuple[float | None, ...]
    note: str = ""


def draw_sparklines(rows: Sequence[SparkRow], path: Path) -> None:
    """Write a PNG with a line a row; a day without a figure is a gap, never a zero."""
    canvas = Image.new("RGBA", (WIDTH_PX * SCALE, (2 * MARGIN_PX + ROW_PX * max(1, len(rows))) * SCALE), GROUND)
    for place, row in enumerate(rows):
        _draw(canvas, row, top=(MARGIN_PX + place * ROW_PX) * SCALE)
    small = canvas.convert("RGB").resize((canvas.width // SCALE, canvas.height // SCALE), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.save(packed, "PNG", optimize=True)
    path.write_bytes(packed.getvalue())


def _draw(canvas: Image.Image, row: SparkRow, *, top: int) -> None:
    middle = top + ROW_PX * SCALE // 2
    left = (WIDTH_PX - MARGIN_PX - LINE_PX) * SCALE
    _write(canvas, row.label, x=MARGIN_PX * SCALE, middle=middle, size=24 * SCALE, colour=INK, most=360 * SCALE)
    _write(canvas, row.note, x=400 * SCALE, middle=middle, size=19 * SCALE, colour=NOTE, most=210 * SCALE)
    known = [figure for figure in row.figures if figure is not None]
    if not known:
        return
    colour = FALLING if known[-1] < known[0] else RISING
    points = _points(row.figures, left=left, top=top + 10 * SCALE, height=(ROW_PX - 20) * SCALE)
    pen = ImageDraw.Draw(canvas)
    for one, other in pairwise(points):
        if one and other:
            pen.line([one, other], fill=to_rgba(colour), width=2 * SCALE)
    for point, before, after in zip(points, [None, *points], [*points[1:], None], strict=False):
        if point and (after is None or before is None):
            _dot(pen, point, colour)


def _points(figures: Sequence[float | None], *, left: int, top: int, height: int) -> list[tuple[float, float] | None]:
    known = [figure for figure in figures if figure is not None]
    low, high = min(known), max(known)
    if low == high:  # as high as always, not as low as ever
        low, high = low - 1, high + 1
    step = LINE_PX * SCALE / max(1, len(figures) - 1)
    return [
        None if figure is None else (left + place * step, top + height * (1 - (figure - low) / (high - low)))
        for place, figure in enumerate(figures)
    ]


def _dot(pen: ImageDraw.ImageDraw, point: tuple[float, float], colour: Colour) -> None:
    x, y = point
    size = 3 * SCALE
    pen.ellipse([x - size, y - size, x + size, y + size], fill=to_rgba(colour))


def _write(canvas: Image.Image, text: str, *, x: float, middle: int, size: int, colour: Colour, most: int) -> None:
    """One line, shortened where it is wider than *most*."""
    line = displayable(text).strip()
    while line and text_width(line, FACE, size) > most:
        line = line.removesuffix(ELLIPSIS)[:-1].rstrip() + ELLIPSIS if len(line) > 1 else ""
    pen = ImageDraw.Draw(canvas)
    for run in runs(line, FACE, size):
        if run.text:
            font = load_font(FACE, round(size * (LATIN_SCALE if run.is_latin else 1.0)), latin=run.is_latin)
            pen.text((x, middle), run.text, fill=to_rgba(colour), font=font, anchor="lm")
        x += run.advance
