"""The words of another, and whose they are; Chinese stands in columns where the canvas is tall."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from typing import Annotated, Final

from pydantic import Field

from studio.language.segment import is_cjk
from studio.language.sentences import split_clauses
from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.beside import is_timely, shown_at
from studio.picture.chrome import Chrome
from studio.picture.colour import to_rgba
from studio.picture.compositor import Frame, Sprite
from studio.picture.fitting import Line, Setting, Step, fit_block, fit_line
from studio.picture.fonts import Face
from studio.picture.grounds import ground_of
from studio.picture.layouts import Painter
from studio.picture.motion import expo, spring
from studio.picture.quotation import find_quotation
from studio.picture.scenetext import SceneText
from studio.picture.shapes import OVERSAMPLE, drawing, reduced, rounded
from studio.picture.stage import Moment, Stage
from studio.picture.textblock import Ink, TextBlock
from studio.picture.tones import Tones, tones_of
from studio.picture.typography import anchored, covers, load_font, text_sprite, text_width
from studio.picture.vertical import COLUMN_EM, STEP_EM, VerticalText, can_stand, columns_of

_SPEAKER_S, _WAITS_S = 0.35, 0.8
"""The speaker comes this soon; words that begin later than this are waited for."""

_LARGEST_U, _SMALLEST_U = 150, 74
"""Hanzi in columns."""

_MOST_IN_COLUMN: Final = 13
_SEAL_U, _SEAL_GAP_U, _SEAL_MOST = 46, 34, 4
"""Hanzi of a seal, its distance from the name, and how many it may hold."""

_WHOLE_U: Final = 88
"""Down to this size clauses are not cut."""

_LADDER: Final[tuple[Step, ...]] = (
    *((112, 3), (100, 4), (92, 5), (84, 6), (76, 6), (68, 7), (62, 8)),
    *((56, 9), (50, 10), (44, 12), (38, 14), (32, 16)),
)
_LEADING: Final = 1.34
_CLAUSED_U: Final = 68
"""Down to this size each clause of Chinese has a line of its own."""

_CLAUSE_GAIN: Final = 0.6
"""A quotation is read clause by clause, however unequal the lines."""


class QuoteContent(Model):
    """The words without their marks, who said them, in which book, and when they begin in seconds."""

    text: Annotated[str, Field(max_length=400)]
    speaker: str = ""
    source: str = ""
    start: float = 0.0


class Quote:
    """A scene whose main part are another's words."""

    name = "quote"
    grounds: tuple[GroundName, ...] = ("paper", "deep")
    content = QuoteContent
    repeats = False

    def match(self, scene: SceneText) -> QuoteContent | None:
        """One quotation of eight hanzi or five words and more that makes up a good part of the scene."""
        found = find_quotation(scene)
        if found is None or not is_timely(scene, found.start, found.end):
            return None
        return QuoteContent(
            text=found.text, speaker=found.speaker, source=found.source, start=shown_at(scene, found.start)
        )

    def words_shown(self, content: QuoteContent) -> str:
        """The quotation."""
        return content.text

    def draw(self, stage: Stage, content: QuoteContent) -> Painter:
        """Words, then their speaker."""
        return _Painting(stage, content).draw


class _Painting:
    def __init__(self, stage: Stage, content: QuoteContent) -> None:
        self._stage = stage
        self._ground, self._chrome = ground_of(stage), Chrome(stage, tones_of(stage).chrome)
        self._start = max(0.15, min(content.start, stage.duration - 1.5))
        columns = _page(stage, content) if stage.grid.is_upright and can_stand(content.text) else None
        self._words: Callable[[Moment], None]
        if columns is None:
            self._words = _Lines(stage, content, self._start).draw
        else:
            self._words = _Columns(stage, content, self._start, *columns).draw

    def draw(self, frame: Frame, index: int) -> None:
        moment = self._stage.moment(frame, index)
        self._ground.draw(frame, index)
        self._chrome.draw(moment)
        self._words(moment)


def _page(stage: Stage, content: QuoteContent) -> tuple[list[str], float] | None:
    """Columns and the size at which they fit the body with a column for the speaker, or None."""
    grid, unit = stage.grid, stage.grid.unit
    height = grid.bottom - grid.top - 110 * unit
    width = grid.low_right - (grid.width - grid.low_right) - 20 * unit
    whole = len(columns_of(content.text, len(content.text)))
    best: tuple[list[str], float] | None = None
    for most in range(4, _MOST_IN_COLUMN + 1):
        columns = columns_of(content.text, most)
        tallest = max(sum(character not in "，。、；：" for character in column) for column in columns)
        is_whole = len(columns) == whole
        beside = len(columns) + 0.85 * _has_side(content)
        size = min(_LARGEST_U * unit, height / (tallest * STEP_EM), width / (beside * COLUMN_EM - 0.5))
        if best is None or size > best[1] + 0.5 or (is_whole and size >= _WHOLE_U * unit):
            best = columns, size
    return best if best and best[1] >= _SMALLEST_U * unit else None


