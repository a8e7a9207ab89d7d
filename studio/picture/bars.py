"""Bars in true proportion from zero, standing or lying, each growing when it is spoken of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from studio.picture.colour import Colour, to_rgba
from studio.picture.compositor import Sprite
from studio.picture.fitting import fit_line
from studio.picture.fonts import Face
from studio.picture.motion import expo, ramp
from studio.picture.shapes import OVERSAMPLE, drawing, reduced, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite, text_width

Side = Literal["top", "bottom", "left", "right"]

GROW_S: Final = 0.9
_LABELS, _VALUES = (46, 42, 38, 34), (60, 54, 48, 42, 38, 34)
_SMALL: Final = (32, 30, 28, 26)
"""Only where many bars share the room."""

_PITCH_U, _BAR_U = 290, 168
"""Widest room of a standing bar, and widest bar."""

_STEP_U, _THICK_U = 196, 74
"""Most height of a lying bar with its label, and the thickest bar."""

_BESIDE: Final = 0.30
"""Labels stand left of lying bars while the widest takes no more of the width than this."""

_CORNER_U: Final = 40
_TRACK: Final = 0.06
"""Opacity of the room that a bar may grow in: the card is not empty before it is spoken of."""

_SLIGHTEST_U: Final = 3
"""What a bar of nothing still shows."""

_CORNERS: Final[dict[Side, tuple[bool, bool, bool, bool]]] = {
    "top": (True, True, False, False),
    "bottom": (False, False, True, True),
    "left": (True, False, False, True),
    "right": (False, True, True, False),
}


@dataclass(frozen=True)
class Bar:
    """One amount: its name, how it is written, and when it is spoken of in seconds."""

    label: str
    amount: float
    shown: str
    start: float
    is_chief: bool = False


@dataclass(frozen=True)
class Area:
    """Where bars may stand, in px."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From edge to edge."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From edge to edge."""
        return self.bottom - self.top


class Bars(Protocol):
    """What draws the bars of a chart."""

    def draw(self, moment: Moment) -> None:
        """Draw them as they are at *moment*."""
        ...


def bar_sprite(width: float, height: float, colour: Colour, *, end: Side, unit: float, opacity: float = 1.0) -> Sprite:
    """A bar with two round corners at its *end*; *unit* is the grid's."""
    image, draw = drawing(width, height)
    radius = min(_CORNER_U * unit * OVERSAMPLE, 0.28 * min(image.width, image.height))
    box = (0, 0, image.width - 1, image.height - 1)
    draw.rounded_rectangle(box, radius, fill=to_rgba(colour, opacity), corners=_CORNERS[end])
    return Sprite(reduced(image))


def build_bars(stage: Stage, bars: Sequence[Bar], area: Area) -> Bars:
    """Standing bars where names and amounts fit under and over them, else lying ones."""
    unit = stage.grid.unit
    pitch = min(area.width / len(bars), _PITCH_U * unit)
    fits = all(
        text_width(text, face, size * unit) <= pitch * 0.92
        for bar in bars
        for text, face, size in ((bar.label, "bold", _LABELS[-1]), (bar.shown, "black", _VALUES[-2]))
    )
    return _Standing(stage, bars, area, pitch) if fits else _Lying(stage, bars, area)


def _common(texts: Sequence[str], face: Face, sizes: Sequence[float], width: float) -> float:
    """The largest of *sizes* at which all *texts* fit, else the last."""
    return next((size for size in sizes if all(text_width(text, face, size) <= width for text in texts)), sizes[-1])


def _scaled(unit: float, sizes: Sequence[float]) -> list[float]:
    return [size * unit for size in sizes]


@dataclass(frozen=True)
class _Drawn:
    bar: Sprite
    length: float
    """Positive away from zero, whichever way the bar points."""
    is_negative: bool
    label: Sprite
    value: Sprite
    start: float
    is_chief: bool


def _colours(stage: Stage, bar: Bar) -> tuple[Colour, Colour, Colour]:
    """Of the bar, its value and its label."""
    tones = tones_of(stage)
    if bar.is_chief:
        return tones.hi, tones.hi, tones.text
    return tones.muted, tones.text, tones.dim


def _span(bars: Sequence[Bar]) -> tuple[float, float]:
    """The lowest and highest amount, zero included."""
    amounts = [bar.amount for bar in bars]
    return min(0.0, *amounts), max(0.0, *amounts)


