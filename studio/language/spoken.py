"""Text cut into words as captions show them, each with how much of the saying it takes."""

from __future__ import annotations

import re

from studio.language.detect import is_chinese
from studio.language.readings import read_aloud
from studio.language.segment import break_units

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_VOWELS = re.compile(r"[aeiouy]+")
_DIGIT = re.compile(r"\d")

DIGIT_SYLLABLES = 1.6
"""Of a digit in an English figure: "7" is one, "1,250" is six."""


def weighted_words(text: str, language: str) -> list[tuple[str, float]]:
    """
    Words of *text* with about how many syllables each has; joined they are *text*.

    What is not said (marks, emoji) joins the word before it, or the first word. Only a text without any word has
    a piece that weighs nothing: all of it.
    """
    words: list[tuple[str, float]] = []
    for unit in break_units(text):
        weight = syllables(unit, language)
        if words and not (weight and words[-1][1]):
            before, heavier = words.pop()
            words.append((before + unit, heavier + weight))
        else:
            words.append((unit, weight))
    return words


def syllables(text: str, language: str) -> float:
    """About how many syllables *text* has when it is said."""
    if is_chinese(language):
        said = "".join(reading.said for reading in read_aloud(text))
        return len(_HANZI.findall(said)) + sum(map(_syllables_of_latin, _LATIN_WORD.findall(said)))
    figures = DIGIT_SYLLABLES * len(_DIGIT.findall(text))
    return figures + len(_HANZI.findall(text)) + sum(map(_syllables_of_latin, _LATIN_WORD.findall(text)))


def _syllables_of_latin(word: str) -> int:
    """Letter by letter for what is written in capitals, else the groups of vowels less a silent e."""
    if word.isupper() and 1 < len(word) <= 4:
        return len(word)
    return max(1, len(_VOWELS.findall(word.lower().removesuffix("e"))))
