"""The thing a scene is about on a pedestal, with its parts around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.beats import MOST_BEATS, Beat, beats_of
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import fit_block, fit_line, steps
from studio.picture.icons import emoji, hero_icon
from studio.picture.iconwords import choose_hero, find_parts, named_hero
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, spring
from studio.picture.pedestal import lit_ground, look_of, pedestal, shadow
from studio.picture.phrases import emphasis_of
from studio.picture.scenetext import SceneText
from studio.picture.shapes import disc, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import GONE_S, Ink, TextBlock, emphasis_span
from studio.picture.typography import anchored, text_sprite

_SIZES: Final = (104, 92, 80, 70, 60)
_LONG_SIZES: Final = (66, 60, 54)
"""With a line more, before a heading is cut."""

_LARGEST_RADIUS_U: Final = {"tall": 300, "portrait": 310, "wide": 270, "square": 250}
_SLOTS: Final[dict[int, tuple[tuple[float, float], ...]]] = {
    1: ((1.27, -0.45),),
    2: ((-1.27, -0.45), (1.27, -0.45)),
    3: ((-1.27, -0.50), (1.27, -0.50), (0.0, 1.12)),
    4: ((-1.27, -0.62), (1.27, -0.62), (-1.33, 0.55), (1.22, 0.55)),
}
"""Where the parts stand around the hero, in its radius."""

_FIRST_PART_S, _BETWEEN_S, _EARLY_S, _PART_S = 0.45, 0.16, 0.15, 1.2
"""Parts wait for the hero, for each other, come a little before their word, and stay at least this long."""

_SWAP_S: Final = 0.16
"""A hero is gone this fast, then the next springs up."""

_NEVER: Final = 1e9

_LABEL_U, _WIDE_LABEL_U = 176, 280
"""Widest label beside the hero, and where there is more room."""


class PartContent(Model):
    """A labelled part of the thing shown; *start* is when it is spoken of, in seconds."""

    icon: str
    label: str
    start: float = 0.0


class BeatContent(Model):
    """From *start* seconds on another heading, and another thing where *hero* is not empty."""

    start: Annotated[float, Field(ge=0)]
    text: str
    emphasis: str = ""
    hero: str = ""


class IllustrationContent(Model):
    """A heading of a few words, the icon of the thing, up to four parts of it; and what follows in *beats*."""

    text: str
    emphasis: str = ""
    hero: str
    parts: tuple[PartContent, ...] = ()
    beats: Annotated[tuple[BeatContent, ...], Field(max_length=MOST_BEATS - 1)] = ()


class Illustration:
    """What every scene qualifies for."""

    name = "illustration"
    grounds: tuple[GroundName, ...] = ("deep", "paper")
    content = IllustrationContent
    repeats = True

    def match(self, scene: SceneText) -> IllustrationContent | None:
        """Always."""
        first, *later = beats_of(scene)
        heroes = [named_hero(first.scene, near=first.heading) or choose_hero(scene, near=first.heading)]
        for beat in later:
            heroes.append(named_hero(beat.scene, near=beat.heading) or heroes[-1])
        headings = "\n".join(beat.heading for beat in (first, *later))
        parts = find_parts(scene, heroes=heroes, headings=headings)
        changes = (hero if hero != before else "" for before, hero in pairwise(heroes))
        return IllustrationContent(
            text=first.heading,
            emphasis=_emphasis(first),
            hero=heroes[0],
            parts=tuple(PartContent(icon=part.icon, label=part.label, start=round(part.start, 3)) for part in parts),
            beats=tuple(
                BeatContent(start=beat.start, text=beat.heading, emphasis=_emphasis(beat), hero=hero)
                for beat, hero in zip(later, changes, strict=True)
            ),
        )

    def words_shown(self, content: IllustrationContent) -> str:
        """Nothing: the heading is not the sentence."""
        return ""

    def draw(self, stage: Stage, content: IllustrationContent) -> Painter:
        """Heading, hero, parts."""
        return _Painting(stage, content).draw


def _emphasis(beat: Beat) -> str:
    return emphasis_of(beat.heading, chinese=beat.scene.is_chinese, keywords=beat.scene.keywords)


@dataclass(frozen=True)
class _Shown:
    """Something that is there from *start* to *end*, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class _Heading(_Shown):
    block: TextBlock


@dataclass(frozen=True)
class _Hero(_Shown):
    sprite: Sprite


