"""Two sides against each other: as bars where both have a figure of one unit, else as two cards."""

from __future__ import annotations

from typing import Final

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.bars import Area
from studio.picture.beside import heading_beside, is_timely, shown_at
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame
from studio.picture.contrast import find_contrast
from studio.picture.ground import Light
from studio.picture.grounds import ground_of
from studio.picture.iconwords import item_icons
from studio.picture.layouts import Painter
from studio.picture.phrases import emphasis_of
from studio.picture.scenetext import SceneText
from studio.picture.series import find_series, shown_amounts
from studio.picture.sides import FigureColumns, SideCards, SideContent
from studio.picture.stage import Stage
from studio.picture.tones import tones_of
from studio.picture.unitheading import UnitHeading

_HEADINGS: Final = (92, 82, 72, 64, 56)
_SECOND_S, _LATEST_S = 0.16, 1.5
"""The second side waits for the first, and comes in time to be read."""


class ComparisonContent(Model):
    """A heading, what the figures are counted in, and the two sides."""

    text: str = ""
    emphasis: str = ""
    unit: str = ""
    sides: tuple[SideContent, SideContent]


class Comparison:
    """A sentence that sets two named things against each other."""

    name = "comparison"
    grounds: tuple[GroundName, ...] = ("deep", "paper")
    content = ComparisonContent
    repeats = False

    def match(self, scene: SceneText) -> ComparisonContent | None:
        """Two amounts of one unit with a name each, or two sides of a contrast; at most one figure a side."""
        return _by_figures(scene) or _by_words(scene)

    def words_shown(self, content: ComparisonContent) -> str:
        """Nothing: the sentence is taken apart."""
        return ""

    def draw(self, stage: Stage, content: ComparisonContent) -> Painter:
        """Heading, and two bars or two cards."""
        return _Painting(stage, content).draw


def _by_figures(scene: SceneText) -> ComparisonContent | None:
    series = find_series(scene, fewest=2, most=2)
    if series is None or not is_timely(scene, series.entries[0].quantity.start, series.end):
        return None
    if any(entry.quantity.amount < 0 for entry in series.entries):
        return None
    shown, unit = shown_amounts([entry.quantity for entry in series.entries], chinese=scene.is_chinese, beside=3)
    icons = item_icons([entry.label for entry in series.entries], chinese=scene.is_chinese)
    first, second = (
        SideContent(
            name=entry.label,
            icon=icon,
            amount=entry.quantity.amount,
            shown=text,
            start=shown_at(scene, entry.quantity.start),
        )
        for entry, icon, text in zip(series.entries, icons, shown, strict=True)
    )
    return _content(scene, (first, second), series.start, series.end, unit=unit)


def _by_words(scene: SceneText) -> ComparisonContent | None:
    found = find_contrast(scene)
    if found is None or not is_timely(scene, min(side.start for side in found.sides), found.end):
        return None
    icons = item_icons([side.name for side in found.sides], chinese=scene.is_chinese)
    first, second = (
        SideContent(name=side.name, note=side.note, icon=icon, start=shown_at(scene, side.start))
        for side, icon in zip(found.sides, icons, strict=True)
    )
    return _content(scene, (first, second), found.start, found.end)


def _content(
    scene: SceneText, sides: tuple[SideContent, SideContent], start: int, end: int, *, unit: str = ""
) -> ComparisonContent:
    heading = heading_beside(scene, start, end)
    emphasis = emphasis_of(heading, chinese=scene.is_chinese, keywords=scene.keywords)
    return ComparisonContent(text=heading, emphasis=emphasis, unit=unit, sides=sides)


class _Painting:
    def __init__(self, stage: Stage, content: ComparisonContent) -> None:
        self._stage, palette = stage, stage.palette
        lights = [Light(0.25, 0.5, 0.6, palette.glow, 0.20), Light(0.8, 0.5, 0.6, palette.glow, 0.12)]
        self._ground = ground_of(stage, lights, vignette=0.2)
        self._chrome = Chrome(stage, tones_of(stage).chrome)
        self._heading = UnitHeading(
            stage, text=content.text, emphasis=content.emphasis, unit=content.unit, sizes=_HEADINGS
        )
        starts = _starts(content.sides, latest=stage.duration - _LATEST_S)
        has_figures = all(side.amount is not None and side.shown for side in content.sides)
        self._sides = (FigureColumns if has_figures else SideCards)(stage, content.sides, self._area(), starts)

    def _area(self) -> Area:
        grid, unit = self._stage.grid, self._stage.grid.unit
        if grid.is_wide:
            return Area(grid.width * 0.47, grid.top + 70 * unit, grid.right, grid.bottom)
        top = self._heading.end(72 * unit) + (60 if grid.is_upright else 34) * unit
        return Area(grid.left, top, grid.low_right, grid.bottom)

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._heading.draw(moment)
        self._sides.draw(moment)


def _starts(sides: tuple[SideContent, SideContent], *, latest: float) -> tuple[float, float]:
    """When the sides arrive: as they are spoken of, not on top of each other and in time to be read."""
    first, second = (max(0.3, min(side.start, latest)) for side in sides)
    if abs(first - second) < _SECOND_S:
        second = first + _SECOND_S
    return first, second
