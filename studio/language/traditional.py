"""Simplified Chinese turned into Traditional as in Taiwan, where a text really is Simplified."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from opencc import OpenCC

from studio.language.segment import to_simplified

Found = Literal["", "simplified", "mixed"]
"""What a text has of Simplified Chinese: nothing, everything, or characters in Traditional text."""

_SHARED_BUT_TELLING: Final = re.compile(r"[万与价优体党圣异怀惊据机极构确离种网触]|[什怎那多要]么")
"""Big5 has these characters as rare words of their own; in a text without a Traditional character they are Simplified."""


def find_simplified(text: str) -> Found:
    """
    How much of *text* is Simplified Chinese.

    A character tells by itself when Taiwan's Big5 lacks it and it has a Traditional form (为), or when the mainland's
    GB 2312 lacks it and it has a Simplified one (為). What both have (后, 里, 干, 台, 著) tells nothing.
    """
    if any(map(_is_only_simplified, text)):
        return "mixed" if any(map(_is_only_traditional, text)) else "simplified"
    is_telling = _SHARED_BUT_TELLING.search(text) and not any(map(_is_only_traditional, text))
    return "simplified" if is_telling else ""


def as_in_taiwan(text: str, *, beside: str = "") -> str:
    """
    *text* in Taiwan's characters, its words as they are.

    Text without a Simplified character comes back as it is. Of text that has both, only the characters change that
    exist in Simplified alone. *beside* is other text by the same hand: a title of shared characters (皇后) is Simplified
    when what stands beside it is.
    """
    found = find_simplified(text)
    if not found and not any(map(_is_only_traditional, text)) and find_simplified(beside) == "simplified":
        found = "simplified"
    if not found:
        return text
    converted = str(_converter().convert(text))
    if found == "simplified":
        return converted
    pairs = zip(text, converted if len(converted) == len(text) else map(_alone, text), strict=True)
    return "".join(new if _is_only_simplified(old) else old for old, new in pairs)


@cache
def _is_only_simplified(character: str) -> bool:
    return not _is_in(character, "cp950") and to_simplified(character) == character and _alone(character) != character


@cache
def _is_only_traditional(character: str) -> bool:
    return not _is_in(character, "gb2312") and to_simplified(character) != character


def _is_in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _alone(character: str) -> str:
    return str(_converter().convert(character))


@cache
def _converter() -> OpenCC:
    # Not s2twp: it also changes words, and 循環 would be said as 迴圈.
    return OpenCC("s2tw")