@dataclass(frozen=True)
class _Part:
    plate: Sprite
    ring: Sprite
    icon: Sprite
    label: Sprite
    label_x: float
    x: float
    y: float
    angle: float
    """Direction to the hero in radians."""
    thread: Sprite | None
    thread_middle: float
    """Distance of the thread's middle from the part, in px."""
    thread_end: float
    knot: Sprite
    start: float


class _Painting:
    def __init__(self, stage: Stage, content: IllustrationContent) -> None:
        self._stage, unit = stage, stage.grid.unit
        self._look = look = look_of(stage)
        self._chrome = Chrome(stage, look.chrome)
        self._headings = self._all_headings(content)
        self._x, self._y, self._radius = self._place(len(content.parts))
        radius = self._radius
        self._ground = lit_ground(stage, look, self._x, self._y, radius)
        self._pedestal, self._shadow = pedestal(look, radius), shadow(look, radius)
        self._heroes = self._all_heroes(content)
        self._part_radius = min((76 if len(content.parts) < 4 else 70) * unit, radius * 0.30)
        slots = _SLOTS.get(len(content.parts), ())
        starts = _part_starts(content.parts, latest=stage.duration - _PART_S)
        self._parts = [
            self._part(part, slot, start) for part, slot, start in zip(content.parts, slots, starts, strict=False)
        ]

    def _all_headings(self, content: IllustrationContent) -> list[_Heading]:
        texts = [(0.0, content.text, content.emphasis)]
        texts += [(beat.start, beat.text, beat.emphasis) for beat in content.beats]
        ends = [start for start, _, _ in texts[1:]] + [_NEVER]
        return [
            _Heading(start, end, self._heading(text, emphasis))
            for (start, text, emphasis), end in zip(texts, ends, strict=True)
        ]

    def _all_heroes(self, content: IllustrationContent) -> list[_Hero]:
        names = [(0.0, content.hero)] + [(beat.start, beat.hero) for beat in content.beats if beat.hero]
        ends = [start for start, _ in names[1:]] + [_NEVER]
        size = int(self._radius * 1.86)
        return [_Hero(start, end, hero_icon(name, size)) for (start, name), end in zip(names, ends, strict=True)]

    def _heading(self, text: str, emphasis: str) -> TextBlock:
        grid, look = self._stage.grid, self._look
        width = grid.body_width * (0.40 if grid.is_wide else 1.0)
        lines = 3 if grid.is_wide else 2
        ladder = steps(grid.unit, _SIZES, lines=lines) + steps(grid.unit, _LONG_SIZES, lines=lines + 1)
        setting = fit_block(text, "black", ladder, max_width=width, emphasis=emphasis)
        top = grid.top + (56 if grid.is_upright else 48) * grid.unit
        if grid.is_wide:
            top = grid.centre_y - len(setting.lines) * setting.size_px * 0.62
        return TextBlock(
            setting,
            "black",
            Ink(look.text, look.emphasis),
            x=grid.left if grid.is_wide else grid.centre_x,
            top=top,
            anchor="left" if grid.is_wide else "middle",
            emphasis=emphasis_span(text, emphasis),
            leading=1.24,
        )

    def _place(self, parts: int) -> tuple[float, float, float]:
        """Centre and radius of the hero: as large as the room under the heading lets it be."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        largest = _LARGEST_RADIUS_U[grid.shape] * unit
        lowest_text = max(heading.block.bottom for heading in self._headings)
        top = grid.top + 70 * unit if grid.is_wide else lowest_text + 34 * unit
        below = 1.29 if parts not in (3, 4) else 1.42
        foot = 0.0 if parts not in (3, 4) else 74 * unit
        radius = min(largest, (grid.bottom - top - foot) / (0.99 + below))
        middle = (top + 0.99 * radius + grid.bottom - foot - below * radius) / 2
        if grid.is_wide:
            return grid.width * 0.70, middle, radius
        lowest = grid.top + grid.body_height * 0.555
        return grid.centre_x, middle if grid.shape == "square" else min(middle, max(lowest, top + radius)), radius

    def _part(self, content: PartContent, slot: tuple[float, float], start: float) -> _Part:
        grid, look, unit, radius = self._stage.grid, self._look, self._stage.grid.unit, self._part_radius
        x, y = self._x + slot[0] * self._radius, self._y + slot[1] * self._radius
        right = grid.low_right if y > 0.45 * grid.height else grid.right
        x = min(max(x, grid.left + radius), right - radius)
        angle, distance = math.atan2(self._y - y, self._x - x), math.hypot(self._x - x, self._y - y)
        begin, end = radius + 14 * unit, distance - self._radius * 0.84
        thread = rounded(max(4.0, end - begin), 4 * unit, 2 * unit, look.line, 0.75)
        widest = (_WIDE_LABEL_U if grid.is_wide or not slot[0] else _LABEL_U) * unit
        size, text = fit_line(content.label, "bold", [40 * unit, 35 * unit, 30 * unit], max_width=widest)
        label = text_sprite(text, "bold", size, look.text)
        half = label.ink_width / 2
        return _Part(
            plate=disc(radius * 2, look.plate),
            ring=disc(radius * 2, look.line, 0.9, ring=4 * unit),
            icon=emoji(content.icon, int(radius * 1.16)),
            label=label,
            label_x=min(max(x, grid.left + half), right - half),
            x=x,
            y=y,
            angle=angle,
            thread=thread if end > begin + 14 * unit else None,
            thread_middle=(begin + end) / 2,
            thread_end=end,
            knot=disc(14 * unit, look.line),
            start=start,
        )

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._draw_pedestal(moment)
        for part in self._parts:
            self._draw_thread(moment, part)
        for hero in self._heroes:
            self._draw_hero(moment, hero)
        for number, part in enumerate(self._parts):
            self._draw_part(moment, part, number)
        for heading in self._headings:
            since = moment.t - heading.start - (GONE_S if heading.start else 0.1)
            heading.block.draw(moment, since, gone=moment.t - heading.end)

    def _draw_pedestal(self, moment: Moment) -> None:
        t, radius, x = moment.t, self._radius, self._x
        rest = self._y + radius * 0.98
        moment.place(self._pedestal, x, rest + (1 - expo(t, 0.6)) * radius * 0.4, opacity=expo(t, 0.3))
        landed = min(1.0, max(0.0, spring(t - 0.05, 0.55, bounce=0.25)))
        breath = 0.92 - 0.06 * math.sin(t * 1.7)
        moment.place(self._shadow, x, rest - radius * 0.10, scale=breath * landed, opacity=landed * 0.9)

    def _draw_hero(self, moment: Moment, hero: _Hero) -> None:
        t, unit, since = moment.t, self._stage.grid.unit, moment.t - hero.start - (_SWAP_S if hero.start else 0.0)
        left = ramp(t - hero.end, 1 / _SWAP_S)
        if since <= 0 or left >= 1:
            return
        come = spring(since - 0.05, 0.55, bounce=0.25)
        y = self._y - self._radius * 0.06 + math.sin(t * 1.7) * 7.2 * unit + (1 - come) * 140 * unit
        turn = math.sin(t * 1.1) * 0.018
        scale, opacity = (0.55 + 0.45 * come) * (1 - 0.35 * left**2), ramp(since, 6) * (1 - left)
        moment.place(hero.sprite, self._x, y, scale=scale, turn=turn, opacity=opacity)

    def _draw_thread(self, moment: Moment, part: _Part) -> None:
        shown = expo(moment.t - part.start - 0.1, 0.4)
        if part.thread is None:
            return
        cos, sin = math.cos(part.angle), math.sin(part.angle)
        middle, end = part.thread_middle, part.thread_end
        moment.place(part.thread, part.x + cos * middle, part.y + sin * middle, turn=part.angle, opacity=shown)
        moment.place(part.knot, part.x + cos * end, part.y + sin * end, opacity=shown)

    def _draw_part(self, moment: Moment, part: _Part, number: int) -> None:
        t, unit, since = moment.t, self._stage.grid.unit, moment.t - part.start
        size, shown = spring(since, 0.45, bounce=0.3), ramp(since, 8)
        y = part.y + math.sin(t * 1.5 + number * 1.9) * 5 * unit
        moment.place(part.plate, part.x, y, scale=size, opacity=shown)
        moment.place(part.ring, part.x, y, scale=size, opacity=shown)
        moment.place(part.icon, part.x, y, scale=size * (1 + 0.02 * math.sin(t * 2 + number)), opacity=shown)
        come = expo(since - 0.15, 0.5)
        baseline = y + self._part_radius + (52 + (1 - come) * 20) * unit
        moment.place(part.label, *anchored(part.label, part.label_x, baseline, "middle"), opacity=come)


def _part_starts(parts: Sequence[PartContent], *, latest: float) -> list[float]:
    """When the parts arrive: as they are spoken of, after the hero, one after another and in time to be read."""
    starts: list[float] = []
    for number, part in enumerate(parts):
        spoken = min(part.start - _EARLY_S, latest - _BETWEEN_S * (len(parts) - 1 - number))
        starts.append(max(spoken, starts[-1] + _BETWEEN_S if starts else _FIRST_PART_S))
    return starts
