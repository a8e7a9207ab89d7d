"""ElevenLabs, with the times of its characters."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import quote as quoted

import numpy as np
from pydantic import BaseModel, SecretStr, ValidationError

from studio.errors import ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.language.detect import SPOKEN, is_chinese
from studio.models.asset import Credit
from studio.models.narration import Word
from studio.providers.till import Quote, call_key
from studio.providers.tts import NO_SOUNDS, USUAL_PACE, Sounds, Speech, Voice
from studio.providers.tts.characters import words_of_characters
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings, ProviderNames

FORMAT, RATE_HZ = "pcm_24000", 24_000
"""Bare samples: no codec whose delay would have to be told from silence. Every plan may ask for this rate."""

TIMEOUT_S = 120.0
MOST_BYTES = 64 << 20
SPEEDS = (0.7, 1.2)
"""Source: the vendor's reference of `voice_settings.speed`."""


class ElevenLabsSettings(EnvSettings):
    """The vendor's key, and which of the account's voices are offered."""

    elevenlabs_api_key: SecretStr = SecretStr("")
    elevenlabs_root_url: str = "https://api.elevenlabs.io"
    elevenlabs_voices: ProviderNames = ()
    """Voice ids, each with an optional name to ask for it by: "21m00Tcm4TlvDq8ikWAM:rachel"."""
    elevenlabs_model: str = "eleven_multilingual_v2"

    @property
    def ids(self) -> dict[str, str]:
        """Voice ids by the names that they are asked for by."""
        pairs = [voice.partition(":") for voice in self.elevenlabs_voices]
        return {name.strip() or identifier.strip(): identifier.strip() for identifier, _, name in pairs}


class _Alignment(BaseModel):
    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _Answer(BaseModel):
    audio_base64: str
    alignment: _Alignment | None = None


class ElevenLabs:
    """Voices of the operator's account; each speaks all our languages."""

    name = "elevenlabs"

    def __init__(self) -> None:
        self.voices = tuple(
            Voice(name, language, pace=USUAL_PACE[language], credit=_credit(name), speeds=SPEEDS)
            for language in SPOKEN
            for name in ElevenLabsSettings().ids
        )

    def check(self) -> None:
        """Raise ProviderNotReady without a key or a voice."""
        settings = ElevenLabsSettings()
        if not settings.elevenlabs_api_key.get_secret_value():
            raise ProviderNotReady(
                "tts", self.name, "ELEVENLABS_API_KEY is not set; set it, or use tts 'kokoro', which needs no key"
            )
        if not settings.ids:
            raise ProviderNotReady("tts", self.name, "ELEVENLABS_VOICES is empty; put the ids of your voices there")

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """The characters, which are what the vendor bills."""
        settings = ElevenLabsSettings()
        shape = (settings.elevenlabs_root_url, settings.elevenlabs_model, settings.ids.get(voice.name, voice.name))
        key = call_key("tts", self.name, *shape, voice.language, speed, text)
        units = {"characters": len(text)}
        return Quote("tts", self.name, settings.elevenlabs_model, key, units, address=settings.elevenlabs_root_url)

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text*; the words are without times when the vendor's characters are not the text's."""
        self.check()
        if not any(char.isalnum() for char in text):
            raise ProviderRejected("tts", self.name, "the text holds nothing that can be said; write it in words")
        settings = ElevenLabsSettings()
        path = f"/v1/text-to-speech/{quoted(settings.ids.get(voice.name, voice.name), safe='')}/with-timestamps"
        reply = _vendor(settings).post_json(path, _body(text, voice, speed, settings), {"output_format": FORMAT})
        return self._speech(reply, text, voice.language)

    def _speech(self, reply: Any, text: str, language: str) -> Speech:
        try:
            answer = _Answer.model_validate(reply)
            pcm = base64.b64decode(answer.audio_base64, validate=True)
        except (ValidationError, binascii.Error) as error:
            raise ProviderUnavailable("tts", self.name, "its answer was not of the known shape") from error
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)
        if not len(samples):
            raise ProviderUnavailable("tts", self.name, "its answer holds no sound")
        words = _words(answer.alignment, text, language, duration=len(samples) / RATE_HZ)
        return Speech(samples, RATE_HZ, words)


def _vendor(settings: ElevenLabsSettings) -> Vendor:
    return Vendor(
        "tts",
        "elevenlabs",
        settings.elevenlabs_root_url,
        key_name="ELEVENLABS_API_KEY",
        headers={"xi-api-key": settings.elevenlabs_api_key.get_secret_value()},
        timeout_s=TIMEOUT_S,
        most_bytes=MOST_BYTES,
    )


def _body(text: str, voice: Voice, speed: float, settings: ElevenLabsSettings) -> dict[str, Any]:
    body: dict[str, Any] = {"text": text, "model_id": settings.elevenlabs_model}
    if "multilingual_v2" not in settings.elevenlabs_model:
        # That model finds the language out by itself and takes no code.
        body["language_code"] = "zh" if is_chinese(voice.language) else "en"
    if speed != 1.0:
        body["voice_settings"] = {"speed": speed}
    return body


def _words(alignment: _Alignment | None, text: str, language: str, *, duration: float) -> tuple[Word, ...]:
    if alignment is None or "".join(alignment.characters) != text:
        return ()
    starts, ends = alignment.character_start_times_seconds, alignment.character_end_times_seconds
    if not len(starts) == len(ends) == len(alignment.characters):
        return ()
    return words_of_characters(alignment.characters, starts, ends, language=language, duration=duration)


def _credit(name: str) -> Credit:
    return Credit(
        title=f"ElevenLabs, voice {name}",
        author="ElevenLabs",
        licence="the vendor's terms",
        url="https://elevenlabs.io",
    )
