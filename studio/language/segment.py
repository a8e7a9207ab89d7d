"""Cut text into words that may stand at the end or the beginning of a line."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import rjieba
from opencc import OpenCC

NEVER_FIRST: Final = "，。、！？：；）」』》〉】〕…—～·%％℃°,.!?;:)]}”’"
"""Characters that never begin a line (kinsoku shori; W3C Requirements for Chinese Text Layout 3.1)."""

NEVER_LAST: Final = "（「『《〈【〔([{“‘$＄"
"""Characters that never end a line."""

FIRST_CJK: Final = "\u2e80"
_RUNS = re.compile(r"[^\u2e80-\uffef\s]+|\s+|[\u2e80-\uffef]+")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """*text* in simplified characters, one for one, or *text* itself where the lengths would differ."""
    simplified: str = _simplifier().convert(text)
    return simplified if len(simplified) == len(text) else text


def is_cjk(character: str) -> bool:
    """Whether *character* is set solid, as hanzi and fullwidth punctuation are."""
    return FIRST_CJK <= character <= "\uffef"


def chinese_words(text: str) -> list[str]:
    """
    Words of a run of Chinese, punctuation marks as words of their own; joined they are *text*.

    The dictionary is simplified, so traditional text is looked up converted and cut as it stands.
    """
    words, start = [], 0
    for word in rjieba.cut(to_simplified(text)):
        words.append(text[start : start + len(word)])
        start += len(word)
    return words


def break_units(text: str) -> list[str]:
    """
    The smallest pieces of *text* that a line may be broken between; joined they are *text*.

    A Chinese word, a Latin word or a number stays whole, punctuation stays with its word, and
    white space stays at the end of the word before it.
    """
    pieces: list[str] = []
    for match in _RUNS.finditer(text):
        run = match.group()
        pieces.extend(chinese_words(run) if is_cjk(run[0]) else [run])
    units: list[str] = []
    for piece in pieces:
        joins_before = piece.isspace() or piece[0] in NEVER_FIRST
        if units and (joins_before or units[-1][-1] in NEVER_LAST):
            units[-1] += piece
        else:
            units.append(piece)
    return units
