"""Word times by comparison: an embedded voice says the same text, and the two sounds are warped onto each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.errors import ProviderError, ProviderUnavailable
from studio.models.narration import Word
from studio.providers.align import Reference
from studio.providers.align.rests import rests_of
from studio.providers.align.warp import features, warp
from studio.providers.sound import Sound, Speech

GAP_S = 0.35
"""Rest put between two passages of the reference."""


class ReferenceAligner:
    """Compares with a voice whose word times are exact."""

    name = "reference"

    def check(self) -> None:
        """Nothing can be missing: the voice to compare with comes with the call."""

    def align(
        self, sound: Sound, passages: Sequence[str], *, language: str, reference: Reference | None = None
    ) -> list[tuple[Word, ...]]:
        """Times of the reference's words, carried over."""
        if reference is None:
            raise ProviderUnavailable("align", self.name, "no voice of this language has word times to compare with")
        try:
            said = [reference(text) for text in passages]
        except ProviderError as error:
            raise ProviderUnavailable("align", self.name, "the voice to compare with cannot say this") from error
        return carried(sound, said)


def carried(sound: Sound, said: Sequence[Speech]) -> list[tuple[Word, ...]]:
    """The words of *said*, one after the other, at their times in *sound*."""
    joined, places = _joined(said)
    rests = rests_of(sound)
    first, last = rests[0].end, rests[-1].start
    voice = sound.part(first, last)
    here, there = warp(features(joined), features(voice))
    found: list[tuple[Word, ...]] = []
    clock = 0.0
    for speech, place in zip(said, places, strict=True):
        words: list[Word] = []
        for word in speech.words:
            start = max(clock, first + float(np.interp(word.start + place, here, there)))
            clock = max(start, first + float(np.interp(word.end + place, here, there)))
            words.append(Word(text=word.text, start=min(start, last), end=min(clock, last)))
        found.append(tuple(words))
    return found


def _joined(said: Sequence[Speech]) -> tuple[Sound, list[float]]:
    """One sound of all speeches with rests between, silence around it cut off, and where in it each begins."""
    rate = said[0].rate_hz
    gap = np.zeros(round(GAP_S * rate), np.float32)
    pieces: list[NDArray[np.float32]] = []
    places: list[float] = []
    clock = 0.0
    for speech in said:
        rests = rests_of(speech)
        lead, end = rests[0].end, rests[-1].start
        places.append(clock - lead)
        pieces += [speech.part(lead, end).samples, gap]
        clock += (len(pieces[-2]) + len(gap)) / rate
    return Sound(np.concatenate(pieces[:-1]), rate), places
