"""Opening: the film's title over a landscape of its topic."""

from __future__ import annotations

import math
from typing import Final

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.chrome import Chrome
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import Setting, Step, fit_block, fit_line
from studio.picture.geometry import Grid
from studio.picture.grounds import ground_of
from studio.picture.icons import hero_icon
from studio.picture.iconwords import find_icon
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, spring
from studio.picture.phrases import emphasis_of, short_title
from studio.picture.scenetext import SceneText
from studio.picture.setpieces import build_scenery
from studio.picture.setpieces.site import Scenery
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import BOX_PADDING_EM, Ink, TextBlock, emphasis_span
from studio.picture.tones import tones_of
from studio.picture.typography import anchored, text_sprite

_LADDERS: Final = {
    "tall": ((188, 2), (168, 2), (150, 2), (142, 3), (128, 3), (112, 3), (96, 4), (80, 5), (68, 6)),
    "portrait": ((176, 2), (160, 2), (142, 3), (128, 3), (112, 3), (96, 4), (80, 5), (68, 6)),
    "wide": ((150, 2), (132, 3), (116, 3), (96, 4), (80, 5), (68, 6)),
    "square": ((160, 2), (142, 2), (128, 3), (112, 3), (96, 4), (80, 5), (68, 6)),
}
_HORIZONS: Final = {"tall": (0.53, 0.62), "portrait": (0.62, 0.74), "wide": (0.60, 0.76), "square": (0.66, 0.76)}
"""Highest and lowest place of the horizon; a long title pushes it down."""

_ICON_U: Final = 400


class TitleContent(Model):
    """A title with the part of it that surprises, and the icon that stands on the horizon of a moonless world."""

    text: str
    emphasis: str = ""
    subtitle: str = ""
    icon: str = ""


class Title:
    """First scene of every film."""

    name = "title"
    grounds: tuple[GroundName, ...] = ("deep", "vivid", "paper")
    content = TitleContent
    repeats = False

    def match(self, scene: SceneText) -> TitleContent | None:
        """The first scene, always."""
        if scene.place != "opening":
            return None
        text = short_title(scene.film.title, chinese=scene.is_chinese)
        icon = find_icon(text, chinese=scene.is_chinese) or scene.film.icon
        return TitleContent(text=text, emphasis=emphasis_of(text, chinese=scene.is_chinese), icon=icon)

    def words_shown(self, content: TitleContent) -> str:
        """The title."""
        return content.text

    def draw(self, stage: Stage, content: TitleContent) -> Painter:
        """Title over a live set-piece."""
        return _Painting(stage, content).draw


class _Painting:
    def __init__(self, stage: Stage, content: TitleContent) -> None:
        self._stage, grid, self._tones = stage, stage.grid, tones_of(stage)
        self._chrome = Chrome(stage, self._tones.chrome)
        setting = _set(grid, content)
        ink = Ink(self._tones.text, self._tones.hi, self._tones.on_hi)
        span = emphasis_span(content.text, content.emphasis)
        self._text = TextBlock(setting, "black", ink, x=grid.left, top=_top(grid, setting), emphasis=span)
        self._subtitle = self._subtitle_sprite(content.subtitle)
        bottom = self._text.bottom + 90 * grid.unit * bool(self._subtitle)
        self._scenery = self._build_scenery(bottom)
        self._ground = ground_of(stage, self._scenery.lights, vignette=0.15, scenery=self._scenery)
        self._icon = self._icon_sprite(content.icon, bottom)

    def _build_scenery(self, text_bottom: float) -> Scenery:
        grid = self._stage.grid
        highest, lowest = _HORIZONS[grid.shape]
        below = 60 if grid.is_wide else 290 if self._stage.palette.piece in ("sun", "moon") else 330
        wanted = (text_bottom + below * grid.unit) / grid.height
        self._horizon = min(lowest, max(highest, wanted))
        scenery = build_scenery(grid, self._stage.palette, self._stage.ground, horizon=self._horizon, is_live=True)
        body = scenery.luminary
        if body is not None and not grid.is_wide and body.y - body.sprite.height / 2 < text_bottom:
            scenery.luminary = None
        return scenery

    def _icon_sprite(self, name: str, text_bottom: float) -> tuple[Sprite, float, float] | None:
        """An icon where there is no sun or moon, standing on the horizon; none where it would touch the text."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        if not name or self._scenery.luminary is not None:
            return None
        sunk = self._horizon * grid.height + self._scenery.footing * unit
        feet = min(sunk, grid.band_top - 14 * unit)
        room = feet - (grid.top + 100 * unit if grid.is_wide else text_bottom + 30 * unit)
        size = int(min(_ICON_U * unit, room))
        if size < 140 * unit:
            return None
        x = grid.width * 0.76 if grid.is_wide else grid.centre_x
        return hero_icon(name, size), x, feet - size / 2

    def _subtitle_sprite(self, text: str) -> Sprite | None:
        if not text:
            return None
        grid = self._stage.grid
        size, line = fit_line(text, "medium", [46 * grid.unit, 38 * grid.unit], max_width=_width(grid))
        return text_sprite(line, "medium", size, self._tones.text)

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        if self._icon is not None:
            self._draw_icon(moment, *self._icon)
        self._scenery.draw(moment)
        self._chrome.draw(moment)
        self._text.draw_standing(moment, moment.t)
        if self._subtitle is not None:
            self._draw_subtitle(moment, self._subtitle)

    def _draw_icon(self, moment: Moment, icon: Sprite, x: float, y: float) -> None:
        unit, come = self._stage.grid.unit, spring(moment.t - 0.1, 0.6, bounce=0.2)
        bob = math.sin(moment.t * 1.7) * 7 * unit
        moment.fix(icon, x, y + bob + (1 - come) * 160 * unit, opacity=ramp(moment.t - 0.05, 5))

    def _draw_subtitle(self, moment: Moment, sprite: Sprite) -> None:
        grid, come = self._stage.grid, expo(moment.t - 0.55, 0.6)
        y = self._text.bottom + (74 + (1 - come) * 30) * grid.unit
        moment.place(sprite, *anchored(sprite, grid.left + 4 * grid.unit, y), opacity=come)


def _width(grid: Grid) -> float:
    return grid.body_width * (0.57 if grid.is_wide else 1.0)


def _set(grid: Grid, content: TitleContent) -> Setting:
    ladder: list[Step] = [(size * grid.unit, lines) for size, lines in _LADDERS[grid.shape]]
    padding = BOX_PADDING_EM if content.emphasis else 0.0
    return fit_block(
        content.text, "black", ladder, max_width=_width(grid), emphasis=content.emphasis, padding_em=padding
    )


def _top(grid: Grid, setting: Setting) -> float:
    height = len(setting.lines) * setting.size_px * 1.22
    if grid.is_wide:
        return grid.top + max(70 * grid.unit, (grid.body_height - height) * 0.42)
    room = max(0.0, (0.44 * grid.body_height - height) * 0.5)
    return grid.top + (90 if grid.is_upright else 70) * grid.unit + room
