"""Two to five steps on a winding path, each reached when it is spoken of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from studio.language.figures import find_ordinals
from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.beside import heading_beside, is_timely, shown_at
from studio.picture.chrome import Chrome
from studio.picture.colour import Colour, mix, to_rgba
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import Step, fit_block, fit_line, steps
from studio.picture.ground import Light
from studio.picture.grounds import ground_of
from studio.picture.icons import standing_icon
from studio.picture.iconwords import named_hero
from studio.picture.layouts import Painter
from studio.picture.milestones import MOST, find_course
from studio.picture.motion import expo, smooth, spring
from studio.picture.phrases import emphasis_of
from studio.picture.scenetext import SceneText
from studio.picture.shapes import OVERSAMPLE, disc, drawing, reduced
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock, emphasis_span
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite

_HEADINGS: Final = (92, 82, 74, 66, 60)
_DATES: Final = (72, 64, 56, 48, 42, 36)
_TEXTS: Final = ((52, 1), (48, 1), (44, 1), (48, 2), (44, 2), (40, 2), (36, 2), (32, 2), (32, 3), (28, 3))
_SWING_U, _THICK_U = 42, 14
"""How far the path winds to either side, and how thick it is."""

_LEAD_S, _TRAVEL_S = 0.45, 0.9
"""The traveller sets out this long before a step is spoken, and takes this long."""

_TALLEST_STEP_U, _ROOMY_STEP_U = 230, 168
_LATEST_S, _BETWEEN_S = 1.2, 0.35


class StepContent(Model):
    """One step: its date or the word that orders it, what happened, and when it is spoken of in seconds."""

    when: Annotated[str, Field(max_length=40)]
    text: str
    start: float = 0.0


class TimelineContent(Model):
    """A heading, who travels along the path, and the steps in order."""

    text: str = ""
    emphasis: str = ""
    icon: str = ""
    steps: Annotated[tuple[StepContent, ...], Field(min_length=2, max_length=MOST)]


class Timeline:
    """A scene that tells what came after what."""

    name = "timeline"
    grounds: tuple[GroundName, ...] = ("deep", "paper")
    content = TimelineContent
    repeats = False

    def match(self, scene: SceneText) -> TimelineContent | None:
        """Two dates or more in order of time, or three ordered steps that are no list."""
        course = find_course(scene, dated=True)
        if course is None and not find_ordinals(scene.narration):
            course = find_course(scene, dated=False)
        if course is None or not is_timely(scene, course.start, course.end):
            return None
        heading = heading_beside(scene, course.start, course.end)
        return TimelineContent(
            text=heading,
            emphasis=emphasis_of(heading, chinese=scene.is_chinese, keywords=scene.keywords),
            icon=named_hero(scene, near=heading) or scene.film.icon,
            steps=tuple(
                StepContent(when=step.when, text=step.text, start=shown_at(scene, step.position))
                for step in course.steps
            ),
        )

    def words_shown(self, content: TimelineContent) -> str:
        """Nothing: only key words are shown."""
        return ""

    def draw(self, stage: Stage, content: TimelineContent) -> Painter:
        """Heading, path, steps, traveller."""
        return _Painting(stage, content).draw


@dataclass(frozen=True)
class _Row:
    x: float
    y: float
    when: Sprite
    when_baseline: float
    text: TextBlock
    start: float


class _Painting:
    def __init__(self, stage: Stage, content: TimelineContent) -> None:
        self._stage, grid, palette = stage, stage.grid, stage.palette
        unit = grid.unit
        lights = [Light(0.15, 0.5, 0.6, palette.glow, 0.22), Light(0.9, 0.1, 0.6, palette.glow, 0.14)]
        self._ground = ground_of(stage, lights, vignette=0.2)
        self._chrome = Chrome(stage, tones_of(stage).chrome)
        self._text = self._heading(content)
        left, self._right, top, bottom = self._area()
        count = len(content.steps)
        self._step = min((bottom - top) / count, _TALLEST_STEP_U * unit)
        self._scale = min(1.0, self._step / (_ROOMY_STEP_U * unit))
        top += (bottom - top - self._step * count) * (0.5 if grid.is_wide else 0.3)
        self._first, self._swing = top + self._step / 2, _SWING_U * unit
        self._axis = left + self._swing + 66 * unit
        self._words_left = self._axis + self._swing + 110 * unit
        self._ladder = self._common_ladder(content.steps)
        starts = _starts(content.steps, latest=stage.duration - _LATEST_S)
        self._rows = [
            self._row(step, number, start)
            for number, (step, start) in enumerate(zip(content.steps, starts, strict=True))
        ]
        self._make_path(count)
        self._make_marks(content.icon)

    def _heading(self, content: TimelineContent) -> TextBlock:
        grid, tones = self._stage.grid, tones_of(self._stage)
        width = grid.body_width * (0.36 if grid.is_wide else 1.0)
        sizes = _HEADINGS[1:] if grid.shape == "square" else _HEADINGS
        ladder = steps(grid.unit, sizes, lines=4 if grid.is_wide else 2)
        setting = fit_block(content.text, "black", ladder, max_width=width, emphasis=content.emphasis)
        top = grid.top + (60 if grid.is_upright else 44) * grid.unit
        if grid.is_wide:
            top = grid.centre_y - len(setting.lines) * setting.size_px * 0.62
        span = emphasis_span(content.text, content.emphasis)
        return TextBlock(setting, "black", Ink(tones.text, tones.hi), x=grid.left, top=top, emphasis=span)

    def _area(self) -> tuple[float, float, float, float]:
        grid, unit = self._stage.grid, self._stage.grid.unit
        if grid.is_wide:
            return grid.width * 0.46, grid.right, grid.top + 64 * unit, grid.bottom
        top = self._text.bottom + (40 if grid.is_upright else 22) * unit
        return grid.left, grid.low_right, top, grid.bottom

    def _common_ladder(self, entries: Sequence[StepContent]) -> list[Step]:
        """The sizes from the largest at which all steps fit."""
        scaled, width = self._stage.grid.unit * self._scale, self._right - self._words_left
        room = self._step - _DATES[0] * scaled
        ladder: list[Step] = [(size * scaled, lines) for size, lines in _TEXTS if size * scaled * 1.2 * lines <= room]
        ladder = ladder or [(_TEXTS[-1][0] * scaled, 1)]
        settings = [fit_block(entry.text, "bold", ladder, max_width=width) for entry in entries]
        smallest = min(setting.size_px for setting in settings)
        return [(size, lines) for size, lines in ladder if size <= smallest]

    def _row(self, step: StepContent, number: int, start: float) -> _Row:
        tones, scaled = tones_of(self._stage), self._stage.grid.unit * self._scale
        width, y = self._right - self._words_left, self._first + self._step * number
        size, when = fit_line(step.when, "black", [each * scaled for each in _DATES], max_width=width)
        setting = fit_block(step.text, "bold", self._ladder, max_width=width)
        height = size * 0.74 + len(setting.lines) * setting.size_px * 1.2 + 14 * scaled
        top = y - height / 2
        text_top = top + size * 0.74 + 14 * scaled
        ink = Ink(tones.text, tones.text)
        return _Row(
            x=self._x_at(y),
            y=y,
            when=text_sprite(when, "black", size, tones.hi),
            when_baseline=top + size * 0.74,
            text=TextBlock(setting, "bold", ink, x=self._words_left, top=text_top, leading=1.2),
            start=start,
        )

    def _x_at(self, y: float) -> float:
        """Where the path is at the height of *y*."""
        return self._axis - self._swing * math.cos((y - self._first) / self._step * math.pi)

    def _make_path(self, count: int) -> None:
        tones, unit = tones_of(self._stage), self._stage.grid.unit
        self._path_top = self._first - min(self._step * 0.45, 62 * unit)
        self._path_bottom = self._first + self._step * (count - 1) + min(self._step * 0.4, 40 * unit)
        self._track = self._path(tones.track)
        self._trail = self._path(tones.hi)

    def _path(self, colour: Colour) -> Sprite:
        unit = self._stage.grid.unit
        thick, margin = _THICK_U * unit, 12 * unit
        image, draw = drawing(2 * self._swing + 2 * margin, self._path_bottom - self._path_top)
        self._path_middle = self._axis, self._path_top + image.height / OVERSAMPLE / 2
        radius = thick * OVERSAMPLE / 2
        rows = image.height - 2 * radius
        # Discs closer than a pixel: a line of joints shows its corners.
        for at in range(max(1, int(rows))):
            y = radius + at
            x = self._x_at(self._path_top + y / OVERSAMPLE) - self._axis + image.width / OVERSAMPLE / 2
            centre = x * OVERSAMPLE
            draw.ellipse((centre - radius, y - radius, centre + radius, y + radius), fill=to_rgba(colour))
        return Sprite(reduced(image))

    def _make_marks(self, icon: str) -> None:
        tones, unit = tones_of(self._stage), self._stage.grid.unit * max(0.72, self._scale)
        self._waiting = disc(46 * unit, mix(tones.track, tones.text, 0.18))
        self._reached, self._core = disc(46 * unit, tones.hi), disc(20 * unit, tones.core)
        size = min(124 * unit, self._step * 0.84)
        self._plate = disc(size, tones.badge) if icon else disc(size * 0.5, tones.text)
        self._icon = standing_icon(icon, int(size * 0.66)) if icon else None

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._text.draw(moment, moment.t)
        moment.place(self._track, *self._path_middle, opacity=expo(moment.t, 0.5))
        y = self._travelled(moment.t)
        moment.place(self._trail, *self._path_middle, clip=(0, 0, frame.width, y))
        for row in self._rows:
            self._draw_row(moment, row)
        self._draw_traveller(moment, y)

    def _travelled(self, t: float) -> float:
        y = self._path_top + 10 * self._stage.grid.unit
        for row in self._rows:
            y += (row.y - y) * smooth(t - row.start + _LEAD_S, _TRAVEL_S)
        return y

    def _draw_row(self, moment: Moment, row: _Row) -> None:
        t, unit, since = moment.t, self._stage.grid.unit, moment.t - row.start
        moment.place(self._waiting, row.x, row.y, scale=expo(t - 0.1, 0.4), opacity=0.9 * expo(t, 0.4))
        if since <= 0:
            return
        size = spring(since, 0.45, bounce=0.3)
        moment.place(self._reached, row.x, row.y, scale=size)
        moment.place(self._core, row.x, row.y, scale=size)
        come = expo(since, 0.55)
        x = self._words_left - (1 - come) * 40 * unit
        moment.place(row.when, *anchored(row.when, x, row.when_baseline), opacity=come)
        row.text.draw(moment, since - 0.1)

    def _draw_traveller(self, moment: Moment, y: float) -> None:
        t, x = moment.t, self._x_at(y)
        size = spring(t - 0.1, 0.5, bounce=0.2)
        moment.place(self._plate, x, y, scale=size)
        if self._icon is not None:
            bob = math.sin(t * 3.1) * 2.5 * self._stage.grid.unit
            moment.place(self._icon, x, y + bob, scale=size, turn=math.sin(t * 2.2) * 0.04)


def _starts(entries: Sequence[StepContent], *, latest: float) -> list[float]:
    """When the steps are reached: as they are spoken of, one after another and in time to be read."""
    starts: list[float] = []
    for number, entry in enumerate(entries):
        spoken = min(entry.start, latest - _BETWEEN_S * (len(entries) - 1 - number))
        starts.append(max(spoken, starts[-1] + _BETWEEN_S if starts else 0.35))
    return starts
