"""What a caption does while it is on screen, in every kind of caption: the events of its ASS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from studio.models.shot import CaptionLook
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle, CaptionWord

FADE_IN = r"\fade(150,0,0,0,60,3600000,3600000)"
"""
A cue is half there in its first frame and whole in its third.

It starts at 150 of 255 and not from nothing: a cue that begins with its segment would miss its first frame.
"""

HOLD_FRAMES = 9
"""A word stays coloured over a pause shorter than this (0.3 s): the colour should move, not blink."""

WORD_JOINER = "\u2060"
"""Shows nothing and parts a backslash from the letter that would make it a command."""

POP_FROM, POP_OVER = 78, 107
"""Per cent of its size that a pop-up begins at, and overshoots to."""

POP_MS: Final = (90, 170)
"""When the overshoot is reached, and when it has settled."""

BOX_PADDING, BOX_HEIGHT, BOX_CORNER = 0.13, 0.80, 0.16
"""Of the box behind a word, in sizes of the caption: room at its sides, height, radius."""

_BEZIER_CIRCLE: Final = 0.5523
"""How far the handles of a quarter circle reach, in radii."""


@dataclass(frozen=True, slots=True)
class Event:
    """Frames [start_frame, end_frame) of the film in which *text*, with its override blocks, is drawn."""

    start_frame: int
    end_frame: int
    text: str
    layer: int = 0


def events_of(cue: CaptionCue, *, style: CaptionStyle, canvas: Canvas, shown: tuple[int, int]) -> Iterator[Event]:
    """
    What is drawn of *cue* in the frames [shown[0], shown[1]) of the film, one event for each state that it has.

    It comes in only where it begins: one that goes on after a cut is whole from the first frame.
    """
    middle = _middle(cue.look, style)
    place = rf"\pos({canvas.width / 2:g},{middle})"
    for first, last, spoken in _spans(cue, style):
        start, end = max(first, shown[0]), min(last, shown[1])
        if start >= end:
            continue
        entrance = _entrance(cue, style, begins=first == cue.start_frame >= shown[0])
        if style.kind == "box" and spoken is not None:
            box = _box(cue, spoken, style=style, centre=(canvas.width / 2, middle))
            yield Event(start, end, box)
        layer = 1 if style.kind == "box" else 0
        yield Event(start, end, f"{{{place}{entrance}}}{_lines(cue, spoken, style)}", layer)


def bgr(colour: str) -> str:
    """*colour*, "#rrggbb", in the order of ASS."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{blue:02X}{green:02X}{red:02X}"


def escape_ass(text: str) -> str:
    """*text* as letters to be drawn: no override block, no line break, no command."""
    text = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text)
    text = text.replace("\\", "\\" + WORD_JOINER)
    return text.replace("{", r"\{").replace("}", r"\}")


def _middle(look: CaptionLook, style: CaptionStyle) -> int:
    if look.position == "middle" and style.middle_y_px is not None:
        return style.middle_y_px
    return style.centre_y_px


def _entrance(cue: CaptionCue, style: CaptionStyle, *, begins: bool) -> str:
    scale = _scale(cue, style)
    if style.kind != "pop":
        return FADE_IN if begins else ""
    if not begins:
        return _sized(scale) if scale < 1 else ""
    over, settled = POP_MS
    return (
        f"{_sized(scale * POP_FROM / 100)}\\t(0,{over},{_sized(scale * POP_OVER / 100)})"
        f"\\t({over},{settled},{_sized(scale)})"
    )


def _sized(scale: float) -> str:
    return rf"\fscx{scale * 100:.0f}\fscy{scale * 100:.0f}"


def _scale(cue: CaptionCue, style: CaptionStyle) -> float:
    """What makes the widest line fit: a pop-up never divides a word, so a long one is set smaller."""
    if style.kind != "pop":
        return 1.0
    from studio.picture.captions import caption_width  # What draws is imported for the kinds that measure.

    widest = max(caption_width("".join(_trim(line)), style) for line in cue.lines)
    return min(1.0, style.max_width_px / widest) if widest else 1.0


