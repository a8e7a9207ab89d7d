"""The voices of Microsoft Edge's "read aloud", through the package edge-tts: no key, but the internet."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from studio.errors import ProviderNotReady, ProviderRejected, ProviderUnavailable, UnreadableMedia
from studio.models.asset import Credit
from studio.providers.sound import Speech, decode
from studio.providers.till import Quote, call_key
from studio.providers.tts import NO_SOUNDS, USUAL_PACE, Sounds, Voice
from studio.providers.tts.characters import words_at

TIMEOUT_S = 120.0
CONNECT_S = 10
MOST_BYTES = 16 << 20
TICKS_A_SECOND = 10_000_000
CREDIT = Credit(title="Edge read aloud", author="Microsoft", licence="the vendor's terms")


def _voice(name: str) -> Voice:
    language = "zh-TW" if name.startswith("zh") else "en"
    return Voice(name, language, pace=USUAL_PACE[language], credit=CREDIT)


class Edge:
    """An unofficial door that may close any day: never in the default order."""

    name = "edge"
    voices = tuple(
        _voice(name)
        for name in (
            *("zh-TW-HsiaoChenNeural", "zh-TW-YunJheNeural", "zh-TW-HsiaoYuNeural"),
            *("en-US-AriaNeural", "en-US-GuyNeural"),
        )
    )

    def check(self) -> None:
        """Raise ProviderNotReady without the package; whether the service answers shows when it is asked."""
        if find_spec("edge_tts") is None:
            raise ProviderNotReady(
                "tts",
                self.name,
                "edge-tts is not installed; run `pip install \"video-system[edge]\"`, or use tts 'kokoro'",
            )

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """The characters, which cost nothing but are somebody else's."""
        key = call_key("tts", self.name, voice.name, speed, text)
        return Quote("tts", self.name, "", key, {"requests": 1})

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text* with the service's own word times."""
        self.check()
        if not any(char.isalnum() for char in text):
            raise ProviderRejected("tts", self.name, "the text holds nothing that can be said; write it in words")
        # In a thread of its own: whoever calls may have an event loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            audio, boundaries = pool.submit(asyncio.run, _listen(text, voice.name, speed)).result()
        try:
            sound = decode(audio)
        except UnreadableMedia as error:
            raise ProviderUnavailable("tts", self.name, "what came was no sound") from error
        return Speech(sound.samples, sound.rate_hz, words_at(text, boundaries, duration=sound.duration))


async def _listen(text: str, voice: str, speed: float) -> tuple[bytes, list[tuple[str, float, float]]]:
    """The MP3 and the words with their times, within TIMEOUT_S and MOST_BYTES."""
    import aiohttp
    from edge_tts.exceptions import EdgeTTSException

    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await _received(text, voice, speed)
    except (EdgeTTSException, aiohttp.ClientError, OSError, TimeoutError, ValueError, LookupError) as error:
        raise ProviderUnavailable("tts", "edge", f"no usable answer ({type(error).__name__})") from None


async def _received(text: str, voice: str, speed: float) -> tuple[bytes, list[tuple[str, float, float]]]:
    import edge_tts

    talk = edge_tts.Communicate(
        text, voice, rate=f"{round((speed - 1) * 100):+d}%", boundary="WordBoundary", connect_timeout=CONNECT_S
    )
    audio: list[bytes] = []
    boundaries: list[tuple[str, float, float]] = []
    size = 0
    async for piece in talk.stream():
        if piece["type"] == "audio":
            audio.append(piece["data"])
            size += len(audio[-1])
            if size > MOST_BYTES:
                raise ProviderUnavailable("tts", "edge", f"its answer is larger than {MOST_BYTES} bytes")
        elif piece["type"] == "WordBoundary":
            boundaries.append(_boundary(piece))
    return b"".join(audio), boundaries


def _boundary(piece: Any) -> tuple[str, float, float]:
    start = piece["offset"] / TICKS_A_SECOND
    return str(piece["text"]), start, start + piece["duration"] / TICKS_A_SECOND
