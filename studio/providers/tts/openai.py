"""Any OpenAI-compatible `/audio/speech` as a voice. It says no times: the words are aligned afterwards."""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import urlsplit

import numpy as np
from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected, UnreadableMedia
from studio.language.detect import SPOKEN
from studio.language.pace import spoken_seconds
from studio.language.sentences import split_sentences
from studio.language.tokens import estimated_tokens
from studio.models.asset import Credit
from studio.providers.llm.access import Access
from studio.providers.llm.listing import end_warnings
from studio.providers.openaisdk import Endpoint, client_of
from studio.providers.sound import RATE_HZ, Sound, decode
from studio.providers.till import Quote, Units, call_key
from studio.providers.tts import NO_SOUNDS, USUAL_PACE, Sounds, Speech, Voice
from studio.settings import EnvSettings, ProviderNames

TIMEOUT_S = 120.0
"""For a whole answer, however slowly it comes: 4,096 characters are four minutes of speech."""

MOST_BYTES = 64 << 20
LONGEST = 4096
"""Characters of one request. Source: the vendor's SDK, `SpeechCreateParams.input`."""


AUDIO_TOKENS_A_SECOND: Final = 20
"""Of sound that a model speaks. Source: developers.openai.com, Managing costs (Realtime): a token is 50 ms. A bill for
536 s of gpt-4o-mini-tts came to 20.1: github.com/sanand0/blog, OpenAI TTS cost, 2025-11-02."""

SLOWEST: Final = 2.0
"""How much longer than the usual voice one may take: what is held against the budgets is the most it can cost."""


class OpenAISpeechSettings(EnvSettings):
    """The vendor's usual variables, and what speech has of its own: chat endpoints often have none."""

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_speech_base_url: str = ""
    """Empty means OPENAI_BASE_URL."""
    openai_speech_model: str = "gpt-4o-mini-tts"
    openai_speech_voices: ProviderNames = ("alloy", "nova", "onyx", "shimmer")

    @property
    def address(self) -> str:
        """Where speech is asked for."""
        return self.openai_speech_base_url or self.openai_base_url


class OpenAISpeech:
    """Voices of a vendor; each speaks all our languages."""

    name = "openai"

    def __init__(self) -> None:
        settings = OpenAISpeechSettings()
        self.voices = tuple(
            Voice(voice, language, pace=USUAL_PACE[language], credit=_credit(settings, voice))
            for language in SPOKEN
            for voice in settings.openai_speech_voices
        )

    def check(self) -> None:
        """Raise ProviderNotReady without a key or a voice."""
        settings = OpenAISpeechSettings()
        if not settings.openai_api_key.get_secret_value():
            raise ProviderNotReady(
                "tts", self.name, "OPENAI_API_KEY is not set; set it, or use tts 'kokoro', which needs no key"
            )
        if not settings.openai_speech_voices:
            raise ProviderNotReady("tts", self.name, "OPENAI_SPEECH_VOICES names no voice")

    def model_warnings(self) -> tuple[str, ...]:
        """That the operator's model shuts down soon; never fails, waits two seconds at most."""
        settings = OpenAISpeechSettings()
        key = settings.openai_api_key.get_secret_value()
        access = Access(self.name, settings.address, key, settings.openai_speech_model)
        return end_warnings(access, role="tts", model_name="OPENAI_SPEECH_MODEL")

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """By characters and by tokens: some models are billed by the one, some by the other."""
        settings = OpenAISpeechSettings()
        model = settings.openai_speech_model
        key = call_key("tts", self.name, settings.address, model, voice.name, speed, text)
        seconds = SLOWEST * spoken_seconds(text, voice.language, pace=voice.pace * speed) + 1
        return Quote("tts", self.name, model, key, _units(text, seconds), address=settings.address)

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text*, a long one in several requests; the speech has no words."""
        self.check()
        parts = [_said(part, voice.name, speed) for part in _parts(text, voice.language)]
        if not parts:
            raise ProviderRejected("tts", self.name, "the text holds nothing that can be said; write it in words")
        samples = np.concatenate([part.samples for part in parts])
        return Speech(samples, RATE_HZ, (), used=_units(text, len(samples) / RATE_HZ))


def _units(text: str, seconds: float) -> Units:
    """Speech reports no usage, so it is counted here: the text's tokens by their estimate, the sound's by its length."""
    spoken = math.ceil(seconds * AUDIO_TOKENS_A_SECOND)
    return {"characters": len(text), "input_tokens": estimated_tokens(text), "output_tokens": spoken}


def _credit(settings: OpenAISpeechSettings, voice: str) -> Credit:
    host = urlsplit(settings.address).hostname or settings.address
    return Credit(title=f"{settings.openai_speech_model}, voice {voice}", author=host, licence="the vendor's terms")


def _parts(text: str, language: str) -> list[str]:
    """*text*, cut at the ends of sentences where it is too long for one request."""
    if not any(char.isalnum() for char in text):
        return []
    if len(text) <= LONGEST:
        return [text]
    parts = [""]
    for sentence in split_sentences(text, language):
        for start in range(0, len(sentence), LONGEST):
            piece = sentence[start : start + LONGEST]
            if len(parts[-1]) + 1 + len(piece) > LONGEST:
                parts.append(piece)
            else:
                parts[-1] = f"{parts[-1]} {piece}".strip()
    return parts


def _said(text: str, voice: str, speed: float) -> Sound:
    settings = OpenAISpeechSettings()
    model = settings.openai_speech_model
    endpoint = Endpoint("tts", "speech", model, "OPENAI_SPEECH_MODEL", "OPENAI_SPEECH_BASE_URL")
    with endpoint.errors():
        content = _answer(settings, text, voice, speed)
    try:
        sound = decode(content)
    except UnreadableMedia as error:
        raise endpoint.unavailable("what came was no sound") from error
    if not len(sound.samples):
        raise endpoint.unavailable("what came was empty")
    return sound


def _answer(settings: OpenAISpeechSettings, text: str, voice: str, speed: float) -> bytes:
    client = client_of(settings.openai_api_key.get_secret_value(), settings.address, TIMEOUT_S, MOST_BYTES)
    ask = client.audio.speech.with_streaming_response.create(
        model=settings.openai_speech_model, voice=voice, input=text, response_format="wav", speed=speed
    )
    with ask as answer:
        return b"".join(answer.iter_bytes())
