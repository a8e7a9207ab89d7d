"""Whether a word means the thing that it usually names: the words beside it tell."""

from __future__ import annotations

import re
from typing import Final

_MOSTLY_DEEDS: Final = frozenset("rose saw store stores travel travels running watch bow swallow".split())
"""English words that are things only behind an article or the like: prices rose, a red rose."""

_ALSO_DEEDS: Final = frozenset(
    "leaves waves trains plants ships drops falls fall springs spring rings rocks seals ducks cooks lights fans nails bear bears fly flies".split()
)
"""English words that are deeds behind who does them: it leaves, to ship, can bear."""

_DOERS: Final = frozenset("i it he she we you they who that which to will would can could may might must not".split())

_BEFORE_THINGS: Final = frozenset(
    "a an the this these those its their his her our your my some many most all no every each any few several two three four "
    "of in on at from with without for by and or as like into under over near behind "
    "red white pink yellow black green blue wild old new big small large long single grocery department book wrist pocket".split()
)

_FAMILY_NAMES: Final = frozenset(
    "bell bacon king prince rose fox wolf swan hawk drake bird apple shell tiger tigers".split()
)
"""English words that are somebody's or a firm's name where they have a capital inside a sentence."""

_PARTS: Final = frozenset("eye eyes heart mouth foot head arm arms leg ring rings".split())
_OF_NO_BODY: Final = re.compile(
    r"\s+of (?:(?:an?|the|this|its|our|every) )?(?:\w+ )?(?:hurricane|storm|typhoon|cyclone|needle|city|town|matter|galaxy|country|"
    r"continent|problem|river|mountain|hill|page|table|stairs|volcano|saturn|jupiter|ice|dust)s?\b",
    re.I,
)
"""Behind _PARTS: what has an eye, a heart or rings that are no body's and no jewel."""

_NEGATED: Final = {
    True: re.compile(r"(?:沒有|没有|毫無|無|不用|不需要|不含|缺少|少了)$"),
    False: re.compile(r"\b(?:no|without|not an?|never an?|lacks?|lacked)\s+(?:\w+\s+)?$", re.I),
}
_WORD: Final = re.compile(r"[\w'’\-]+")
_BREAK: Final = re.compile(r"[.,;:!?—“”\"()]\s*$")


def is_the_thing(text: str, start: int, end: int) -> bool:
    """Whether the English word at *start* to *end* of *text* is a thing there, not a deed, a name or a figure of speech."""
    word, lower = text[start:end], text[start:end].lower()
    before = _word_before(text, start)
    if lower in _MOSTLY_DEEDS and before and not (before.isdigit() or before.lower() in _BEFORE_THINGS):
        return False
    if lower in _ALSO_DEEDS and before.lower() in _DOERS:
        return False
    if lower in _FAMILY_NAMES and before and word[:1].isupper() and not _is_title(text):
        return False
    return not (lower in _PARTS and _OF_NO_BODY.match(text, end))


def is_negated(text: str, start: int, *, chinese: bool) -> bool:
    """Whether the word at *start* of *text* is said to be missing."""
    return bool(_NEGATED[chinese].search(text[:start]))


def _word_before(text: str, start: int) -> str:
    """The word before *start* in the same clause, or nothing."""
    head = text[:start]
    if _BREAK.search(head):
        return ""
    words = _WORD.findall(head)
    return str(words[-1]) if words else ""


def _is_title(text: str) -> bool:
    """Whether most longer words have a capital, as in titles: there it says nothing."""
    words = [word for word in _WORD.findall(text) if len(word) > 3]
    return sum(1 for word in words if word[0].isupper()) > len(words) / 2
