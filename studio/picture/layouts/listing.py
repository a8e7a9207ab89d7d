"""Two to four things in a row, each arriving when it is spoken of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame, Sprite
from studio.picture.enumeration import find_list
from studio.picture.fitting import fit_block, fit_line, steps
from studio.picture.grounds import ground_of
from studio.picture.icons import emoji
from studio.picture.iconwords import item_icons
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, smooth, spring
from studio.picture.phrases import emphasis_of
from studio.picture.scenetext import SceneText
from studio.picture.shapes import disc, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock, emphasis_span
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite

_HEADINGS, _HEADS, _NOTES = (104, 92, 82, 72, 62), (68, 60, 54, 48, 42), (42, 38, 34)
_LARGEST_STEP_U, _LARGEST_TILE_U = 236, 156
_ROOMY_STEP_U: Final = 172
"""In rows lower than this the type shrinks with them."""

_NEVER: Final = 1e9


class ItemContent(Model):
    """One thing: icon or, without one, its number; *start* in seconds from the start of the scene."""

    icon: str = ""
    head: str
    note: str = ""
    start: float = 0.0


class ListContent(Model):
    """A heading and two to four things."""

    text: str
    emphasis: str = ""
    entries: Annotated[tuple[ItemContent, ...], Field(min_length=2, max_length=4)]


class Listing:
    """A scene that counts things up."""

    name = "list"
    grounds: tuple[GroundName, ...] = ("paper", "deep")
    content = ListContent
    repeats = False

    def match(self, scene: SceneText) -> ListContent | None:
        """First, second, third; or a, b and c."""
        found = find_list(scene)
        if found is None:
            return None
        icons = item_icons([f"{item.head} {item.note}" for item in found.items], chinese=scene.is_chinese)
        entries = tuple(
            ItemContent(icon=icon, head=item.head, note=item.note, start=round(item.start, 3))
            for item, icon in zip(found.items, icons, strict=True)
        )
        emphasis = emphasis_of(found.heading, chinese=scene.is_chinese, keywords=scene.keywords)
        return ListContent(text=found.heading, emphasis=emphasis, entries=entries)

    def words_shown(self, content: ListContent) -> str:
        """Nothing: only key words are shown."""
        return ""

    def draw(self, stage: Stage, content: ListContent) -> Painter:
        """Heading and rows."""
        return _Painting(stage, content).draw


@dataclass(frozen=True)
class _Row:
    y: float
    start: float
    end: float
    """When the next one is spoken of."""
    tile: Sprite
    icon: Sprite
    badge: Sprite | None
    digit: Sprite | None
    head: Sprite
    note: Sprite | None
    rule: Sprite


class _Painting:
    def __init__(self, stage: Stage, content: ListContent) -> None:
        self._stage, grid, self._tones = stage, stage.grid, tones_of(stage)
        self._ground, self._chrome = ground_of(stage), Chrome(stage, self._tones.chrome)
        self._text = self._heading(content)
        self._left, self._right, top, bottom = self._area()
        count = len(content.entries)
        self._step = min((bottom - top) / count, _LARGEST_STEP_U * grid.unit)
        self._scale = min(1.0, self._step / (_ROOMY_STEP_U * grid.unit))
        self._tile = min(_LARGEST_TILE_U * grid.unit, self._step * 0.74)
        top += (bottom - top - self._step * count) * (0.5 if grid.is_wide else 0.30)
        ends = [later.start for _, later in pairwise(content.entries)] + [_NEVER]
        self._rows = [
            self._row(entry, number, end, top + self._step * (number + 0.5))
            for number, (entry, end) in enumerate(zip(content.entries, ends, strict=True))
        ]

    @property
    def _text_left(self) -> float:
        return self._left + self._tile + 44 * self._stage.grid.unit

    def _heading(self, content: ListContent) -> TextBlock:
        grid, tones = self._stage.grid, self._tones
        width = grid.body_width * (0.38 if grid.is_wide else 1.0)
        sizes = _HEADINGS[2:] if grid.shape == "square" and len(content.entries) > 3 else _HEADINGS
        ladder = steps(grid.unit, sizes, lines=4 if grid.is_wide else 2)
        setting = fit_block(content.text, "black", ladder, max_width=width, emphasis=content.emphasis)
        top = grid.top + (62 if grid.is_upright else 40) * grid.unit
        if grid.is_wide:
            top = grid.centre_y - len(setting.lines) * setting.size_px * 0.62
        span = emphasis_span(content.text, content.emphasis)
        return TextBlock(setting, "black", Ink(tones.text, tones.accent), x=grid.left, top=top, emphasis=span)

    def _area(self) -> tuple[float, float, float, float]:
        grid, unit = self._stage.grid, self._stage.grid.unit
        if grid.is_wide:
            return grid.width * 0.50, grid.right, grid.top + 70 * unit, grid.bottom
        return grid.left, grid.low_right, self._text.bottom + (56 if grid.is_upright else 30) * unit, grid.bottom

    def _row(self, entry: ItemContent, number: int, end: float, y: float) -> _Row:
        tones, unit = self._tones, self._stage.grid.unit
        scaled = unit * self._scale
        width = self._right - self._text_left
        size, head = fit_line(entry.head, "black", [step * scaled for step in _HEADS], max_width=width)
        note_size, note = fit_line(entry.note, "medium", [step * scaled for step in _NOTES], max_width=width)
        digit = text_sprite(str(number + 1), "black", 30 * scaled, tones.on_hi) if entry.icon else None
        large = text_sprite(str(number + 1), "black", self._tile * 0.56, tones.on_tile)
        return _Row(
            y=y,
            start=entry.start,
            end=end,
            tile=rounded(self._tile, self._tile, self._tile * 0.29, tones.tile),
            icon=emoji(entry.icon, int(self._tile * 0.72)) if entry.icon else large,
            badge=disc(54 * scaled, tones.hi) if entry.icon else None,
            digit=digit,
            head=text_sprite(head, "black", size, tones.text),
            note=text_sprite(note, "medium", note_size, tones.dim) if note else None,
            rule=rounded(width, max(1.0, 2 * unit), 0, tones.text, 0.14),
        )

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._text.draw(moment, moment.t)
        for number, row in enumerate(self._rows):
            since = moment.t - row.start
            if since > 0:
                self._draw_tile(moment, row, since)
                self._draw_words(moment, row, since, ruled=number > 0)

    def _draw_tile(self, moment: Moment, row: _Row, since: float) -> None:
        t, unit, x = moment.t, self._stage.grid.unit, self._left + self._tile / 2
        active = smooth(since, 0.3) * (1 - smooth(t - row.end, 0.4))
        size, shown = spring(since, 0.5, bounce=0.28) * (1 + 0.05 * active), ramp(since, 7)
        size *= 1 + 0.012 * math.sin(t * 2.4) * active
        moment.place(row.tile, x, row.y, scale=size, opacity=shown)
        turn = math.sin(t * 3) * 0.05 * active if row.badge is not None else 0.0
        moment.place(row.icon, x, row.y, scale=size, turn=turn, opacity=shown)
        if row.badge is not None and row.digit is not None:
            corner_x, corner_y = self._left + self._tile - 6 * unit, row.y - self._tile / 2 + 6 * unit
            moment.place(row.badge, corner_x, corner_y, scale=spring(since - 0.12, 0.4, bounce=0.3), opacity=shown)
            place = anchored(row.digit, corner_x, corner_y + 11 * unit * self._scale, "middle")
            moment.place(row.digit, *place, opacity=expo(since - 0.15, 0.3))

    def _draw_words(self, moment: Moment, row: _Row, since: float, *, ruled: bool) -> None:
        unit, come = self._stage.grid.unit, expo(since, 0.55)
        scaled = unit * self._scale
        if ruled:
            moment.place(row.rule, (self._text_left + self._right) / 2, row.y - self._step / 2, opacity=come)
        baseline = row.y + (-6 if row.note else 22) * scaled
        x = self._text_left + (1 - come) * 60 * unit
        moment.place(row.head, *anchored(row.head, x, baseline), opacity=come)
        if row.note is not None:
            later = expo(since - 0.12, 0.55)
            x = self._text_left + (1 - later) * 60 * unit
            moment.place(row.note, *anchored(row.note, x, row.y + 52 * scaled), opacity=later)
