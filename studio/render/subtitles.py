"""Captions burned into the picture: ASS for one segment."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from studio.models.shot import CaptionLook
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle
from studio.render.captionevents import bgr, events_of
from studio.timebase import FPS

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

    A cue is one block of lines around the style's middle. A cue that a cut divides goes on in the next segment without
    coming in again.

    Returns:
        The script, or "" where nothing is to be burned in.
    """
    cues = [cue for cue in captions if cue.is_burned_in and cue.start_frame < end_frame and cue.end_frame > start_frame]
    if not cues or style.kind == "none":
        return ""
    looks = list(dict.fromkeys(cue.look for cue in cues))
    styles = "".join(_style(f"Look{number}", look, style) for number, look in enumerate(looks))
    lines = []
    for cue in cues:
        name = f"Look{looks.index(cue.look)}"
        for event in events_of(cue, style=style, canvas=canvas, shown=(start_frame, end_frame)):
            begin, finish = (_clock(frame - start_frame) for frame in (event.start_frame, event.end_frame))
            lines.append(f"Dialogue: {event.layer},{begin},{finish},{name},,0,0,0,,{event.text}\n")
    return _HEAD.format(width=canvas.width, height=canvas.height, styles=styles) + "".join(lines)


def _style(name: str, look: CaptionLook, style: CaptionStyle) -> str:
    fill, outline = (f"&H00{bgr(colour)}" for colour in (look.fill, look.outline))
    font = re.sub(r"[,\x00-\x1f]", " ", style.font)
    return (
        f"Style: {name},{font},{style.size_px},{fill},{fill},{outline},{outline},0,0,0,0,100,100,"
        f"{style.spacing_px:g},0,1,{style.outline_px:g},0,5,0,0,0,1\n"
    )


def _clock(frame: int) -> str:
    """The centisecond just before *frame*: ASS has no finer clock, and the frame must not come too late for it."""
    centiseconds = max(0, math.ceil(frame * 100 / FPS) - 1)
    seconds, rest = divmod(centiseconds, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
