"""Three to eight amounts of one unit as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.bars import Area, Bar, build_bars
from studio.picture.beside import heading_beside, is_timely, shown_at
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame
from studio.picture.ground import Light
from studio.picture.grounds import ground_of
from studio.picture.layouts import Painter
from studio.picture.phrases import emphasis_of
from studio.picture.scenetext import SceneText
from studio.picture.series import find_series, shown_amounts
from studio.picture.stage import Stage
from studio.picture.tones import tones_of
from studio.picture.unitheading import UnitHeading

_HEADINGS: Final = (96, 86, 78, 70, 62)
_FEWEST, _MOST = 3, 8


class BarContent(Model):
    """One bar: its name, the amount it is as long as, the figure as written, and when it is spoken in seconds."""

    label: str
    amount: float
    shown: Annotated[str, Field(min_length=1, max_length=40)]
    start: float = 0.0


class ChartContent(Model):
    """A heading, what the amounts are counted in (empty where it stands beside each), and the bars in order."""

    text: str = ""
    emphasis: str = ""
    unit: str = ""
    bars: Annotated[tuple[BarContent, ...], Field(min_length=2, max_length=_MOST)]


class Chart:
    """A sentence that names three amounts or more of one unit."""

    name = "chart"
    grounds: tuple[GroundName, ...] = ("deep", "paper")
    content = ChartContent
    repeats = False

    def match(self, scene: SceneText) -> ChartContent | None:
        """Three to eight amounts that can be compared, each with a name of its own."""
        series = find_series(scene, fewest=_FEWEST, most=_MOST)
        if series is None or not is_timely(scene, series.entries[0].quantity.start, series.end):
            return None
        heading = heading_beside(scene, series.start, series.end)
        shown, unit = shown_amounts([entry.quantity for entry in series.entries], chinese=scene.is_chinese)
        return ChartContent(
            text=heading,
            emphasis=emphasis_of(heading, chinese=scene.is_chinese, keywords=scene.keywords),
            unit=unit,
            bars=tuple(
                BarContent(
                    label=entry.label,
                    amount=entry.quantity.amount,
                    shown=text,
                    start=shown_at(scene, entry.quantity.start),
                )
                for entry, text in zip(series.entries, shown, strict=True)
            ),
        )

    def words_shown(self, content: ChartContent) -> str:
        """Nothing: the sentence is taken apart."""
        return ""

    def draw(self, stage: Stage, content: ChartContent) -> Painter:
        """Heading and bars."""
        return _Painting(stage, content).draw


class _Painting:
    def __init__(self, stage: Stage, content: ChartContent) -> None:
        self._stage, palette = stage, stage.palette
        lights = [Light(0.75, 0.55, 0.7, palette.glow, 0.22), Light(0.1, 0.1, 0.5, palette.glow, 0.12)]
        self._ground = ground_of(stage, lights, vignette=0.2)
        self._chrome = Chrome(stage, tones_of(stage).chrome)
        self._heading = UnitHeading(
            stage,
            text=content.text,
            emphasis=content.emphasis,
            unit=content.unit,
            sizes=_HEADINGS[1:] if stage.grid.shape == "square" else _HEADINGS,
        )
        self._bars = build_bars(stage, _bars(content.bars, latest=stage.duration - 1.6), self._area())

    def _area(self) -> Area:
        grid, unit = self._stage.grid, self._stage.grid.unit
        if grid.is_wide:
            return Area(grid.width * 0.46, grid.top + 80 * unit, grid.right, grid.bottom)
        top = self._heading.end(76 * unit) + (56 if grid.is_upright else 34) * unit
        return Area(grid.left, top, grid.low_right, grid.bottom)

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._heading.draw(moment)
        self._bars.draw(moment)


def _bars(bars: Sequence[BarContent], *, latest: float) -> list[Bar]:
    """The bars, the longest one the chief; all of them grow in time to be read."""
    chief = max(range(len(bars)), key=lambda number: bars[number].amount)
    found: list[Bar] = []
    for number, bar in enumerate(bars):
        start = min(bar.start, latest - 0.12 * (len(bars) - 1 - number))
        start = max(0.35, start, found[-1].start + 0.11 if found else 0.0)
        found.append(Bar(bar.label, bar.amount, bar.shown, start, is_chief=number == chief))
    return found