def _box(cue: CaptionCue, spoken: int, *, style: CaptionStyle, centre: tuple[float, float]) -> str:
    """A rounded box behind the word number *spoken*, as a drawing."""
    from studio.picture.captions import caption_width, ink_middle  # As above.

    row, number = _place_of(spoken, cue)
    texts = _trim(cue.lines[row])
    word = texts[number].strip()
    before = "".join(texts[:number]) + texts[number].removesuffix(texts[number].lstrip())
    left = centre[0] - caption_width("".join(texts), style) / 2 + caption_width(before, style)
    middle = centre[1] + (row - (len(cue.lines) - 1) / 2) * style.size_px + ink_middle(style)
    padding, half = BOX_PADDING * style.size_px, BOX_HEIGHT * style.size_px / 2
    width = caption_width(word, style) + 2 * padding
    shape = _rounded(round(width), round(2 * half), round(BOX_CORNER * style.size_px))
    place = rf"\an7\pos({left - padding:.1f},{middle - half:.1f})"
    return rf"{{{place}\bord0\c&H{bgr(cue.look.highlight)}&\p1}}{shape}"


def _place_of(spoken: int, cue: CaptionCue) -> tuple[int, int]:
    """Line of the word number *spoken*, and its number in that line."""
    places = [(row, number) for row, line in enumerate(cue.lines) for number in range(len(line))]
    return places[spoken]


def _rounded(width: int, height: int, radius: int) -> str:
    """A rectangle with round corners in the drawing commands of ASS."""
    r, w, h = min(radius, width // 2, height // 2), width, height
    k = round(r * (1 - _BEZIER_CIRCLE))
    return (
        f"m {r} 0 l {w - r} 0 b {w - k} 0 {w} {k} {w} {r} l {w} {h - r} b {w} {h - k} {w - k} {h} {w - r} {h} "
        f"l {r} {h} b {k} {h} 0 {h - k} 0 {h - r} l 0 {r} b 0 {k} {k} 0 {r} 0"
    )


def _spans(cue: CaptionCue, style: CaptionStyle) -> Iterator[tuple[int, int, int | None]]:
    """Stretches of a cue as (first frame, end frame, number of the coloured word or None)."""
    if style.kind == "clean":
        yield cue.start_frame, cue.end_frame, None
        return
    words = [word for line in cue.lines for word in line]
    at = cue.start_frame
    for number, word in enumerate(words):
        start = min(max(word.start_frame, at), cue.end_frame)
        if start > at:
            yield at, start, None
        following = words[number + 1].start_frame if number + 1 < len(words) else cue.end_frame
        end = following if following - word.end_frame < HOLD_FRAMES else word.end_frame
        at = min(max(end, start), cue.end_frame)
        if at > start:
            yield start, at, number
    if at < cue.end_frame:
        yield at, cue.end_frame, None


def _lines(cue: CaptionCue, spoken: int | None, style: CaptionStyle) -> str:
    lines, number = [], 0
    for line in cue.lines:
        lines.append(
            "".join(_word(word, cue.look, style, is_spoken=number + i == spoken) for i, word in enumerate(_trim(line)))
        )
        number += len(line)
    return r"\N".join(lines)


def _trim(line: tuple[CaptionWord, ...]) -> list[str]:
    """Texts of a line without the spaces at its two ends, which would shift it from the middle."""
    texts = [word.text for word in line]
    if texts:
        texts[0] = texts[0].lstrip()
        texts[-1] = texts[-1].rstrip()
    return texts


def _word(text: str, look: CaptionLook, style: CaptionStyle, *, is_spoken: bool) -> str:
    escaped = escape_ass(text)
    if not is_spoken:
        return escaped
    if style.kind == "box":  # An outline in the box's own colour leaves the letters as they are drawn.
        inside = rf"\c&H{bgr(look.on_highlight)}&\3c&H{bgr(look.highlight)}&"
        return rf"{{{inside}}}{escaped}{{\c&H{bgr(look.fill)}&\3c&H{bgr(look.outline)}&}}"
    return rf"{{\c&H{bgr(look.highlight)}&}}{escaped}{{\c&H{bgr(look.fill)}&}}"
