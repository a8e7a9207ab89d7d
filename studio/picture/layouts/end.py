"""Closing card: who made this, how to see more, what it was made with."""

from __future__ import annotations

import math
from typing import Final

from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.branding import logo_sprite
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import Step, fit_block, fit_line, steps
from studio.picture.fonts import Face
from studio.picture.ground import Placed
from studio.picture.grounds import ground_of
from studio.picture.icons import STRAIGHT_EDGED, sign, standing_icon
from studio.picture.layouts import Painter
from studio.picture.motion import expo, ramp, spring
from studio.picture.phrases import short_title
from studio.picture.scenetext import SceneText
from studio.picture.shapes import disc, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock
from studio.picture.tones import tones_of
from studio.picture.typography import Anchor, anchored, text_sprite

_NAMES: Final[tuple[Step, ...]] = ((112, 1), (96, 1), (84, 2), (72, 2), (62, 2), (54, 3))
_LOGO_U: Final = {"tall": 300, "portrait": 300, "wide": 400, "square": 210}
_SMALLEST_LOGO_U: Final = 130
_RINGS: Final = ((1.94, 0.10), (2.94, 0.07), (4.06, 0.05))
"""Diameter in logos and opacity of the rings in the ground."""


_ICON_SHARE, _BADGE_SHARE = 0.63, 1.0
"""Size of the emblem in the disc it stands on; a round badge all but fills it."""


class EndContent(Model):
    """Name, a line under it, the call to action, what comes next, credits."""

    name: str
    tag: str = ""
    call: str
    icon: str
    following: str = ""
    credit: str = ""


class End:
    """Last scene of every film of two scenes or more."""

    name = "end"
    grounds: tuple[GroundName, ...] = ("vivid", "deep", "paper")
    content = EndContent
    repeats = False

    def match(self, scene: SceneText) -> EndContent | None:
        """The last scene, always."""
        if scene.place != "ending":
            return None
        film = scene.film
        return EndContent(
            name=film.name or short_title(film.title, chinese=scene.is_chinese),
            tag=film.tagline,
            call=film.call or ("追蹤" if scene.is_chinese else "Follow"),
            icon=film.icon,
            following=film.following,
            credit=film.credit,
        )

    def words_shown(self, content: EndContent) -> str:
        """Nothing."""
        return ""

    def draw(self, stage: Stage, content: EndContent) -> Painter:
        """Emblem, name, button."""
        return _Painting(stage, content).draw


