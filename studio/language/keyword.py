"""One form for all spellings of a keyword, and what it is about by its words."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Final

from opencc import OpenCC

LONGEST: Final = 200
"""Characters of a form: some signs become eighteen letters, and what is indexed has to end somewhere."""

ROUNDS: Final = 3
"""What is dropped may uncover more of it, and a few rare characters come to rest in the third round only."""

SUBJECTS: Final = Path(__file__).with_name("subjects.json")
"""What keywords are about → words that say so, in Chinese and English; no word says two things."""

OWN: Final = 3
"""What a word of the keyword itself counts, against 1 for one of a headline: headlines digress."""

CLEAR: Final = 2
"""Least count of a subject: a single word of a single headline is an accident."""

AHEAD: Final = 1.5
"""How many times the second subject's count the first one has to have."""

_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›「」『』《》〈〉【】〝〞]")
_HASHTAG = re.compile(r"(?<!\w)#+(?=\w|$)")
_TRAILING = ".,!?;:。，、！？；：…‥~～·・|-–— "
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")


@lru_cache(maxsize=8_192)
def keyword_norm(text: str) -> str:
    """
    The one form that all spellings of a keyword have; "" where nothing is left of it.

    Width, case, quotes, hashtag marks, white space and punctuation at the ends make no difference, nor do simplified,
    traditional and variant characters: "＃ＡＩ。" is "ai", "台湾" and "台灣" are "臺灣". Words stay those that they are:
    "人工智能" is not "人工智慧", "C#" is not "C", and "#MachineLearning" is not "machine learning".
    """
    form = text
    for _ in range(ROUNDS):
        form = _stripped(form)
    return form


def subject_of(keyword: str, headlines: Sequence[str] = ()) -> str | None:
    """
    What *keyword* is about, as SUBJECTS calls it: by its own words, and less by those of *headlines* on it.

    None where no subject is clear. A word counts once however often it is said.
    """
    own = _hits(_folded(keyword))
    counts: dict[str, float] = {}
    for word, subject in {**_hits("\n".join(map(_folded, headlines))), **own}.items():
        counts[subject] = counts.get(subject, 0) + (OWN if word in own else 1)
    ranked = sorted(counts.values(), reverse=True)
    if not ranked or ranked[0] < CLEAR or (len(ranked) > 1 and ranked[0] < AHEAD * ranked[1]):
        return None
    return max(counts, key=lambda subject: counts[subject])


@cache
def subjects() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The words of each subject by language, "zh" and "en"."""
    listed = json.loads(SUBJECTS.read_text(encoding="utf-8"))
    return {name: {tongue: tuple(words) for tongue, words in by.items()} for name, by in listed.items()}


def _stripped(text: str) -> str:
    folded = _QUOTES.sub("", _folded(text))
    unmarked = _HASHTAG.sub("", folded)
    if unmarked != folded:
        unmarked = unmarked.rstrip("# ")  # Weibo closes a hashtag as it opens it: #AI#
    return " ".join(unmarked.split()).strip(_TRAILING)[:LONGEST].strip(_TRAILING)


def _folded(text: str) -> str:
    """*text* with one width, one case and one script, without characters that nobody sees."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(char for char in plain if char.isspace() or _is_seen(char))
    # Composed again: folding takes some letters apart.
    return unicodedata.normalize("NFKC", _one_script(seen) if _HAN.search(seen) else seen)


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _one_script(text: str) -> str:
    """Traditional characters; through simplified ones, so that variants of one character meet."""
    simplifier, traditional = _converters()
    return str(traditional.convert(simplifier.convert(text)))


@cache
def _converters() -> tuple[OpenCC, OpenCC]:
    return OpenCC("t2s"), OpenCC("s2t")


def _hits(folded: str) -> dict[str, str]:
    """Words of *folded* that say a subject, with it; the longest where several begin or overlap."""
    chinese, pattern, english = _lexicon()
    found = {match.group(): chinese[match.group()] for match in pattern.finditer(folded)}
    words = [_singular(match.group(), english) for match in _WORD.finditer(folded) if match.group().isascii()]
    for first, second in zip_longest(words, words[1:], fillvalue=""):
        for word in (first, f"{first} {second}"):
            if word in english:
                found[word] = english[word]
    return found


def _singular(word: str, known: Mapping[str, str]) -> str:
    """*word* as it is listed, where it is listed in the singular."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((form for form in forms if form in known), word)


@cache
def _lexicon() -> tuple[dict[str, str], re.Pattern[str], dict[str, str]]:
    """Chinese words with a pattern of them, and English words, each with its subject."""
    chinese = {_folded(word): name for name, by in subjects().items() for word in by["zh"]}
    english = {_folded(word): name for name, by in subjects().items() for word in by["en"]}
    longest_first = sorted(chinese, key=len, reverse=True)
    return chinese, re.compile("|".join(map(re.escape, longest_first))), english
