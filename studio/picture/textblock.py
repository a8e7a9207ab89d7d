"""A block of text that rises line by line, with one emphasised part."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from studio.language.segment import is_cjk
from studio.picture.colour import Colour
from studio.picture.compositor import Sprite
from studio.picture.fitting import Line, Setting
from studio.picture.fonts import Face
from studio.picture.motion import expo, ramp
from studio.picture.shapes import rounded
from studio.picture.stage import Moment
from studio.picture.typography import SEAM_EM, SPACE_EM, Anchor, anchored, text_sprite, text_width

ASCENT_EM: Final = 0.9
"""From the top of a block to its first baseline."""

DESCENT_EM: Final = 0.12
_BOX_EM: Final = 0.10
"""Room between an emphasised word and the edge of its box."""

BOX_PADDING_EM: Final = 0.3
"""What a box adds to the width of its line."""

LEAVE_S: Final = 0.22
LEAVE_STAGGER_S: Final = 0.02
"""A line leaves faster than it comes: what follows is waited for."""

GONE_S: Final = LEAVE_S + 3 * LEAVE_STAGGER_S
"""When the last line of a block of four is gone, and another block may come in its place."""

_RISE_S, _WIPE_S, _WIPE_DELAY_S = 0.6, 0.45, 0.22


@dataclass(frozen=True)
class Ink:
    """Colours of a block: text, emphasis, and the text on the emphasis's box when it has one."""

    text: Colour
    emphasis: Colour
    boxed: Colour | None = None


@dataclass
class _Part:
    sprite: Sprite
    x: float
    width: float
    box: Sprite | None
    plain: Sprite | None = None
    """The word without its box."""


@dataclass
class _Row:
    baseline: float
    parts: list[_Part]


