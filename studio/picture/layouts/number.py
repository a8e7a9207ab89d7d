"""One figure that carries the sentence; a ring round it when it is a share."""

from __future__ import annotations

import math
from typing import Annotated, Final

from pydantic import Field

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.amounts import number_content
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import fit_block, fit_line, steps
from studio.picture.grounds import ground_of
from studio.picture.icons import hero_icon
from studio.picture.iconwords import find_icon
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, spring
from studio.picture.odometer import Odometer, column_widths
from studio.picture.ring import Ring
from studio.picture.scenetext import SceneText
from studio.picture.stage import DRIFT_U, Moment, Stage
from studio.picture.textblock import Ink, TextBlock
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite, text_width
from studio.timebase import to_seconds

_SIZES: Final = (420, 380, 340, 300, 264, 232, 204, 180, 150, 120, 96)
_LABELS: Final = (92, 82, 72, 64, 56, 50, 44)
_LARGEST_RADIUS_U: Final = {"tall": 326, "portrait": 330, "wide": 330, "square": 250}
_NARROW_UNIT, _WIDE_UNIT = 0.46, 0.34
"""Size of the unit in figures: signs such as % stand larger than words."""

_GAP_EM: Final = 0.06
_CAP_EM: Final = 0.72
"""Height of a digit."""

_EARLY_S: Final = 0.25
"""Digits need this long to be told apart: they begin to roll before the figure is spoken."""

_FIRST_S: Final = 0.15
"""No figure rolls before this: the ground is seen first."""

_WAITS_S: Final = 0.8
"""A figure that comes later needs something to stand in its place."""

_HOLD_S: Final = 1.45
"""The ring's mask and the digits' window are drawn on whole pixels: for so long nothing else may move them."""

_WAITING_SHARE, _SWAP_S = 0.9, 0.16
"""Size of the icon in the ring, in its radius, and how fast it makes way for the figure."""

_ICON_U, _SMALLEST_ICON_U, _ICON_GAP_U = 240, 120, 48
_TALLEST: Final = 340
"""Largest figure under an icon."""


class NumberContent(Model):
    """What stands before the figure, the figure as written, its unit, and what stands after."""

    label: str = ""
    value: Annotated[str, Field(min_length=1, max_length=24)]
    unit: Annotated[str, Field(max_length=40)] = ""
    ratio: Annotated[float, Field(ge=0, le=1)] | None = None
    note: str = ""
    icon: str = ""
    """What is counted; shown where no ring takes the room."""
    start: float = 0.0
    """When the figure is spoken, in seconds: it rolls then, label and track are there before."""


class Number:
    """A scene with exactly one figure with a unit."""

    name = "number"
    grounds: tuple[GroundName, ...] = ("vivid", "deep", "paper")
    content = NumberContent
    repeats = False

    def match(self, scene: SceneText) -> NumberContent | None:
        """One number with its unit that carries the sentence; the ring only for a percentage."""
        found = number_content(scene)
        if found is None:
            return None
        counted = f"{found['label']}，{found['note']}"
        icon = find_icon(counted, chinese=scene.is_chinese)
        if not icon and found["start"] > _WAITS_S:
            icon = scene.film.icon
        return NumberContent(**found, icon=icon)

    def words_shown(self, content: NumberContent) -> str:
        """Nothing: figure and words are rearranged."""
        return ""

    def draw(self, stage: Stage, content: NumberContent) -> Painter:
        """Label, rolling figure, note."""
        return _Painting(stage, content).draw


