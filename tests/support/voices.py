"""Voices that do as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from studio.errors import ProviderError
from studio.models.asset import Credit
from studio.models.narration import Word
from studio.providers.sound import Speech
from studio.providers.till import Quote, Units, call_key
from studio.providers.tts import NO_SOUNDS, Sounds, Voice

CREDIT = Credit(title="a voice", author="a vendor", licence="the vendor's terms")
RATE_HZ = 24_000


@dataclass
class FakeVendor:
    """Says every character in a tenth of a second, one word a character, or fails from the call *fails_from* on."""

    name: str = "vendor"
    error: ProviderError | None = None
    fails_from: int = 0
    is_ready: ProviderError | None = None
    is_remote: bool = True
    is_timed: bool = True
    speeds: tuple[float, float] = (0.5, 2.0)
    used: Units | None = None
    """What its sound alone tells that it used."""
    said: list[str] = field(default_factory=list)

    @property
    def voices(self) -> tuple[Voice, ...]:
        return tuple(Voice("any", tag, pace=4.0, credit=CREDIT, speeds=self.speeds) for tag in ("zh-TW", "en"))

    def check(self) -> None:
        if self.is_ready:
            raise self.is_ready

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        if not self.is_remote:
            return None
        return Quote("tts", self.name, "m", call_key(self.name, voice.name, speed, text), {"characters": len(text)})

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        self.said.append(text)
        if self.error and len(self.said) > self.fails_from:
            raise self.error
        samples = np.sin(np.arange(len(text) * RATE_HZ // 10) * 0.05 * speed).astype(np.float32) * 0.5
        words = tuple(Word(text=c, start=i / 10, end=(i + 1) / 10) for i, c in enumerate(text))
        return Speech(samples, RATE_HZ, words if self.is_timed else (), used=self.used)