class _Standing:
    def __init__(self, stage: Stage, bars: Sequence[Bar], area: Area, pitch: float) -> None:
        self._stage, unit = stage, stage.grid.unit
        tones, width = tones_of(stage), min(pitch * 0.62, _BAR_U * unit)
        labels = _common([bar.label for bar in bars], "bold", _scaled(unit, _LABELS), pitch * 0.92)
        values = _common([bar.shown for bar in bars], "black", _scaled(unit, _VALUES), pitch * 0.94)
        self._value_gap, self._value_height = 20 * unit, values * 0.8
        low, high = _span(bars)
        head = values * 0.8 + 34 * unit
        room = area.height - labels * 1.5 - head * (1 + (low < 0))
        scale = room / max(high - low, 1e-9)
        self._base = area.top + head + high * scale
        self._label_baseline = area.bottom - labels * 0.25
        self._left = area.left + (area.width - pitch * len(bars)) / 2
        self._pitch = pitch
        self._track: Sprite | None = None
        if low == 0 < high:
            self._track = bar_sprite(width, high * scale, tones.text, end="top", unit=unit, opacity=_TRACK)
        self._line = rounded(pitch * len(bars), 5 * unit, 2 * unit, tones.text, 0.85)
        self._bars = []
        for bar in bars:
            colour, value, label = _colours(stage, bar)
            length = max(_SLIGHTEST_U * unit, abs(bar.amount) * scale)
            self._bars.append(
                _Drawn(
                    bar=bar_sprite(width, length, colour, end="bottom" if bar.amount < 0 else "top", unit=unit),
                    length=length,
                    is_negative=bar.amount < 0,
                    label=_line_sprite(bar.label, "bold", labels, label, pitch * 0.92),
                    value=_line_sprite(bar.shown, "black", values, value, pitch * 0.94),
                    start=bar.start,
                    is_chief=bar.is_chief,
                )
            )

    def draw(self, moment: Moment) -> None:
        for number, bar in enumerate(self._bars):
            self._draw_bar(moment, bar, self._left + self._pitch * (number + 0.5), number)
        middle = self._left + self._pitch * len(self._bars) / 2
        moment.place(self._line, middle, self._base, opacity=expo(moment.t - 0.1, 0.4))

    def _draw_bar(self, moment: Moment, bar: _Drawn, x: float, number: int) -> None:
        t, unit = moment.t, self._stage.grid.unit
        grown = expo(t - bar.start, GROW_S)
        way = 1 if bar.is_negative else -1
        tip = self._base + way * bar.length * grown
        come = expo(t - 0.25 - 0.06 * number, 0.5)
        place = anchored(bar.label, x, self._label_baseline + (1 - come) * 20 * unit, "middle")
        moment.place(bar.label, *place, opacity=come)
        if self._track is not None:
            moment.place(self._track, x, self._base - self._track.ink_height / 2, opacity=come)
        if not grown:
            return
        frame = moment.frame
        over = (0, self._base, frame.width, frame.height) if bar.is_negative else (0, 0, frame.width, self._base)
        moment.place(bar.bar, x, tip - way * bar.length / 2, clip=None if grown >= 1 else over)
        bob = 4 * unit * math.sin(t * 2.6) * bar.is_chief * ramp(t - bar.start - GROW_S, 2)
        baseline = tip + (self._value_gap + self._value_height if bar.is_negative else -self._value_gap) - bob
        moment.place(bar.value, *anchored(bar.value, x, baseline, "middle"), opacity=expo(t - bar.start - 0.2, 0.4))