class _Painting:
    def __init__(self, stage: Stage, content: NumberContent) -> None:
        self._stage, grid, self._tones = stage, stage.grid, tones_of(stage)
        unit, tones = grid.unit, self._tones
        self._ground, self._chrome = ground_of(stage), Chrome(stage, tones.chrome)
        self._roll = max(_FIRST_S, content.start - _EARLY_S)
        self._note_pitch = (86 if not content.label else 62) * unit
        self._notes = self._note_sprites(content.note, large=not content.label)
        self._label = self._label_block(content.label)
        self._x, self._y, radius = self._place()
        self._ring = Ring(stage, self._x, self._y, radius, content.ratio) if content.ratio is not None else None
        self._icon = None if self._ring or not content.icon else self._icon_sprite(content.icon, radius)
        room = 2 * radius * 0.74 if self._ring else grid.body_width * (0.50 if grid.is_wide else 0.96)
        size, unit_size, width = _size(content, room, unit, tallest=_TALLEST if self._icon else _SIZES[0])
        self._size, self._left = size, self._x - width / 2
        self._baseline = self._y + size * _CAP_EM / 2
        if self._icon is not None:
            self._stack_icon(self._icon)
        self._waiting = self._waiting_icon(content, radius)
        self._figure = Odometer(content.value, size, tones.accent)
        _, shown = fit_line(content.unit, "black", [unit_size], max_width=max(40 * unit, room - self._figure.width))
        self._unit = text_sprite(shown, "black", unit_size, tones.accent) if shown else None
        self._note_top = (self._y + radius if self._ring else self._baseline + 20 * unit) + 84 * unit

    def _icon_sprite(self, name: str, radius: float) -> Sprite | None:
        """The icon, where there is room for one above the figure."""
        unit = self._stage.grid.unit
        size = min(_ICON_U * unit, 2 * radius - (_TALLEST * _CAP_EM + 2 * _ICON_GAP_U) * unit)
        return hero_icon(name, int(size)) if size >= _SMALLEST_ICON_U * unit else None

    def _waiting_icon(self, content: NumberContent, radius: float) -> Sprite | None:
        """What stands in the ring until the figure is spoken."""
        if not self._ring or not content.icon or self._roll < _WAITS_S:
            return None
        return hero_icon(content.icon, int(radius * _WAITING_SHARE))

    def _stack_icon(self, icon: Sprite) -> None:
        """Put the icon over the figure, both together in the middle."""
        unit = self._stage.grid.unit
        height = icon.ink_height + _ICON_GAP_U * unit + self._size * _CAP_EM
        self._icon_y = self._y - height / 2 + icon.ink_height / 2
        self._baseline = self._y + height / 2

    def _label_block(self, label: str) -> TextBlock:
        grid, ink = self._stage.grid, Ink(self._tones.text, self._tones.text)
        width = grid.body_width * (0.42 if grid.is_wide else 0.9)
        ladder = steps(grid.unit, _LABELS[:4], lines=1) + steps(grid.unit, _LABELS, lines=3 if grid.is_wide else 2)
        setting = fit_block(label, "bold", ladder, max_width=width)
        if not grid.is_wide:
            top = grid.top + (64 if grid.is_upright else 44) * grid.unit
            return TextBlock(setting, "bold", ink, x=grid.centre_x, top=top, anchor="middle", leading=1.3)
        height = len(setting.lines) * setting.size_px * 1.3 + len(self._notes) * self._note_pitch
        return TextBlock(setting, "bold", ink, x=grid.left, top=grid.centre_y - height / 2, leading=1.3)

    def _note_sprites(self, note: str, *, large: bool) -> list[Sprite]:
        grid = self._stage.grid
        width = grid.body_width * (0.42 if grid.is_wide else 0.86)
        setting = fit_block(
            note, "medium", steps(grid.unit, (64, 56, 50) if large else (46, 42, 38), lines=2), max_width=width
        )
        return [text_sprite(line.text, "medium", setting.size_px, self._tones.dim) for line in setting.lines]

    def _place(self) -> tuple[float, float, float]:
        """Centre of the figure and radius of its ring."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        largest = _LARGEST_RADIUS_U[grid.shape] * unit
        if grid.is_wide:
            return grid.width * 0.70, grid.centre_y + 20 * unit, largest
        top = self._label.bottom + 46 * unit
        foot = 100 * unit + self._note_pitch * (len(self._notes) - 1) if self._notes else 20 * unit
        radius = min(largest, (grid.bottom - top - foot) / 2)
        return grid.centre_x, top + radius, radius

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._label.draw(moment, moment.t)
        if self._ring:
            self._ring.draw(moment, moment.t - self._roll)
        if self._icon is not None:
            self._draw_icon(moment, self._icon, self._icon_y)
        if self._waiting is not None and moment.t < self._roll:
            left = ramp(moment.t - self._roll + _SWAP_S, 1 / _SWAP_S)
            self._draw_icon(moment, self._waiting, self._y, left=left)
        baseline = self._baseline
        self._figure.draw(moment, moment.t - self._roll, self._left, baseline)
        if self._unit is not None:
            x = self._left + self._figure.width + self._size * _GAP_EM
            moment.place(self._unit, *anchored(self._unit, x, baseline), opacity=expo(moment.t - self._roll - 0.2, 0.5))
        self._draw_notes(moment)

    def _moment(self, frame: Frame, index: int) -> Moment:
        """The content rises until the figure rolls, holds still while it does, and rises on."""
        t, speed = to_seconds(index), DRIFT_U * self._stage.grid.unit
        lift = 2 * round(speed * self._roll / 2)
        risen = lift * min(1.0, t / self._roll) + speed * max(0.0, t - self._roll - _HOLD_S)
        return Moment(frame, index, t, -risen)

    def _draw_icon(self, moment: Moment, icon: Sprite, y: float, *, left: float = 0.0) -> None:
        unit, come = self._stage.grid.unit, spring(moment.t - 0.1, 0.5, bounce=0.28)
        bob = math.sin(moment.t * 1.8) * 6 * unit
        turn = math.sin(moment.t * 1.3) * 0.03
        scale, opacity = come * (1 - 0.35 * left**2), ramp(moment.t - 0.1, 7) * (1 - left)
        moment.place(icon, self._x, y + bob, scale=scale, turn=turn, opacity=opacity)

    def _draw_notes(self, moment: Moment) -> None:
        grid = self._stage.grid
        for number, note in enumerate(self._notes):
            come = expo(moment.t - self._roll - 0.75 - 0.1 * number, 0.6)
            rise = (1 - come) * 26 * grid.unit
            if grid.is_wide:
                y = self._label.bottom + 80 * grid.unit + self._note_pitch * number + rise
                place = anchored(note, grid.left, y)
            else:
                place = anchored(note, self._x, self._note_top + self._note_pitch * number + rise, "middle")
            moment.place(note, *place, opacity=come)


def _size(content: NumberContent, room: float, unit: float, *, tallest: float) -> tuple[float, float, float]:
    """Size of figure and unit in px, and the width of both: the largest step that fits *room*."""
    share = _NARROW_UNIT if content.unit[:1] in ("%", "°") else _WIDE_UNIT
    for step in _SIZES:
        if step > tallest:
            continue
        size = step * unit
        width = sum(column_widths(content.value, size))
        if content.unit:
            width += text_width(content.unit, "black", size * share) + size * _GAP_EM
        if width <= room:
            break
    return size, size * share, width