class TextBlock:
    """
    Set text at a place of the canvas.

    *top* is where the block begins, *x* its left edge or its middle. *bottom* is where it ends.
    """

    def __init__(
        self,
        setting: Setting,
        face: Face,
        ink: Ink,
        *,
        x: float,
        top: float,
        anchor: Anchor = "left",
        emphasis: tuple[int, int] = (0, 0),
        leading: float = 1.22,
    ) -> None:
        self._face, self._ink, self._anchor, self._emphasis = face, ink, anchor, emphasis
        self._size = size = setting.size_px
        self._rows = [
            self._row(line, x, top + size * (ASCENT_EM + leading * number)) for number, line in enumerate(setting.lines)
        ]
        last = self._rows[-1].baseline if self._rows else top
        self.bottom = last + size * DESCENT_EM

    def draw(self, moment: Moment, since: float, *, stagger: float = 0.1, gone: float = 0.0) -> None:
        """Draw the block *since* seconds after it began to appear, *gone* seconds after it began to leave upwards."""
        for number, row in enumerate(self._rows):
            elapsed, left = since - stagger * number, ramp(gone - LEAVE_STAGGER_S * number, 1 / LEAVE_S)
            if elapsed > 0 and left < 1:
                for part in row.parts:
                    self._draw_part(moment, row, part, elapsed, left**2)

    def draw_standing(self, moment: Moment, since: float) -> None:
        """
        Draw the block as it stands from the first frame on: only boxes come, wiped over words that are there.

        A film's first frame is its cover on most platforms.
        """
        for row in self._rows:
            for part in row.parts:
                if part.box is None:
                    moment.place(part.sprite, *anchored(part.sprite, part.x, row.baseline))
                else:
                    self._draw_wiped(moment, row.baseline, part, expo(since - _WIPE_DELAY_S, _WIPE_S))

    def _draw_wiped(self, moment: Moment, baseline: float, part: _Part, wiped: float) -> None:
        if wiped < 1 and part.plain is not None:
            edge = part.x - _BOX_EM * self._size
            edge += (part.width + 2 * _BOX_EM * self._size) * wiped
            place = anchored(part.plain, part.x + part.width / 2, baseline, "middle")
            moment.place(part.plain, *place, clip=(edge, 0, moment.frame.width, moment.frame.height))
        if wiped > 0:
            self._draw_boxed(moment, baseline, part, wiped)

    def _draw_part(self, moment: Moment, row: _Row, part: _Part, elapsed: float, left: float) -> None:
        size, baseline = self._size, row.baseline
        if part.box is not None:
            wiped = expo(elapsed - _WIPE_DELAY_S, _WIPE_S)
            if wiped > 0:
                self._draw_boxed(moment, baseline, part, wiped)
            return
        risen = expo(elapsed, _RISE_S)
        is_still = risen >= 1 and not left
        mask = None if is_still else (0, baseline - size * 1.05, moment.frame.width, baseline + size * 0.28)
        place = anchored(part.sprite, part.x, baseline + (1 - risen - left) * size * 1.05)
        moment.place(part.sprite, *place, clip=mask)

    def _draw_boxed(self, moment: Moment, baseline: float, part: _Part, wiped: float) -> None:
        size, box = self._size, part.box
        edge = part.x - _BOX_EM * size
        mask = None if wiped >= 1 else (edge, 0, edge + (part.width + 2 * _BOX_EM * size) * wiped, moment.frame.height)
        if box is not None:
            moment.place(box, part.x + part.width / 2, baseline - 0.36 * size, clip=mask)
        place = anchored(part.sprite, part.x + part.width / 2, baseline, "middle")
        moment.place(part.sprite, *place, clip=mask)

    def _row(self, line: Line, x: float, baseline: float) -> _Row:
        parts, advance = self._parts(line)
        start = x - advance / 2 if self._anchor == "middle" else x - advance if self._anchor == "right" else x
        for number, part in enumerate(parts):
            part.x += start
            if part.box is None and (number or self._anchor != "left"):
                part.x += part.sprite.bearing
        return _Row(baseline, parts)

    def _parts(self, line: Line) -> tuple[list[_Part], float]:
        size, offset = self._size, 0.0
        parts: list[_Part] = []
        before = ""
        for text, is_emphasised in self._segments(line):
            core = text.strip()
            if not core:
                continue
            is_boxed = is_emphasised and self._ink.boxed is not None
            offset += self._gap(before, text, boxed=is_boxed and bool(parts))
            parts.append(self._part(core, offset, emphasised=is_emphasised, boxed=is_boxed))
            offset += parts[-1].width + (2 * _BOX_EM + 0.02) * size * is_boxed
            before = text
        return parts, offset

    def _gap(self, before: str, after: str, *, boxed: bool) -> float:
        gap = 0.07 if boxed else 0.0
        if before[-1:].isspace() or (before and after[:1].isspace()):
            gap += SPACE_EM
        elif before and is_cjk(before[-1]) != is_cjk(after[0]) and not boxed:
            gap += SEAM_EM
        return gap * self._size

    def _part(self, text: str, offset: float, *, emphasised: bool, boxed: bool) -> _Part:
        ink, size = self._ink, self._size
        width = text_width(text, self._face, size)
        colour = ink.text
        if emphasised:
            colour = ink.boxed if boxed and ink.boxed is not None else ink.emphasis
        sprite = text_sprite(text, self._face, size, colour)
        if not boxed:
            return _Part(sprite, offset, width, None)
        box = rounded(width + 2 * _BOX_EM * size, size * 1.16, size * 0.16, ink.emphasis)
        return _Part(sprite, offset + _BOX_EM * size, width, box, text_sprite(text, self._face, size, ink.text))

    def _segments(self, line: Line) -> list[tuple[str, bool]]:
        start, end = self._emphasis
        marked = [(character, start <= line.start + at < end) for at, character in enumerate(line.text)]
        return [
            ("".join(character for character, _ in group), is_emphasised)
            for is_emphasised, group in groupby(marked, key=lambda pair: pair[1])
        ]


def emphasis_span(text: str, emphasis: str) -> tuple[int, int]:
    """Where *emphasis* stands in *text*; (0, 0) when it does not."""
    start = text.find(emphasis) if emphasis else -1
    return (start, start + len(emphasis)) if start >= 0 else (0, 0)