class _Columns:
    def __init__(self, stage: Stage, content: QuoteContent, start: float, columns: list[str], size: float) -> None:
        self._stage, self._start = stage, start
        grid, unit, self._tones = stage.grid, stage.grid.unit, tones_of(stage)
        count = len(columns)
        beside = COLUMN_EM * size * 0.95 * _has_side(content)
        spread = (count - 1) * COLUMN_EM * size + beside
        right = grid.centre_x + spread / 2
        tallest = max(sum(character not in "，。、；：" for character in column) for column in columns)
        height = tallest * STEP_EM * size
        top = grid.top + 84 * unit + max(0.0, grid.bottom - grid.top - 84 * unit - height) * 0.42
        self._text = VerticalText(columns, face_of(content.text), size, self._tones.text, right=right, top=top)
        self._x = self._text.left - beside
        self._mark = text_sprite("“", "serif", 290 * unit, self._tones.accent) if beside else None
        self._mark_y = top + 66 * unit
        self._seal = seal(content.source, unit, self._tones)
        room = height - 160 * unit - (self._seal.ink_height + _SEAL_GAP_U * unit if self._seal else 0.0)
        self._face = face_of(content.speaker)
        self._speaker = self._speaker_glyphs(content.speaker, room=room)
        self._seal_y = self._below_speaker() + _SEAL_GAP_U * unit

    def _speaker_glyphs(self, name: str, *, room: float) -> list[tuple[Sprite, float]]:
        """The speaker under each other, or turned where the name has Latin letters."""
        unit, colour = self._stage.grid.unit, self._tones.dim
        glyphs: list[tuple[Sprite, float]] = []
        if not name:
            return glyphs
        y = self._mark_y + 84 * unit
        if not all(is_cjk(character) for character in name):
            sizes = [48 * unit, 42 * unit, 36 * unit]
            size, text = fit_line(name, self._face, sizes, max_width=max(room, 120 * unit))
            sprite = text_sprite(text, self._face, size, colour)
            self._is_turned = True
            return [(sprite, y + sprite.ink_width / 2)]
        self._is_turned = False
        upright = {"《": "︽", "》": "︾", "〈": "︿", "〉": "﹀", "「": "﹁", "」": "﹂"}
        size = min(48 * unit, max(30 * unit, room / (len(name) * 1.12)))
        for number, character in enumerate(name):
            sprite = text_sprite(upright.get(character, character), self._face, size, colour)
            glyphs.append((sprite, y + size * (0.5 + 1.12 * number)))
        return glyphs

    def _below_speaker(self) -> float:
        """Where the speaker's name ends."""
        if not self._speaker:
            return self._mark_y + 84 * self._stage.grid.unit
        glyph, y = self._speaker[-1]
        return y + (glyph.ink_width if self._is_turned else glyph.ink_height) / 2

    def draw(self, moment: Moment) -> None:
        since = moment.t - self._start
        self._text.draw(moment, since)
        if self._mark is not None:
            _draw_mark(moment, self._mark, self._x, self._mark_y, self._stage.grid.unit)
        for number, (glyph, y) in enumerate(self._speaker):
            shown = expo(moment.t - _SPEAKER_S - 0.05 * number, 0.6)
            rise = (1 - shown) * 20 * self._stage.grid.unit
            turn = math.pi / 2 if self._is_turned else 0.0
            moment.place(glyph, self._x, y - rise, turn=turn, opacity=shown)
        if self._seal is not None:
            pressed = spring(since - self._text.lasts, 0.4, bounce=0.1)
            y = self._seal_y + self._seal.ink_height / 2
            moment.place(self._seal, self._x, y, scale=1.5 - 0.5 * pressed, opacity=min(1.0, pressed))


def face_of(text: str) -> Face:
    """The serif, or the film's own type where the serif lacks a character: one text has one face."""
    return "serif" if covers("serif", text) else "bold"


