"""English text to phonemes of the Kokoro family, word by word."""

from __future__ import annotations

from bisect import bisect_right
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby
from typing import Any

from studio.providers.tts.units import Unit

PAUSES = frozenset(';:,.!?—…"“”()')


@cache
def _g2p() -> Any:
    from hibari.g2p import G2P

    return G2P(british=False)


def english_units(text: str) -> list[Unit]:
    """
    Units of *text*, one a space-separated word and one for what stands between two words.

    The joined spellings are *text*. A figure stays one word, whatever it is read as.
    """
    from hibari.g2p.normalize import normalize

    normal = normalize(text)
    tokens = _g2p().phonemize_tokens(_g2p().tokenize(normal))
    words = _word_starts(text)
    place = _way_back(text, normal)
    sounds: list[str] = [""] * len(words)
    cursor = 0
    for token in tokens:
        offset = normal.find(token.text, cursor)
        offset = cursor if offset < 0 else offset
        cursor = offset + len(token.text)
        index = max(0, bisect_right(words, place[min(offset, len(place) - 1)]) - 1)
        sounds[index] += (token.phonemes or "") + (" " if token.whitespace else "")
    return [unit for i, sound in enumerate(sounds) for unit in _word_and_pause(_spelling(text, words, i), sound)]


def _word_starts(text: str) -> list[int]:
    starts, offset = [], 0
    for is_space, run in groupby(text, str.isspace):
        if not is_space:
            starts.append(offset)
        offset += len(list(run))
    return starts or [0]


def _spelling(text: str, starts: list[int], index: int) -> str:
    begin = 0 if index == 0 else starts[index]
    return text[begin : starts[index + 1] if index + 1 < len(starts) else len(text)]


def _way_back(text: str, normal: str) -> list[int]:
    """For each character of *normal*, the one in *text* that it came from or stands for."""
    if text == normal:
        return list(range(len(text) + 1))
    place: list[int] = []
    before, after = ([char.lower()[0] for char in side] for side in (text, normal))
    for _, a0, a1, b0, b1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        place += [min(a0 + i, max(a0, a1 - 1)) for i in range(b1 - b0)]
    return [*place, len(text)]


def _word_and_pause(spelling: str, sound: str) -> list[Unit]:
    """A word, then the punctuation at its end as a pause of its own, so that it does not lengthen the word."""
    core = sound.rstrip()
    tail = len(core)
    while tail and core[tail - 1] in PAUSES:
        tail -= 1
    bare = spelling.rstrip()
    edge = len(bare)
    while edge and not bare[edge - 1].isalnum() and core[tail:]:
        edge -= 1
    if not core[:tail] or not edge or edge == len(spelling):
        return [Unit(spelling, sound, is_word=bool(core[:tail].strip(" ")))]
    return [Unit(spelling[:edge], core[:tail]), Unit(spelling[edge:], core[tail:] + sound[len(core) :], is_word=False)]
