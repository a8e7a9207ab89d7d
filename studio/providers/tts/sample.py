"""What a voice sounds like: one sentence, said once and kept."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.errors import ProviderUnavailable
from studio.providers.fallback import ready_ones
from studio.providers.storage import Storage
from studio.providers.till import OpenTill, Quote, Receipt, Till, Units, call_key
from studio.providers.tts import TTS, Voice, catalog
from studio.providers.tts.wav import write_wav

SENTENCES = {
    "zh-TW": "你好，這是我的聲音。給我一段文字，我就能說成一支影片。",
    "en": "Hello, this is my voice. Give me a few sentences, and I will tell them in your film.",
}

FRESH_S = 60.0
"""How long it is believed that a voice is ready: looking means hashing a model of 90 MB."""

OPEN_TILL = OpenTill()
_SPEAKING = threading.Lock()
_IN_ROOM = threading.BoundedSemaphore(4)
"""One at a time, because a model takes all cores and espeak has one voice; a few may wait."""


@dataclass(frozen=True)
class ReadyVoice:
    """A voice that can be asked for now, by *id*."""

    provider: TTS
    voice: Voice

    @property
    def id(self) -> str:
        """As a brief names it."""
        return f"{self.provider.name}/{self.voice.name}"


@dataclass
class _Ready:
    names: tuple[str, ...] = ()
    voices: tuple[ReadyVoice, ...] = ()
    looked_at: float = -FRESH_S


_ready = _Ready()
_looking = threading.Lock()


def ready_voices(names: Sequence[str]) -> tuple[ReadyVoice, ...]:
    """The voices of the providers called *names* that are ready, in that order; looked at once a minute."""
    with _looking:
        if _ready.names != tuple(names) or time.monotonic() - _ready.looked_at > FRESH_S:
            _ready.voices = tuple(
                ReadyVoice(each, voice) for each in ready_ones(catalog, names) for voice in each.voices
            )
            _ready.names, _ready.looked_at = tuple(names), time.monotonic()
        return _ready.voices


def sample_text(language: str) -> str:
    """The sentence that voices of *language* say."""
    return SENTENCES.get(language, SENTENCES["en"])


def sample(wanted: ReadyVoice, storage: Storage, *, till: Till = OPEN_TILL) -> str:
    """
    The key of the voice's sample in *storage*, said now unless it was before; *till* pays for somebody else's voice.

    Raises:
        ProviderUnavailable: too many samples are being made; try again in a moment.
        ProviderError: the voice did not deliver.
    """
    key = _key(wanted)
    if storage.exists(key):
        return key
    if not _IN_ROOM.acquire(blocking=False):
        raise ProviderUnavailable("tts", wanted.provider.name, "other samples are being made", retry_after=2)
    try:
        with _SPEAKING:
            if not storage.exists(key):
                _buy(wanted, storage, key, till)
    finally:
        _IN_ROOM.release()
    return key


def _key(wanted: ReadyVoice) -> str:
    """Named by what it is made of, not by what came out: so it is found again without a table of samples."""
    quote = _quote(wanted)
    recipe = f"sample\n{wanted.id}\n{sample_text(wanted.voice.language)}" + (f"\n{quote.key}" if quote else "")
    digest = hashlib.sha256(recipe.encode()).hexdigest()
    return f"recipe/{digest[:2]}/{digest}.wav"


def _quote(wanted: ReadyVoice) -> Quote | None:
    return wanted.provider.quote(sample_text(wanted.voice.language), voice=wanted.voice)


def _buy(wanted: ReadyVoice, storage: Storage, key: str, till: Till) -> None:
    """Say it; one that was bought before and has left the store is bought again, under a key of its own."""
    quote = _quote(wanted)
    if quote is None:
        _say(wanted, storage, key)
        return

    def call() -> Receipt:
        return Receipt(key, _say(wanted, storage, key) or quote.units)

    for bought in (call_key("sample", quote.key), call_key("sample again", quote.key, time.time())):
        till.buy(replace(quote, key=bought), call)
        if storage.exists(key):
            return
    raise ProviderUnavailable("tts", wanted.provider.name, "its sample vanished from the store")


def _say(wanted: ReadyVoice, storage: Storage, key: str) -> Units | None:
    """Keep the sample; what it used, where only the sound tells."""
    speech = wanted.provider.speak(sample_text(wanted.voice.language), voice=wanted.voice)
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        path = Path(folder) / "sample.wav"
        write_wav(speech, path)
        storage.put(path, key)
    return speech.used
