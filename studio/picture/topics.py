"""Choose the palette of a film by what it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from studio.picture.palettes import DEFAULT_PALETTE
from studio.picture.words import TOPICS

TITLE_WEIGHT: Final = 5
KEYWORD_WEIGHT: Final = 2
WORDS_NEEDED: Final = 2
_WORD = re.compile(r"[a-z0-9à-ɏ]+")


@dataclass(frozen=True)
class Topic:
    """A palette and the topic's name for the kicker, empty where no word of the film named a topic."""

    palette: str
    label: str


def choose_topic(title: str, *, keywords: Sequence[str], narration: str, chinese: bool) -> Topic:
    """
    The topic whose words the film uses most; the title counts most, then keywords, then the narration.

    Of two alike the one listed first. One word in passing names no topic: it takes the title, or two words. A film
    about nothing listed gets the default palette and no name.
    """
    language = "zh" if chinese else "en"
    parts = ((title, TITLE_WEIGHT), ("\n".join(keywords), KEYWORD_WEIGHT), (narration, 1))
    scores = {
        name: sum(weight * _hits(text, topic[language], chinese=chinese) for text, weight in parts)
        for name, topic in _topics().items()
    }
    best = max(scores, key=lambda name: scores[name])
    words = _topics()[best][language]
    whole = "\n".join((*keywords, narration))
    if not _hits(title, words, chinese=chinese) and _hits(whole, words, chinese=chinese) < WORDS_NEEDED:
        return Topic(DEFAULT_PALETTE, "")
    return Topic(best, str(_topics()[best]["label"][language]))


def _hits(text: str, words: Sequence[str], *, chinese: bool) -> int:
    """How many of *words* occur; a long one counts for the short ones in it only once."""
    if chinese:
        return sum(1 for word in words if word in text)
    found = set(_WORD.findall(text.lower()))
    singular = found | {word.removesuffix("s") for word in found} | {word.removesuffix("es") for word in found}
    flat = " ".join(_WORD.findall(text.lower()))
    return sum(1 for word in words if (word in singular if " " not in word else word in flat))


@cache
def _topics() -> dict[str, dict[str, Any]]:
    return dict(json.loads(TOPICS.read_text(encoding="utf-8")))
