"""Voices: who can turn a line of narration into speech."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from studio.models.asset import Credit
from studio.models.narration import Word
from studio.providers.catalog import Catalog


@dataclass(frozen=True)
class Speech:
    """Mono samples (float32, -1..1) and the times of the words in them, in seconds from the first sample."""

    samples: NDArray[np.float32]
    rate_hz: int
    words: tuple[Word, ...]

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True)
class Voice:
    """
    A voice of a provider.

    *pace* is its measured rate in spoken units a second (`studio/language/pace.py`).
    *is_draft* marks a voice that is only just intelligible.
    """

    name: str
    language: str
    pace: float
    credit: Credit
    is_draft: bool = False


@runtime_checkable
class TTS(Protocol):
    """Turns narration into speech with the times of its words."""

    name: str
    voices: tuple[Voice, ...]

    def check(self) -> None:
        """
        Return when ready to speak.

        Raises:
            ProviderNotReady: what is missing, and which voice works without it.
        """
        ...

    def speak(self, text: str, *, voice: Voice) -> Speech:
        """
        Say *text*, plain and of one scene; the joined words of the speech are *text*.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: this text will never work.
        """
        ...


catalog = Catalog[TTS](
    "tts",
    {
        "hibari": "studio.providers.tts.hibari:Hibari",
        "kokoro": "studio.providers.tts.kokoro:Kokoro",
        "espeak": "studio.providers.tts.espeak:Espeak",
    },
)
