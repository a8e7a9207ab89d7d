"""Captions burned into the picture: ASS for one segment, with only the spoken word coloured."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from studio.models.shot import CaptionLook
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle, CaptionWord
from studio.timebase import FPS

FADE_IN = r"\fade(150,0,0,0,60,3600000,3600000)"
"""
A cue is half there in its first frame and whole in its third.

It starts at 150 of 255 and not from nothing: a cue that begins with its segment would miss its first frame.
"""

HOLD_FRAMES = 9
"""A word stays coloured over a pause shorter than this (0.3 s): the colour should move, not blink."""

WORD_JOINER = "\u2060"
"""Shows nothing and parts a backslash from the letter that would make it a command."""

_HEAD = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
{styles}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def write_ass(
    captions: Sequence[CaptionCue], *, style: CaptionStyle, canvas: Canvas, start_frame: int, end_frame: int
) -> str:
    """
    The captions of frames [start_frame, end_frame) of the film as an ASS script that begins at 0.

    A cue is one block of lines around `style.centre_y_px`. It is written once for each word, with that word in the
    look's highlight. A cue that a cut divides goes on in the next segment without fading in again.

    Returns:
        The script, or "" where nothing is to be burned in.
    """
    cues = [cue for cue in captions if cue.is_burned_in and cue.start_frame < end_frame and cue.end_frame > start_frame]
    if not cues:
        return ""
    looks = list(dict.fromkeys(cue.look for cue in cues))
    styles = "".join(_style(f"Look{number}", look, style) for number, look in enumerate(looks))
    place = rf"\pos({canvas.width / 2:g},{style.centre_y_px})"
    events = []
    for cue in cues:
        name = f"Look{looks.index(cue.look)}"
        for first, last, spoken in _spans(cue):
            shown = max(first, start_frame), min(last, end_frame)
            if shown[0] < shown[1]:
                fade = FADE_IN if first == cue.start_frame >= start_frame else ""
                text = f"{{{place}{fade}}}{_lines(cue, spoken)}"
                begin, finish = (_clock(frame - start_frame) for frame in shown)
                events.append(f"Dialogue: 0,{begin},{finish},{name},,0,0,0,,{text}\n")
    return _HEAD.format(width=canvas.width, height=canvas.height, styles=styles) + "".join(events)


def escape_ass(text: str) -> str:
    """*text* as letters to be drawn: no override block, no line break, no command."""
    text = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text)
    text = text.replace("\\", "\\" + WORD_JOINER)
    return text.replace("{", r"\{").replace("}", r"\}")


def _style(name: str, look: CaptionLook, style: CaptionStyle) -> str:
    fill, outline = (f"&H00{_bgr(colour)}" for colour in (look.fill, look.outline))
    font = re.sub(r"[,\x00-\x1f]", " ", style.font)
    return (
        f"Style: {name},{font},{style.size_px},{fill},{fill},{outline},{outline},0,0,0,0,100,100,"
        f"{style.spacing_px:g},0,1,{style.outline_px:g},0,5,0,0,0,1\n"
    )


def _spans(cue: CaptionCue) -> Iterator[tuple[int, int, int | None]]:
    """Stretches of a cue as (first frame, end frame, number of the coloured word or None)."""
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


def _lines(cue: CaptionCue, spoken: int | None) -> str:
    lines, number = [], 0
    for line in cue.lines:
        lines.append(
            "".join(_word(word, cue.look, is_spoken=number + i == spoken) for i, word in enumerate(_trim(line)))
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


def _word(text: str, look: CaptionLook, *, is_spoken: bool) -> str:
    escaped = escape_ass(text)
    if not is_spoken:
        return escaped
    return rf"{{\c&H{_bgr(look.highlight)}&}}{escaped}{{\c&H{_bgr(look.fill)}&}}"


def _bgr(colour: str) -> str:
    """ "#rrggbb" in the order of ASS."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{blue:02X}{green:02X}{red:02X}"


def _clock(frame: int) -> str:
    """The centisecond just before *frame*: ASS has no finer clock, and the frame must not come too late for it."""
    centiseconds = max(0, math.ceil(frame * 100 / FPS) - 1)
    seconds, rest = divmod(centiseconds, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
