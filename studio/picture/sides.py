"""Two sides of a comparison as they are drawn: bars with figures, or cards with words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from studio.models.base import Model
from studio.picture.bars import GROW_S, Area, bar_sprite
from studio.picture.colour import Colour
from studio.picture.compositor import Sprite
from studio.picture.fitting import Setting, fit_block, fit_line, steps
from studio.picture.fonts import Face
from studio.picture.icons import hero_icon, standing_icon
from studio.picture.motion import expo, ramp, spring
from studio.picture.shapes import disc, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite

_FIGURES: Final = (150, 128, 112, 96, 84, 72, 62, 54, 46, 40)
_NAMES: Final = (72, 64, 58, 52, 46, 40)
_NOTES: Final = ((58, 1), (54, 1), (50, 1), (54, 2), (48, 3), (44, 4), (40, 4), (36, 5), (32, 6))
_ICON_U, _SMALLEST_ICON_U, _SQUARE_ICON_U = 190, 90, 140
_GAP_U, _PADDING_U = 40, 46
_AROUND_U: Final = 120
"""Room over and under what a card holds."""

_ICON_SHARES: Final = (0.34, 0.28, 0.22, 0.0)
"""Height of the icon in the card's: the first that leaves room for words of _READABLE_U."""

_READABLE_U: Final = 40
_LOWEST_U, _TALLEST_U = 430, 620
"""Lowest card; tallest card, and longest bar."""


class SideContent(Model):
    """One side: its name, what is said of it, its figure if both have one, and when it is spoken of in seconds."""

    name: str
    note: str = ""
    icon: str = ""
    amount: float | None = None
    shown: Annotated[str, Field(max_length=40)] = ""
    start: float = 0.0


@dataclass(frozen=True)
class _Column:
    x: float
    bar: Sprite
    length: float
    figure: Sprite
    name: Sprite
    icon: Sprite | None
    start: float


class FigureColumns:
    """Two bars in true proportion from zero, each with its figure and icon on top of it."""

    def __init__(
        self, stage: Stage, sides: tuple[SideContent, SideContent], area: Area, starts: tuple[float, float]
    ) -> None:
        self._stage, unit = stage, stage.grid.unit
        tones, gap = tones_of(stage), _GAP_U * unit
        width = min((area.width - gap) / 2, 400 * unit)
        left = area.left + (area.width - 2 * width - gap) / 2
        amounts = [side.amount or 0.0 for side in sides]
        highest = max(amounts)
        sizes = [size * unit for size in _FIGURES]
        figure = min(fit_line(side.shown, "black", sizes, max_width=width * 0.9)[0] for side in sides)
        names = [size * unit for size in (50, 46, 42, 38, 34)]
        name = min(fit_line(side.name, "bold", names, max_width=width)[0] for side in sides)
        self._base = area.bottom - name * 1.5
        icon_size = (_SQUARE_ICON_U if stage.grid.shape == "square" else _ICON_U) * unit
        room = self._base - area.top - 40 * unit
        icon_size = min(icon_size, room * 0.36)
        has_icons = icon_size >= _SMALLEST_ICON_U * unit and all(side.icon for side in sides)
        room -= (icon_size + 26 * unit) * has_icons
        lowest = min(amounts) / max(highest, 1e-9)
        self._is_inside = min(room, _TALLEST_U * unit) * lowest >= figure * 1.5
        tallest = min(room if self._is_inside else room - figure * 0.9, _TALLEST_U * unit)
        self._name_baseline, self._figure_size, self._icon_size = area.bottom - name * 0.3, figure, icon_size
        self._line = rounded(2 * width + gap + 20 * unit, 6 * unit, 3 * unit, tones.text, 0.9)
        self._middle = left + width + gap / 2
        self._columns = []
        for number, (side, amount, start) in enumerate(zip(sides, amounts, starts, strict=True)):
            is_chief = amount == highest
            length = max(3 * unit, tallest * amount / max(highest, 1e-9))
            figure_colour = (tones.on_hi if self._is_inside else tones.hi) if is_chief else tones.text
            self._columns.append(
                _Column(
                    x=left + width / 2 + number * (width + gap),
                    bar=bar_sprite(width, length, tones.hi if is_chief else tones.muted, end="top", unit=unit),
                    length=length,
                    figure=_cut(side.shown, "black", figure, figure_colour, width * 0.9),
                    name=_cut(side.name, "bold", name, tones.text, width),
                    icon=hero_icon(side.icon, int(icon_size)) if has_icons else None,
                    start=start,
                )
            )

    def draw(self, moment: Moment) -> None:
        """Draw both sides as they are at *moment*."""
        for number, column in enumerate(self._columns):
            self._draw_column(moment, column, number)
        moment.place(self._line, self._middle, self._base, opacity=expo(moment.t, 0.4))

    def _draw_column(self, moment: Moment, column: _Column, number: int) -> None:
        t, unit, since = moment.t, self._stage.grid.unit, moment.t - column.start
        come = expo(t - 0.2 - 0.1 * number, 0.5)
        place = anchored(column.name, column.x, self._name_baseline + (1 - come) * 20 * unit, "middle")
        moment.place(column.name, *place, opacity=come)
        grown = expo(since, GROW_S)
        top = self._base - column.length * grown
        if grown:
            over = (0, 0, moment.frame.width, self._base)
            moment.place(column.bar, column.x, top + column.length / 2, clip=None if grown >= 1 else over)
            shown = expo(since - 0.2, 0.4)
            baseline = top + self._figure_size * 1.05 if self._is_inside else top - 24 * unit
            moment.place(column.figure, *anchored(column.figure, column.x, baseline, "middle"), opacity=shown)
        if column.icon is not None:
            size, lift = (
                spring(t - 0.15 - 0.12 * number, 0.5, bounce=0.25),
                grown * self._figure_size * 0.9 * (not self._is_inside),
            )
            y = top - lift - 30 * unit - self._icon_size / 2 + math.sin(t * 1.8 + number * 2) * 6 * unit
            turn, shown = math.sin(t * 1.3 + number) * 0.03, ramp(t - 0.15 - 0.12 * number, 7)
            moment.place(column.icon, column.x, y, scale=size, turn=turn, opacity=shown)


