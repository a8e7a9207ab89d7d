"""espeak-ng out of its wheel: the voice of last resort, robotic but always there."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.asset import Credit
from studio.models.narration import Word
from studio.providers.till import Quote
from studio.providers.tts import NO_SOUNDS, Sounds, Speech, Voice
from studio.providers.tts.chinese import chinese_units, pinyin_of
from studio.providers.tts.english import english_units
from studio.providers.tts.units import Unit, timed_words

SYNCHRONOUS = 0x02
UTF8, END_PAUSE = 1, 0x1000
RATE, WORDS_A_MINUTE = 1, 175
"""espeakRATE of speak_lib.h and its default."""

LIST_TERMINATED, WORD = 0, 1
CREDIT = Credit(
    title="eSpeak NG",
    author="the eSpeak NG contributors",
    licence="GPL-3.0",
    url="https://github.com/espeak-ng/espeak-ng",
)


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h; the identifier is a union of eight bytes."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """A draft voice: what it makes is marked as such."""

    name = "espeak"
    voices = (
        Voice("en-us", "en", pace=3.5, credit=CREDIT, is_draft=True),
        Voice("cmn-latn-pinyin", "zh-TW", pace=4.4, credit=CREDIT, is_draft=True),
    )

    def check(self) -> None:
        """Raise ProviderNotReady unless the library loads."""
        _library()

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """Nothing: it is ours."""
        return None

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text* with the library's own word times."""
        is_chinese = voice.language.startswith("zh")
        units = chinese_units(text, sounds) if is_chinese else english_units(text)
        units = [unit for unit in units if unit.shown]
        spoken = [_spelling(unit, sounds, is_chinese=is_chinese) for unit in units]
        starts = [0]
        for piece in spoken:
            starts.append(starts[-1] + len(piece))
        samples, events = _synthesize("".join(spoken), voice.name, speed)
        if not len(samples) or not events:
            raise ProviderRejected("tts", self.name, "the text holds nothing that can be said; write it in words")
        words = _timed(units, starts, events, duration=len(samples) / _rate_hz())
        return Speech(samples, _rate_hz(), tuple(words))


def _spelling(unit: Unit, sounds: Sounds, *, is_chinese: bool) -> str:
    """What espeak is given for a unit: pinyin, because its own reading of hanzi is wrong."""
    if not is_chinese or not unit.is_word:
        return (
            unit.shown
            if unit.shown.strip() in ",.?!;:"
            else {"，": ", ", "。": ". ", "？": "? "}.get(unit.shown, unit.shown)
        )
    syllables = sounds.get(unit.shown) or pinyin_of(unit.shown)
    return " ".join(syllables) + " " if syllables else unit.shown + " "


def _timed(
    units: Sequence[Unit], starts: Sequence[int], events: Sequence[tuple[int, float]], *, duration: float
) -> list[Word]:
    """Each unit ends where the first event after it begins."""
    ends = []
    for _, end in pairwise(starts):
        ends.append(next((time for position, time in events if position >= end), duration))
    return timed_words(units, ends, start=events[0][1])


def _synthesize(
    text: str, voice: str, speed: float
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], list[tuple[int, float]]]:
    """Samples, and (character, seconds) of each word."""
    library = _library()
    pieces: list[np.ndarray[Any, Any]] = []
    events: list[tuple[int, float]] = []

    def collect(wave: Any, count: int, event: Any) -> int:
        if wave and count:
            pieces.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
        index = 0
        while event[index].type != LIST_TERMINATED:
            if event[index].type == WORD:
                events.append((event[index].text_position - 1, event[index].audio_position / 1000))
            index += 1
        return 0

    callback = _CALLBACK(collect)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(RATE, round(WORDS_A_MINUTE * speed), 0)
    encoded = text.encode("utf-8", "ignore") + b"\0"
    library.espeak_Synth(encoded, len(encoded), 0, 1, 0, UTF8 | END_PAUSE, None, None)
    library.espeak_Synchronize()
    joined = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    return (joined / 32768).astype(np.float32), events


@cache
def _library() -> Any:
    try:
        import espeakng_loader

        library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError) as error:
        raise ProviderNotReady("tts", "espeak", "espeakng-loader is not installed; run `make setup`") from error
    library.rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if library.rate_hz <= 0:
        raise ProviderNotReady("tts", "espeak", "the library could not be initialised; reinstall espeakng-loader")
    return library


def _rate_hz() -> int:
    return int(_library().rate_hz)
