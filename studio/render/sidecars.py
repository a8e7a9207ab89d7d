"""Subtitle files that go with a film: SRT and WebVTT, with every cue, burned in or not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.models.timeline import CaptionCue
from studio.timebase import FPS

ZERO_WIDTH = "\u200b"
"""Parts the signs that players of SRT take for mark-up; SRT itself has no escapes."""


def write_srt(captions: Sequence[CaptionCue]) -> str:
    """The whole film's captions as SRT, for an upload beside the film."""
    return "".join(
        f"{number}\n{_range(cue, ',')}\n{_for_srt(cue.text)}\n\n"
        for number, cue in enumerate(_readable(captions), start=1)
    )


def write_vtt(captions: Sequence[CaptionCue]) -> str:
    """The whole film's captions as WebVTT, for a `<track>` of a web page. Source: W3C WebVTT 1."""
    return "WEBVTT\n\n" + "".join(f"{_range(cue, '.')}\n{_for_vtt(cue.text)}\n\n" for cue in _readable(captions))


def _readable(captions: Sequence[CaptionCue]) -> list[CaptionCue]:
    return [cue for cue in captions if cue.text.strip() and cue.end_frame > cue.start_frame]


def _range(cue: CaptionCue, point: str) -> str:
    return f"{_clock(cue.start_frame, point)} --> {_clock(cue.end_frame, point)}"


def _clock(frame: int, point: str) -> str:
    milliseconds = round(frame * 1000 / FPS)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"


def _for_srt(text: str) -> str:
    return re.sub(r"([<{]|--(?=>))", rf"\1{ZERO_WIDTH}", _without_gaps(text))


def _for_vtt(text: str) -> str:
    return _without_gaps(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_gaps(text: str) -> str:
    """An empty line would end the cue, and a control sign has no place in it."""
    lines = (re.sub(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
