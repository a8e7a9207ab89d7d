"""What speech services answer, made by voices of ours."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

import av
import numpy as np
from aiohttp import web

from studio.providers.sound import Sound, Speech
from studio.providers.tts import catalog
from studio.providers.tts.wav import write_wav

RATE_HZ = 24_000


@cache
def spoken(text: str, *, voice: str = "hibari/heart", speed: float = 1.0) -> Speech:
    """*text* by one of our own voices."""
    provider, _, name = voice.partition("/")
    opened = catalog.open(provider)
    return opened.speak(text, voice=next(v for v in opened.voices if v.name == name), speed=speed)


def wav_bytes(sound: Sound) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        write_wav(sound, path)
        return path.read_bytes()


def mp3_bytes(sound: Sound) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as made:
        stream = made.add_stream("libmp3lame", rate=sound.rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound.samples[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = sound.rate_hz
        for part in (frame, None):
            for packet in stream.encode(part):
                made.mux(packet)
    return file.getvalue()


def with_timestamps(speech: Speech) -> dict[str, Any]:
    """ElevenLabs' answer: bare samples, and a time for each character."""
    characters, starts, ends = [], [], []
    for word in speech.words:
        edges = np.linspace(word.start, word.end, len(word.text) + 1)
        characters += list(word.text)
        starts += edges[:-1].tolist()
        ends += edges[1:].tolist()
    pcm = (np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes()
    alignment = {
        "characters": characters,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    return {"audio_base64": base64.b64encode(pcm).decode(), "alignment": alignment, "normalized_alignment": None}


@contextmanager
def edge_server(speech: Speech | None, *, hangs: bool = False) -> Iterator[tuple[str, list[str]]]:
    """
    A server that speaks the protocol of Edge's "read aloud": its address, and what it was sent.

    Without *speech* it ends the turn without a sound; when it *hangs* it says nothing at all.
    """
    sent: list[str] = []
    started, over = Event(), Event()
    address: list[str] = []

    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        sent.extend([await socket.receive_str(), await socket.receive_str()])
        if hangs:
            await asyncio.to_thread(over.wait)
        for message in _messages(speech) if speech else ():
            await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_str(message))
        await socket.send_str("Path:turn.end\r\n\r\n{}")
        await socket.close()
        return socket

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/edge", talk)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address.append(f"ws://127.0.0.1:{runner.addresses[0][1]}/edge?TrustedClientToken=x")
        started.set()
        await asyncio.to_thread(over.wait)
        await runner.cleanup()

    thread = Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield address[0], sent
    finally:
        over.set()
        thread.join(10)


def _messages(speech: Speech) -> Sequence[str | bytes]:
    header = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    sound = len(header).to_bytes(2, "big") + header + mp3_bytes(speech)
    return [*(_boundary(word.text, word.start, word.end) for word in speech.words), sound]


def _boundary(text: str, start: float, end: float) -> str:
    data = {
        "Offset": round(start * 1e7),
        "Duration": round((end - start) * 1e7),
        "text": {"Text": text.strip(" .,!?。，")},
    }
    return "Path:audio.metadata\r\n\r\n" + json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})
