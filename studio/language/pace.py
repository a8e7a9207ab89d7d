"""How long a text takes to say."""

from __future__ import annotations

import re
from collections import Counter

from studio.language.detect import is_chinese
from studio.language.readings import read_aloud
from studio.language.spoken import syllables

PAUSE_SYLLABLES = 1.4
"""What a clause end costs, in syllables: measured on the embedded Chinese voices at the end of sentences."""

SYLLABLE_WORDS = 0.77
"""
What a syllable of an English figure costs, in words: measured on the embedded English voice, which says them at 0.21 s.

A word of plain text is short on the average, and "seventy" or "million" is not.
"""

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9]+")
_STOP_ZH = re.compile(r"[，。！？；：、]")
_STOP_EN = re.compile(r"[,.!?;:—](?:\s|$)")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")


def spoken_units(text: str, language: str) -> float:
    """
    Length of *text* in what a voice's pace counts: syllables of Chinese, words of other languages.

    Figures count as they are read, English inside Chinese as two syllables a word.
    """
    if is_chinese(language):
        said = "".join(reading.said for reading in read_aloud(text))
        return len(_HANZI.findall(said)) + 2 * len(_LATIN.findall(said)) + PAUSE_SYLLABLES * len(_STOP_ZH.findall(said))
    plain = [word for word in text.split() if not _DIGIT.search(word)]
    return len(plain) + 0.6 * len(_STOP_EN.findall(text)) + SYLLABLE_WORDS * _figure_syllables(text, plain)


def _figure_syllables(text: str, plain: list[str]) -> float:
    """Of the words that are said for figures and their units: those that do not stand in *text* as they are said."""
    if not _DIGIT.search(text):
        return 0.0
    # Here, not above: it brings the voice's package and numpy along, and nobody who asks for help waits for those.
    from studio.language.figurewords import in_words

    written = Counter(word for part in plain for word in _WORD.findall(part))
    said = Counter(_WORD.findall(in_words(text)))
    return sum(count * syllables(word, "en") for word, count in (said - written).items())


def spoken_seconds(text: str, language: str, *, pace: float) -> float:
    """About how long a voice of *pace* units a second takes to say *text*."""
    return spoken_units(text, language) / pace