class _Lying:
    def __init__(self, stage: Stage, bars: Sequence[Bar], area: Area) -> None:
        self._stage, unit = stage, stage.grid.unit
        self._step = min(area.height / len(bars), _STEP_U * unit)
        top = area.top + (area.height - self._step * len(bars)) * (0.5 if stage.grid.is_wide else 0.3)
        sizes = [size for size in _scaled(unit, (*_LABELS, *_SMALL)) if size <= self._step * 0.5]
        sizes = [size for size in sizes if size >= 38 * unit] or sizes[:1] or [self._step * 0.5]
        labels = _common([bar.label for bar in bars], "bold", sizes, area.width * _BESIDE)
        widest = max(text_width(bar.label, "bold", labels) for bar in bars)
        self._is_beside = widest <= area.width * _BESIDE
        if self._is_beside:
            self._thick = min(_THICK_U * unit, self._step * 0.56)
        else:
            fitting = [size for size in _scaled(unit, (*_LABELS, *_SMALL)) if size <= self._step * 0.36]
            sizes = fitting or [self._step * 0.36]
            labels = _common([bar.label for bar in bars], "bold", sizes, area.width)
            self._thick = min(_THICK_U * unit, self._step - labels * 1.5 - 10 * unit)
        self._left = area.left + (widest + 26 * unit if self._is_beside else 0.0)
        self._label_left = area.left
        self._lay_out(bars, area, top, labels)

    def _lay_out(self, bars: Sequence[Bar], area: Area, top: float, labels: float) -> None:
        stage, unit = self._stage, self._stage.grid.unit
        tones, gap = tones_of(stage), 18 * unit
        fitting = [size for size in _scaled(unit, (*_VALUES, *_SMALL)) if size * 0.9 <= self._thick * 1.15]
        sizes = fitting or [self._thick]
        room = area.right - self._left
        values = _common([bar.shown for bar in bars], "black", sizes, room * 0.40)
        widest = min(room * 0.40, max(text_width(bar.shown, "black", values) for bar in bars))
        low, high = _span(bars)
        room -= (widest + gap) * (1 + (low < 0))
        scale = room / max(high - low, 1e-9)
        self._zero = self._left - low * scale + (widest + gap) * (low < 0)
        self._track: Sprite | None = None
        if low == 0 < high:
            self._track = bar_sprite(high * scale, self._thick, tones.text, end="right", unit=unit, opacity=_TRACK)
        self._gap, self._value_drop = gap, values * 0.36
        height = (
            self._step * len(bars) - (self._step - self._thick) * 0.4 if self._is_beside else self._thick + 12 * unit
        )
        self._axis = rounded(4 * unit, height, 2 * unit, tones.text, 0.5)
        self._axis_y = top + self._step * len(bars) / 2
        self._rows: list[tuple[float, float, _Drawn]] = []
        for number, bar in enumerate(bars):
            colour, value, label = _colours(stage, bar)
            length = max(_SLIGHTEST_U * unit, abs(bar.amount) * scale)
            row_top = top + self._step * number
            middle = row_top + self._step / 2 if self._is_beside else row_top + self._step - self._thick / 2 - 6 * unit
            drawn = _Drawn(
                bar=bar_sprite(length, self._thick, colour, end="left" if bar.amount < 0 else "right", unit=unit),
                length=length,
                is_negative=bar.amount < 0,
                label=_line_sprite(bar.label, "bold", labels, label, area.width),
                value=_line_sprite(bar.shown, "black", values, value, widest),
                start=bar.start,
                is_chief=bar.is_chief,
            )
            baseline = middle + labels * 0.36 if self._is_beside else middle - self._thick / 2 - labels * 0.36
            self._rows.append((middle, baseline, drawn))

    def draw(self, moment: Moment) -> None:
        for number, (middle, baseline, bar) in enumerate(self._rows):
            self._draw_bar(moment, bar, middle, baseline, number)
        shown = expo(moment.t - 0.1, 0.4)
        if self._is_beside:
            moment.place(self._axis, self._zero, self._axis_y, opacity=shown)
        for middle, _, _ in [] if self._is_beside else self._rows:
            moment.place(self._axis, self._zero, middle, opacity=shown)

    def _draw_bar(self, moment: Moment, bar: _Drawn, middle: float, baseline: float, number: int) -> None:
        t, unit = moment.t, self._stage.grid.unit
        come = expo(t - 0.25 - 0.06 * number, 0.5)
        x = self._label_left - (1 - come) * 24 * unit
        moment.place(bar.label, *anchored(bar.label, max(self._label_left, x), baseline), opacity=come)
        if self._track is not None:
            moment.place(self._track, self._zero + self._track.ink_width / 2, middle, opacity=come)
        grown = expo(t - bar.start, GROW_S)
        if not grown:
            return
        way = -1 if bar.is_negative else 1
        tip = self._zero + way * bar.length * grown
        frame = moment.frame
        over = (0, 0, self._zero, frame.height) if bar.is_negative else (self._zero, 0, frame.width, frame.height)
        moment.place(bar.bar, tip - way * bar.length / 2, middle, clip=None if grown >= 1 else over)
        sway = 3 * unit * (1 + math.sin(t * 2.6)) * bar.is_chief * ramp(t - bar.start - GROW_S, 2)
        place = anchored(
            bar.value, tip + way * (self._gap - sway), middle + self._value_drop, "right" if bar.is_negative else "left"
        )
        moment.place(bar.value, *place, opacity=expo(t - bar.start - 0.2, 0.4))


def _line_sprite(text: str, face: Face, size: float, colour: Colour, width: float) -> Sprite:
    _, shown = fit_line(text, face, [size], max_width=width)
    return text_sprite(shown, face, size, colour)