class _Painting:
    def __init__(self, stage: Stage, content: EndContent) -> None:
        self._stage, grid, self._tones = stage, stage.grid, tones_of(stage)
        unit, colour = grid.unit, self._tones.text
        self._logo_size = _LOGO_U[grid.shape] * unit
        self._ground = ground_of(stage)
        self._x = grid.left if grid.is_wide else grid.centre_x
        self._width = grid.body_width * (0.52 if grid.is_wide else 0.94)
        self._lay_out(content)
        self._logo = disc(self._logo_size, self._tones.badge)
        self._icon = self._emblem(content.icon)
        self._pulse = disc(self._logo_size * 1.13, colour, 0.9, ring=5 * unit)
        for share, opacity in _RINGS:
            ring = disc(self._logo_size * share, colour, opacity, ring=3 * unit)
            self._ground.baked.append(Placed(ring, *self._logo_place))

    def _emblem(self, icon: str) -> Sprite:
        """The brand's sign where there is one, else the film's icon."""
        if self._stage.logo is not None:
            return logo_sprite(self._stage.logo, disc_px=int(self._logo_size))
        share = _BADGE_SHARE if icon in STRAIGHT_EDGED else _ICON_SHARE
        return standing_icon(icon, int(self._logo_size * share))

    def _lay_out(self, content: EndContent) -> None:
        """Stack name, tag, button and the next film; the whole stack is centred in the room that it has."""
        grid, unit = self._stage.grid, self._stage.grid.unit
        setting = fit_block(content.name, "black", [(s * unit, n) for s, n in _NAMES], max_width=self._width)
        self._tags = self._lines(content.tag, (50, 46, 42), 2)
        self._make_button(content.call)
        self._following = self._lines(content.following, (46, 40), 1)
        self._credits = self._credit_lines(content.credit)
        name = len(setting.lines) * setting.size_px * 1.18
        tag = (8 + 62 * len(self._tags)) * unit if self._tags else 0.0
        button, following = (34 + 144) * unit, 84 * unit * bool(self._following)
        foot = grid.bottom - (60 + 40 * (len(self._credits) - 1)) * unit
        rest = foot - grid.top - (name + tag + button + following)
        logo = 0.0
        if not grid.is_wide:
            self._logo_size = max(_SMALLEST_LOGO_U * unit, min(self._logo_size, (rest - 30 * unit) / 1.13))
            logo = self._logo_size * 1.13 + 30 * unit
        rest -= logo
        y = grid.top + max(0.0, rest) * (0.5 if grid.is_wide else 0.28)
        middle = y + self._logo_size * 0.565
        self._logo_place = (grid.width * 0.74, grid.centre_y) if grid.is_wide else (grid.centre_x, middle)
        y += logo
        ink = Ink(self._tones.text, self._tones.text)
        anchor: Anchor = "left" if grid.is_wide else "middle"
        self._name = TextBlock(setting, "black", ink, x=self._x, top=y, anchor=anchor, leading=1.18)
        self._tag_baseline = y + name + (8 + 42) * unit
        self._button_y = y + name + tag + (34 + 72) * unit
        self._following_baseline = self._button_y + 140 * unit

    def _lines(self, text: str, sizes: tuple[int, ...], lines: int) -> list[Sprite]:
        unit = self._stage.grid.unit
        face: Face = "medium" if lines > 1 else "bold"
        setting = fit_block(text, face, steps(unit, sizes, lines=lines), max_width=self._width)
        return [text_sprite(line.text, face, setting.size_px, self._tones.text) for line in setting.lines]

    def _credit_lines(self, credit: str) -> list[Sprite]:
        grid = self._stage.grid
        ladder = steps(grid.unit, (28, 26), lines=2)
        setting = fit_block(credit, "medium", ladder, max_width=min(self._stage.grid.body_width, 1000 * grid.unit))
        return [
            text_sprite(line.text, "medium", setting.size_px, self._tones.text, opacity=0.92) for line in setting.lines
        ]

    def _make_button(self, call: str) -> None:
        tones, unit = self._tones, self._stage.grid.unit
        _, text = fit_line(call, "black", [66 * unit], max_width=self._width - 230 * unit)
        self._call = text_sprite(text, "black", 66 * unit, tones.on_hi)
        self._button_width = self._call.ink_width + 210 * unit
        self._button = rounded(self._button_width, 144 * unit, 72 * unit, tones.hi)
        self._plus = sign("plus-circle-fill", int(76 * unit), tones.on_hi)

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._draw_logo(moment)
        self._name.draw(moment, moment.t - 0.2)
        for number, line in enumerate(self._tags):
            self._draw_line(
                moment, line, self._tag_baseline + 62 * number * self._stage.grid.unit, 0.35 + 0.08 * number
            )
        self._draw_button(moment)
        for line in self._following:
            self._draw_line(moment, line, self._following_baseline, 1.0)
        self._draw_credits(moment)

    def _draw_logo(self, moment: Moment) -> None:
        t, (x, y) = moment.t, self._logo_place
        size = spring(t - 0.05, 0.55, bounce=0.25)
        beat = (t % 1.6) / 1.6
        opacity = 0.5 * (1 - beat) * min(1.0, t * 2)
        moment.place(self._pulse, x, y, scale=(1 + 0.45 * beat) * min(1.0, size), opacity=opacity)
        moment.place(self._logo, x, y, scale=size)
        bob = math.sin(t * 1.8) * 5 * self._stage.grid.unit
        moment.place(self._icon, x, y + bob, scale=size, turn=math.sin(t * 1.4) * 0.04)

    def _draw_line(self, moment: Moment, line: Sprite, baseline: float, delay: float) -> None:
        come = expo(moment.t - delay, 0.6)
        y = baseline + (1 - come) * 24 * self._stage.grid.unit
        anchor: Anchor = "left" if self._stage.grid.is_wide else "middle"
        moment.place(line, *anchored(line, self._x, y, anchor), opacity=come)

    def _draw_button(self, moment: Moment) -> None:
        t, unit, y = moment.t, self._stage.grid.unit, self._button_y
        press = 1 - 0.05 * math.exp(-(((t - 1.9) / 0.09) ** 2)) + 0.012 * math.sin(t * 2.6)
        size, shown = spring(t - 0.7, 0.5, bounce=0.28) * press, ramp(t - 0.7, 7)
        x = self._x + self._button_width / 2 if self._stage.grid.is_wide else self._x
        moment.place(self._button, x, y, scale=size, opacity=shown)
        moment.place(self._plus, x + (88 * unit - self._button_width / 2) * size, y, scale=size, opacity=shown)
        call_x, call_y = anchored(self._call, x + 46 * unit, y + 24 * unit, "middle")
        place = x + (call_x - x) * size, y + (call_y - y) * size
        moment.place(self._call, *place, scale=size, opacity=shown)

    def _draw_credits(self, moment: Moment) -> None:
        grid, come = self._stage.grid, expo(moment.t - 1.2, 0.6)
        for number, line in enumerate(reversed(self._credits)):
            y = grid.bottom - (8 + 40 * number) * grid.unit
            if grid.is_wide:
                moment.place(line, *anchored(line, grid.left, y), opacity=come)
            else:
                moment.place(line, *anchored(line, grid.centre_x, y, "middle"), opacity=come)
