"""Piper voices that the operator brings as files. The package is GPL-3.0 and an extra of ours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.asset import Credit
from studio.models.narration import Word
from studio.providers.till import Quote
from studio.providers.tts import NO_SOUNDS, USUAL_PACE, Sounds, Speech, Voice
from studio.settings import EnvSettings, ProviderNames

EDGES = ("^", "$")
"""Piper's marks of the beginning and the end of a sentence."""


class PiperSettings(EnvSettings):
    """Where the voices lie."""

    piper_voices: ProviderNames = ()
    """Paths of .onnx files, each with its .onnx.json beside it."""


class Piper:
    """One voice a file, named by the file."""

    name = "piper"

    def __init__(self) -> None:
        self.voices = tuple(
            Voice(path.stem, language, pace=USUAL_PACE[language], credit=_credit(path))
            for path in _files()
            if (language := _language(path))
        )

    def check(self) -> None:
        """Raise ProviderNotReady without the package, a voice, or a file that is named."""
        if find_spec("piper") is None:
            raise ProviderNotReady(
                "tts",
                self.name,
                "piper-tts is not installed; run `pip install \"video-system[piper]\"`, or use tts 'kokoro'",
            )
        if not _files():
            raise ProviderNotReady(
                "tts", self.name, "PIPER_VOICES is empty; put the paths of .onnx voices there, or use 'kokoro'"
            )
        for path in _files():
            if not path.is_file() or not _language(path):
                raise ProviderNotReady(
                    "tts", self.name, f"PIPER_VOICES: {path} needs a .onnx.json beside it, in Chinese or English"
                )

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """Nothing: it runs here."""
        return None

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text*; the words have times where the voice file and the package report them."""
        self.check()
        from piper import SynthesisConfig

        path = next(path for path in _files() if path.stem == voice.name)
        model = _model(path)
        config = SynthesisConfig(length_scale=model.config.length_scale / speed)
        chunks = list(model.synthesize(text, config, include_alignments=True))
        samples = np.concatenate([chunk.audio_float_array for chunk in chunks] or [np.zeros(0, np.float32)])
        if not len(samples) or not any(char.isalnum() for char in text):
            raise ProviderRejected("tts", self.name, "the text holds nothing that can be said; write it in words")
        return Speech(samples, model.config.sample_rate, _words(text, chunks))


def _files() -> list[Path]:
    return [Path(name).expanduser() for name in PiperSettings().piper_voices]


def _language(path: Path) -> str:
    """The language of ours that a voice file speaks, or nothing."""
    try:
        voice: Any = json.loads(Path(f"{path}.json").read_text("utf-8"))
        primary = str(voice["espeak"]["voice"]).split("-")[0]
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return {"en": "en", "cmn": "zh-TW", "zh": "zh-TW"}.get(primary, "")


@cache
def _model(path: Path) -> Any:
    from piper import PiperVoice

    return PiperVoice.load(path, include_alignments=True)


def _words(text: str, chunks: Iterable[Any]) -> tuple[Word, ...]:
    """Times of the space-separated words, if as many groups of phonemes were said as there are words."""
    groups: list[tuple[float, float]] = []
    clock = 0.0
    for chunk in chunks:
        if chunk.phoneme_alignments is None:
            return ()
        groups += _groups(chunk.phoneme_alignments, clock, chunk.sample_rate)
        clock += len(chunk.audio_float_array) / chunk.sample_rate
    spellings = _spellings(text)
    if len(spellings) != len(groups):
        return ()
    return tuple(Word(text=word, start=a, end=b) for word, (a, b) in zip(spellings, groups, strict=True))


def _groups(phonemes: Iterable[Any], clock: float, rate_hz: int) -> list[tuple[float, float]]:
    """(start, end) of each run of sounds between spaces; marks are no sounds."""
    groups: list[tuple[float, float]] = []
    is_open = False
    for each in phonemes:
        end = clock + each.num_samples / rate_hz
        if each.phoneme.isspace() or each.phoneme in EDGES:
            is_open = False
        elif each.phoneme.isalpha() or (is_open and each.phoneme not in ",.;:!?"):
            start = groups.pop()[0] if is_open else clock
            groups.append((start, end))
            is_open = True
        clock = end
    return groups


def _spellings(text: str) -> list[str]:
    """Space-separated words with what follows them; pieces without a letter or digit join the word before."""
    words: list[str] = []
    for piece in text.split(" "):
        if words and not (any(map(str.isalnum, piece)) and any(map(str.isalnum, words[-1]))):
            words[-1] += f" {piece}"
        else:
            if words:
                words[-1] += " "
            words.append(piece)
    return words


def _credit(path: Path) -> Credit:
    return Credit(title=f"Piper voice {path.stem}", author="the operator's own file", licence="the file's own")
