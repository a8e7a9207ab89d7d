"""The thing a scene is about on a pedestal, with its parts around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import fit_block, fit_line, steps
from studio.picture.icons import emoji
from studio.picture.iconwords import choose_hero, find_parts
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, spring
from studio.picture.pedestal import lit_ground, look_of, pedestal, shadow
from studio.picture.phrases import emphasis_of, heading_of
from studio.picture.scenetext import SceneText
from studio.picture.shapes import disc, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock, emphasis_span
from studio.picture.typography import anchored, text_sprite

_SIZES: Final = (104, 92, 80, 70, 60)
_LARGEST_RADIUS_U: Final = {"tall": 300, "wide": 270, "square": 250}
_SLOTS: Final[dict[int, tuple[tuple[float, float], ...]]] = {
    1: ((1.27, -0.45),),
    2: ((-1.27, -0.45), (1.27, -0.45)),
    3: ((-1.27, -0.50), (1.27, -0.50), (0.0, 1.12)),
    4: ((-1.27, -0.62), (1.27, -0.62), (-1.33, 0.55), (1.22, 0.55)),
}
"""Where the parts stand around the hero, in its radius."""

_LABEL_U, _WIDE_LABEL_U = 176, 280
"""Widest label beside the hero, and where there is more room."""


class PartContent(Model):
    """A labelled part of the thing shown."""

    icon: str
    label: str


class IllustrationContent(Model):
    """A heading of a few words, the icon of the thing, up to four parts of it."""

    text: str
    emphasis: str = ""
    hero: str
    parts: tuple[PartContent, ...] = ()


class Illustration:
    """What every scene qualifies for."""

    name = "illustration"
    grounds: tuple[GroundName, ...] = ("deep", "paper")
    content = IllustrationContent
    repeats = True

    def match(self, scene: SceneText) -> IllustrationContent | None:
        """Always."""
        text = heading_of(scene)
        hero = choose_hero(scene, near=text)
        parts = tuple(PartContent(icon=icon, label=label) for label, icon in find_parts(scene, hero=hero, heading=text))
        emphasis = emphasis_of(text, chinese=scene.is_chinese)
        return IllustrationContent(text=text, emphasis=emphasis, hero=hero, parts=parts)

    def words_shown(self, content: IllustrationContent) -> str:
        """Nothing: the heading is not the sentence."""
        return ""

    def draw(self, stage: Stage, content: IllustrationContent) -> Painter:
        """Heading, hero, parts."""
        return _Painting(stage, content).draw


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


class _Painting:
    def __init__(self, stage: Stage, content: IllustrationContent) -> None:
        self._stage, unit = stage, stage.grid.unit
        self._look = look = look_of(stage)
        self._chrome = Chrome(stage, look.chrome)
        self._text = self._heading(content)
        self._x, self._y, self._radius = self._place(len(content.parts))
        radius = self._radius
        self._ground = lit_ground(stage, look, self._x, self._y, radius)
        self._pedestal, self._shadow = pedestal(look, radius), shadow(look, radius)
        self._hero = emoji(content.hero, int(radius * 1.86))
        self._part_radius = min((76 if len(content.parts) < 4 else 70) * unit, radius * 0.30)
        slots = _SLOTS.get(len(content.parts), ())
        self._parts = [self._part(part, slot) for part, slot in zip(content.parts, slots, strict=False)]

    def _heading(self, content: IllustrationContent) -> TextBlock:
        grid, look = self._stage.grid, self._look
        width = grid.body_width * (0.40 if grid.is_wide else 1.0)
        ladder = steps(grid.unit, _SIZES, lines=3 if grid.is_wide else 2)
        setting = fit_block(content.text, "black", ladder, max_width=width, emphasis=content.emphasis)
        top = grid.top + (56 if grid.shape == "tall" else 48) * grid.unit
        if grid.is_wide:
            top = grid.centre_y - len(setting.lines) * setting.size_px * 0.62
        return TextBlock(
            setting,
            "black",
            Ink(look.text, look.emphasis),
            x=grid.left if grid.is_wide else grid.centre_x,
            top=top,
            anchor="left" if grid.is_wide else "middle",
            emphasis=emphasis_span(content.text, content.emphasis),
            leading=1.24,
        )

    def _place(self, parts: int) -> tuple[float, float, float]:
        """Centre and radius of the hero: as large as the room under the heading lets it be."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        largest = _LARGEST_RADIUS_U[grid.shape] * unit
        top = grid.top + 70 * unit if grid.is_wide else self._text.bottom + 34 * unit
        below = 1.29 if parts not in (3, 4) else 1.42
        foot = 0.0 if parts not in (3, 4) else 74 * unit
        radius = min(largest, (grid.bottom - top - foot) / (0.99 + below))
        middle = (top + 0.99 * radius + grid.bottom - foot - below * radius) / 2
        if grid.is_wide:
            return grid.width * 0.70, middle, radius
        lowest = grid.top + grid.body_height * 0.555
        return grid.centre_x, middle if grid.shape == "square" else min(middle, max(lowest, top + radius)), radius

    def _part(self, content: PartContent, slot: tuple[float, float]) -> _Part:
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
        )

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._draw_pedestal(moment)
        for number, part in enumerate(self._parts):
            self._draw_thread(moment, part, number)
        self._draw_hero(moment)
        for number, part in enumerate(self._parts):
            self._draw_part(moment, part, number)
        self._text.draw(moment, moment.t - 0.1)

    def _draw_pedestal(self, moment: Moment) -> None:
        t, radius, x = moment.t, self._radius, self._x
        rest = self._y + radius * 0.98
        moment.place(self._pedestal, x, rest + (1 - expo(t, 0.6)) * radius * 0.4, opacity=expo(t, 0.3))
        landed = min(1.0, max(0.0, spring(t - 0.05, 0.55, bounce=0.25)))
        breath = 0.92 - 0.06 * math.sin(t * 1.7)
        moment.place(self._shadow, x, rest - radius * 0.10, scale=breath * landed, opacity=landed * 0.9)

    def _draw_hero(self, moment: Moment) -> None:
        t, unit = moment.t, self._stage.grid.unit
        come = spring(t - 0.05, 0.55, bounce=0.25)
        y = self._y - self._radius * 0.06 + math.sin(t * 1.7) * 7.2 * unit + (1 - come) * 140 * unit
        turn = math.sin(t * 1.1) * 0.018
        moment.place(self._hero, self._x, y, scale=0.55 + 0.45 * come, turn=turn, opacity=ramp(t, 6))

    def _draw_thread(self, moment: Moment, part: _Part, number: int) -> None:
        shown = expo(_since(moment, number) - 0.1, 0.4)
        if part.thread is None:
            return
        cos, sin = math.cos(part.angle), math.sin(part.angle)
        middle, end = part.thread_middle, part.thread_end
        moment.place(part.thread, part.x + cos * middle, part.y + sin * middle, turn=part.angle, opacity=shown)
        moment.place(part.knot, part.x + cos * end, part.y + sin * end, opacity=shown)

    def _draw_part(self, moment: Moment, part: _Part, number: int) -> None:
        t, unit, since = moment.t, self._stage.grid.unit, _since(moment, number)
        size, shown = spring(since, 0.45, bounce=0.3), ramp(since, 8)
        y = part.y + math.sin(t * 1.5 + number * 1.9) * 5 * unit
        moment.place(part.plate, part.x, y, scale=size, opacity=shown)
        moment.place(part.ring, part.x, y, scale=size, opacity=shown)
        moment.place(part.icon, part.x, y, scale=size * (1 + 0.02 * math.sin(t * 2 + number)), opacity=shown)
        come = expo(since - 0.15, 0.5)
        baseline = y + self._part_radius + (52 + (1 - come) * 20) * unit
        moment.place(part.label, *anchored(part.label, part.label_x, baseline, "middle"), opacity=come)


def _since(moment: Moment, number: int) -> float:
    return moment.t - 0.45 - 0.16 * number
