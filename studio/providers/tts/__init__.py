"""Voices: who can turn a line of narration into speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeAlias, runtime_checkable

from studio.models.asset import Credit
from studio.providers.catalog import Catalog
from studio.providers.sound import Speech as Speech
from studio.providers.till import Quote

SPEEDS = (0.5, 2.0)
"""Slowest and fastest that a film can ask for, as shares of a voice's own pace."""

USUAL_PACE = {"zh-TW": 5.5, "en": 3.6}
"""Pace of a voice that nobody here has measured: the mean of the embedded ones."""

Sounds: TypeAlias = Mapping[str, tuple[str, ...]]
"""Chinese words that are read otherwise than the dictionary has them, with their syllables: `{"行天宮": ("xing2", …)}`."""

NO_SOUNDS: Sounds = MappingProxyType({})


@dataclass(frozen=True)
class Voice:
    """
    A voice of a provider.

    *pace* is its measured rate in spoken units a second (`studio/language/pace.py`).
    *is_draft* marks a voice that is only just intelligible, *is_exact* one whose model knows when each word comes:
    other sounds are aligned with what it says. *speeds* are the slowest and the fastest it can speak.
    """

    name: str
    language: str
    pace: float
    credit: Credit
    is_draft: bool = False
    is_exact: bool = False
    speeds: tuple[float, float] = SPEEDS


@runtime_checkable
class TTS(Protocol):
    """Turns narration into speech, with the times of its words where it knows them."""

    name: str
    voices: tuple[Voice, ...]

    def check(self) -> None:
        """
        Return when ready to speak.

        Raises:
            ProviderNotReady: what is missing, and which voice works without it.
        """
        ...

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """What saying *text* will use of somebody else's service; None for a voice of this machine, which costs nothing."""
        ...

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """
        Say *text*, plain and of one scene; the joined words of the speech, if it has any, are *text*.

        Args:
            text: what is said.
            voice: one of *voices*.
            speed: a share of the voice's own pace, within its *speeds*.
            sounds: words with their syllables; a voice that cannot be told them reads as it does.

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
        "openai": "studio.providers.tts.openai:OpenAISpeech",
        "elevenlabs": "studio.providers.tts.elevenlabs:ElevenLabs",
        "edge": "studio.providers.tts.edge:Edge",
        "piper": "studio.providers.tts.piper:Piper",
    },
)