@dataclass(frozen=True)
class _Card:
    x: float
    icon: Sprite | None
    icon_y: float
    name: TextBlock
    note: TextBlock
    stripe: Sprite
    start: float


class SideCards:
    """Two cards side by side with what is said of each."""

    def __init__(
        self, stage: Stage, sides: tuple[SideContent, SideContent], area: Area, starts: tuple[float, float]
    ) -> None:
        self._stage, unit = stage, stage.grid.unit
        tones, gap = tones_of(stage), _GAP_U * unit
        self._width = width = (area.width - gap) / 2
        has_icons = all(side.icon for side in sides)
        tallest = min(area.height - 10 * unit, _TALLEST_U * unit)
        for share in _ICON_SHARES if has_icons else (0.0,):
            icon = min(_ICON_U * unit, tallest * share, width * 0.55)
            around = (_AROUND_U + 30 * bool(icon)) * unit
            words = self._set_alike(sides, tallest - icon - around)
            if all(note.size_px >= _READABLE_U * unit for _, note in words if note.lines):
                break
        filled = max(_height(name, 1.2) + _height(note, 1.34, 30 * unit) for name, note in words)
        self._height = height = min(tallest, max(icon + filled + around, _LOWEST_U * unit))
        self._top = area.top + (area.height - height) * (0.5 if stage.grid.is_wide else 0.3)
        self._plate = rounded(width, height, 40 * unit, tones.plate)
        self._middle = area.left + width + gap / 2
        self._versus = disc(96 * unit, tones.text), text_sprite("VS", "black", 40 * unit, tones.core)
        self._cards = []
        for number, (side, colour) in enumerate(zip(sides, (tones.hi, tones.hi2), strict=True)):
            x = area.left + width / 2 + number * (width + gap)
            self._cards.append(self._card(side, words[number], x, icon, start=starts[number], colour=colour))

    def _set_alike(self, sides: tuple[SideContent, SideContent], room: float) -> list[tuple[Setting, Setting]]:
        """Name and note of both sides, both names and both notes in one size."""
        words = [self._set(side, room) for side in sides]
        largest = tuple(
            min((setting.size_px for setting in settings if setting.lines), default=math.inf)
            for settings in zip(*words, strict=True)
        )
        return [self._set(side, room, largest=(largest[0], largest[1])) for side in sides]

    def _set(
        self, side: SideContent, room: float, *, largest: tuple[float, float] = (math.inf, math.inf)
    ) -> tuple[Setting, Setting]:
        """Name and note of *side* in the largest sizes up to *largest* that fit *room* together."""
        unit = self._stage.grid.unit
        inner = self._width - 2 * _PADDING_U * unit
        ladder = [*steps(unit, _NAMES, lines=1), *steps(unit, _NAMES[2:], lines=2), (34 * unit, 2)]
        ladder = [step for step in ladder if step[0] <= largest[0]]
        name = fit_block(side.name, "black", ladder, max_width=inner)
        left = room - _height(name, 1.2) - 30 * unit
        ladder = [(size * unit, lines) for size, lines in _NOTES if lines * size * unit * 1.34 <= left]
        ladder += [(28 * unit, max(1, int(left / (28 * unit * 1.34))))]
        ladder = [step for step in ladder if step[0] <= largest[1]] or ladder[-1:]
        return name, fit_block(side.note, "medium", ladder, max_width=inner)

    def _card(
        self, side: SideContent, words: tuple[Setting, Setting], x: float, icon: float, *, start: float, colour: Colour
    ) -> _Card:
        unit, tones, (name, note) = self._stage.grid.unit, tones_of(self._stage), words
        filled = icon + 30 * unit * bool(icon) + _height(name, 1.2) + _height(note, 1.34, 30 * unit)
        y = self._top + max((_AROUND_U / 2 + 6) * unit, (self._height - filled) / 2 if not icon else 0.0)
        name_top = y + icon + 30 * unit * bool(icon)
        note_top = name_top + _height(name, 1.2) + 30 * unit
        soft = Ink(tones.text, tones.text)
        return _Card(
            x=x,
            icon=standing_icon(side.icon, int(icon)) if icon and side.icon else None,
            icon_y=y + icon / 2,
            name=TextBlock(name, "black", Ink(colour, colour), x=x, top=name_top, anchor="middle", leading=1.2),
            note=TextBlock(note, "medium", soft, x=x, top=note_top, anchor="middle", leading=1.34),
            stripe=rounded(90 * unit, 8 * unit, 4 * unit, colour),
            start=start,
        )

    def draw(self, moment: Moment) -> None:
        """Draw both sides as they are at *moment*."""
        t, middle = moment.t, self._top + self._height / 2
        for number, card in enumerate(self._cards):
            come = expo(t - 0.08 * number, 0.55)
            lit = 0.45 + 0.55 * expo(t - card.start, 0.4)
            y = middle + (1 - come) * 50 * self._stage.grid.unit
            moment.place(self._plate, card.x, y, opacity=come * lit)
            self._draw_card(moment, card, number)
        plate, sign = self._versus
        size = spring(t - 0.35, 0.45, bounce=0.3) * (1 + 0.02 * math.sin(t * 2.4))
        moment.place(plate, self._middle, middle, scale=size, opacity=ramp(t - 0.35, 8))
        moment.place(sign, self._middle, middle, scale=size, opacity=ramp(t - 0.35, 8))

    def _draw_card(self, moment: Moment, card: _Card, number: int) -> None:
        since, unit, t = moment.t - card.start, self._stage.grid.unit, moment.t
        if since <= 0:
            return
        come = expo(since, 0.5)
        moment.place(card.stripe, card.x, self._top + 4 * unit, opacity=come)
        if card.icon is not None:
            y = card.icon_y + math.sin(t * 1.8 + number * 2) * 6 * unit
            size, turn = spring(since, 0.5, bounce=0.25), math.sin(t * 1.3 + number) * 0.03
            moment.place(card.icon, card.x, y, scale=size, turn=turn, opacity=ramp(since, 7))
        card.name.draw(moment, since - 0.05)
        card.note.draw(moment, since - 0.25)


def _height(setting: Setting, leading: float, gap: float = 0.0) -> float:
    """Height of a block with *gap* before it, nothing where it has no lines."""
    return len(setting.lines) * setting.size_px * leading + gap * bool(setting.lines)


def _cut(text: str, face: Face, size: float, colour: Colour, width: float) -> Sprite:
    _, shown = fit_line(text, face, [size], max_width=width)
    return text_sprite(shown, face, size, colour)
