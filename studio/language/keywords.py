"""What a text is about, from the text alone."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

from studio.language.detect import is_chinese
from studio.language.segment import tagged_words

STOP_ZH = frozenset(
    "因為 所以 但是 可是 不過 而且 如果 就是 這個 那個 這些 那些 什麼 為什麼 怎麼 如何 我們 你們 他們 它們 自己 大家 已經 可以 可能 "
    "沒有 不是 還是 或是 以及 之後 之前 時候 非常 特別 其實 大約 大概 通常 一個 一種 一些 叫做 成為 變成 由於 然後 最後 首先 其次 "
    "第一 第二 第三 知道 覺得 想過 看到 出現 開始 有沒有 是不是 能夠 需要 應該 這樣 那樣 才能 只有 只要 就會 也會 都會".split()
)
NOUNS = ("n", "vn", "eng")
"""Tags of the dictionary that mark things: nouns of all kinds, verbal nouns, foreign words."""

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z][A-Za-z0-9\-]+")


def keywords(text: str, language: str, *, most: int = 5) -> tuple[str, ...]:
    """The *most* telling words or phrases of *text*, best first, each as the text writes it."""
    if is_chinese(language):
        return _chinese(text)[:most]
    return _english(text, most)


def _chinese(text: str) -> tuple[str, ...]:
    """Nouns before other words, then the often said, then the first said."""
    words: list[str] = []
    nouns: set[str] = set()
    for word, tag in tagged_words(text):
        if _WORD.fullmatch(word) and word not in STOP_ZH:
            words.append(word)
            if tag.startswith(NOUNS):
                nouns.add(word)
    counts = Counter(words)
    return tuple(sorted(counts, key=lambda word: (word not in nouns, -counts[word], words.index(word))))


def _english(text: str, most: int) -> tuple[str, ...]:
    found = [phrase for phrase, _ in _extractor().extract_keywords(text)]
    kept: list[str] = []
    for phrase in found:
        words = set(phrase.lower().split())
        if not any(words & set(other.lower().split()) for other in kept):
            kept.append(phrase)
    return tuple(kept[:most])


@cache
def _extractor() -> Any:
    import yake

    return yake.KeywordExtractor(lan="en", n=2, top=12)
