"""Say text cut into units with a model that reports its durations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.errors import ProviderRejected
from studio.models.narration import Word
from studio.providers.tts import Speech
from studio.providers.tts.onnx import RATE_HZ, Spoken
from studio.providers.tts.units import Unit, sentences_of, timed_words

ONSET_LEAD_S = 0.04
"""
Both models sound this much before the step at which they count a phoneme: the median over the onsets after a pause,
-0.04 s for either language (`pytest -s tests/e2e/test_demo.py -k light_up` prints what is left).
"""

LONGEST = 480
"""Phonemes said at once: the models take 510 tokens."""

SENTENCE_GAP_S = 0.32
"""Breath between two sentences of a scene."""

QUIET_DB = -42.0
"""Under the loudest sample by this much is silence: the models' own noise floor lies 20 dB lower."""

MARGIN_S = 0.06
"""Silence kept around a sentence, so that no soft consonant is clipped."""


def say_units(
    units: Sequence[Unit],
    say: Callable[[list[int]], Spoken],
    *,
    vocabulary: Mapping[str, int],
    provider: str,
    gap_s: float = SENTENCE_GAP_S,
) -> Speech:
    """
    Speech of *units*, sentence by sentence, with the exact time of each word.

    Args:
        units: the whole scene.
        say: runs the model on token ids without padding.
        vocabulary: token of each phoneme; phonemes that are not in it are silent.
        provider: its name, for the error.
        gap_s: silence between two sentences.

    Raises:
        ProviderRejected: nothing in the text can be said.
    """
    if not any(unit.is_word and _tokens(unit, vocabulary) for unit in units):
        raise ProviderRejected("tts", provider, "the text holds nothing that can be said; write it in words")
    pieces: list[np.ndarray] = []
    words: list[Word] = []
    clock = 0.0
    gap = np.zeros(int(gap_s * RATE_HZ), np.float32)
    for group in sentences_of(units, longest=LONGEST):
        spoken = say([token for unit in group for token in _tokens(unit, vocabulary)])
        start, ends = _unit_ends(group, spoken, vocabulary)
        first, last = _audible(spoken.samples)
        samples = spoken.samples[first:last]
        lead = first / RATE_HZ + ONSET_LEAD_S
        place = [min(max(0.0, time - lead), len(samples) / RATE_HZ) + clock for time in (start, *ends)]
        words += timed_words(group, place[1:], start=place[0])
        pieces += [samples, gap]
        clock += (len(samples) + len(gap)) / RATE_HZ
    return Speech(np.concatenate(pieces[:-1]).astype(np.float32), RATE_HZ, tuple(_joined(units, words)))


def _audible(samples: NDArray[np.float32]) -> tuple[int, int]:
    """First and last sample (half-open) of what can be heard, with a margin."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 10 ** (QUIET_DB / 20))
    if not len(loud):
        return 0, len(samples)
    margin = int(MARGIN_S * RATE_HZ)
    return max(0, int(loud[0]) - margin), min(len(samples), int(loud[-1]) + margin)


def _tokens(unit: Unit, vocabulary: Mapping[str, int]) -> list[int]:
    return [vocabulary[phoneme] for phoneme in unit.phonemes if phoneme in vocabulary]


def _unit_ends(group: Sequence[Unit], spoken: Spoken, vocabulary: Mapping[str, int]) -> tuple[float, list[float]]:
    """When the first unit starts and each ends; a space after a word counts as the word's."""
    clock = start = float(spoken.token_s[0])
    position, ends = 1, []
    for unit in group:
        count = len(_tokens(unit, vocabulary))
        clock += float(spoken.token_s[position : position + count].sum())
        position += count
        ends.append(clock)
    return start, ends


def _joined(units: Sequence[Unit], words: list[Word]) -> list[Word]:
    """*words* with any leading or trailing text that no word carried, so that they join to the whole text."""
    missing = len("".join(unit.shown for unit in units)) - len("".join(word.text for word in words))
    if missing > 0 and words:
        text = "".join(unit.shown for unit in units)
        words[-1] = words[-1].model_copy(update={"text": words[-1].text + text[len(text) - missing :]})
    return words
