"""How long text takes to say."""

from __future__ import annotations

import re

from studio.language.detect import is_chinese
from studio.language.readings import read_aloud

PAUSE_SYLLABLES = 1.4
"""What a clause end costs, in syllables: measured on the embedded Chinese voices at the end of sentences."""

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9]+")
_STOP_ZH = re.compile(r"[，。！？；：、]")
_STOP_EN = re.compile(r"[,.!?;:—](?:\s|$)")


def spoken_units(text: str, language: str) -> float:
    """
    Length of *text* in what a voice's pace counts: syllables of Chinese, words of other languages.

    Figures count as they are read, English inside Chinese as two syllables a word.
    """
    if is_chinese(language):
        said = "".join(reading.said for reading in read_aloud(text))
        return len(_HANZI.findall(said)) + 2 * len(_LATIN.findall(said)) + PAUSE_SYLLABLES * len(_STOP_ZH.findall(said))
    return len(text.split()) + 0.6 * len(_STOP_EN.findall(text)) + 2 * len(re.findall(r"\d{3,}", text))


def spoken_seconds(text: str, language: str, *, pace: float) -> float:
    """About how long a voice of *pace* units a second takes to say *text*."""
    return spoken_units(text, language) / pace