def seal(text: str, unit: float, tones: Tones) -> Sprite | None:
    """A seal with one to four hanzi in columns from the right; None where *text* does not fit on it."""
    if not 0 < len(text) <= _SEAL_MOST or not all(is_cjk(character) for character in text):
        return None
    size, rows = _SEAL_U * unit, min(2, len(text))
    columns = -(-len(text) // rows)
    image, draw = drawing(size * (1.12 * columns + 0.36), size * (1.08 * rows + 0.34))
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), 0.2 * size * OVERSAMPLE, to_rgba(tones.hi))
    font = load_font(face_of(text), round(size * OVERSAMPLE), latin=False)
    for number, character in enumerate(text):
        column, row = divmod(number, rows)
        x = image.width / 2 + ((columns - 1) / 2 - column) * 1.12 * size * OVERSAMPLE
        y = image.height / 2 + (row - (rows - 1) / 2) * 1.08 * size * OVERSAMPLE
        draw.text((x, y), character, to_rgba(tones.on_hi), font, "mm")
    return Sprite(reduced(image))


def _has_side(content: QuoteContent) -> bool:
    """Whether a mark and the speaker stand beside the columns: where there is one, or the words are waited for."""
    return bool(content.speaker or content.source) or content.start > _WAITS_S


def _draw_mark(moment: Moment, mark: Sprite, x: float, y: float, unit: float) -> None:
    """Draw the large quotation mark, which breathes: it is all there is until the words are spoken."""
    breath, bob = 1 + 0.04 * math.sin(moment.t * 3.3 + 1), 10 * unit * math.sin(moment.t * 2.1)
    size = spring(moment.t, 0.5, bounce=0.2) * breath
    moment.place(mark, x, y + bob, scale=size, opacity=min(1.0, moment.t * 6))


def _by_clauses(text: str, face: Face, ladder: list[Step], width: float, *, least: float) -> Setting | None:
    """Chinese *text* with a line for each clause at the first step of *ladder* that is not below *least*, or None."""
    clauses = split_clauses(text)
    if not text or not is_cjk(text[0]) or len(clauses) < 2:
        return None
    for size, most in ladder:
        fits = len(clauses) <= most and all(text_width(clause, face, size) <= width for clause in clauses)
        if fits and size >= least:
            starts = accumulate((len(clause) for clause in clauses), initial=0)
            return Setting(size, tuple(Line(clause, start) for clause, start in zip(clauses, starts, strict=False)))
    return None


def _signature(content: QuoteContent) -> str:
    """Speaker and book on one line."""
    return content.speaker + (f"《{content.source}》" if content.source else "")


class _Lines:
    def __init__(self, stage: Stage, content: QuoteContent, start: float) -> None:
        self._stage, self._start = stage, start
        grid, unit, self._tones = stage.grid, stage.grid.unit, tones_of(stage)
        width = grid.body_width * (0.84 if grid.is_wide else 1.0)
        mark = 190 if grid.is_upright else 132
        foot = 130 * unit * bool(_signature(content))
        room = grid.body_height - (mark + 70) * unit - foot
        ladder = [(size * unit, max(1, min(most, int(room / (size * unit * _LEADING))))) for size, most in _LADDER]
        face = face_of(content.text)
        setting = _by_clauses(content.text, face, ladder, width, least=_CLAUSED_U * unit) or fit_block(
            content.text, face, ladder, max_width=width, clause_gain=_CLAUSE_GAIN
        )
        height = len(setting.lines) * setting.size_px * _LEADING
        spare = max(0.0, room - height)
        self._mark = text_sprite("“", "serif", (390 if grid.is_upright else 290) * unit, self._tones.accent)
        top = grid.top + 70 * unit + spare * 0.38
        self._mark_place = grid.left + self._mark.ink_width / 2, top + self._mark.ink_height / 2
        x, y = grid.left, top + mark * unit
        self._text = TextBlock(setting, face, Ink(self._tones.text, self._tones.text), x=x, top=y, leading=_LEADING)
        self._bar = rounded(72 * unit, 6 * unit, 3 * unit, self._tones.hi)
        signed = _signature(content)
        name_face = face_of(signed)
        size, name = fit_line(
            signed, name_face, [50 * unit, 44 * unit, 38 * unit], max_width=grid.body_width - 110 * unit
        )
        self._speaker = text_sprite(name, name_face, size, self._tones.dim) if name else None
        self._y = self._text.bottom + 84 * unit

    def draw(self, moment: Moment) -> None:
        grid, unit, t = self._stage.grid, self._stage.grid.unit, moment.t
        _draw_mark(moment, self._mark, *self._mark_place, unit)
        self._text.draw(moment, t - self._start, stagger=0.12)
        come = expo(t - _SPEAKER_S, 0.6)
        if self._speaker is not None:
            moment.place(self._bar, grid.left + 36 * unit, self._y - 16 * unit, opacity=come)
            x = grid.left + 100 * unit + (1 - come) * 30 * unit
            moment.place(self._speaker, *anchored(self._speaker, x, self._y), opacity=come)
