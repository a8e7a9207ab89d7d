"""hibari, embedded: English at a hundredth of real time, with the model's own word times."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from studio.errors import ProviderNotReady
from studio.models.asset import Credit
from studio.providers.till import Quote
from studio.providers.tts import NO_SOUNDS, Sounds, Speech, Voice
from studio.providers.tts.assemble import SENTENCE_GAP_S, say_units
from studio.providers.tts.english import english_units
from studio.providers.tts.onnx import UNIT_S, Spoken, expose, open_session
from studio.settings import EnvSettings

DURATIONS = "/Clip_output_0"
SEED = 7
"""Fixes the breath noise: the same text is the same recording."""

CREDIT = Credit(
    title="hibari",
    author="Maureese Williams, after hexgrad's Kokoro",
    licence="Apache-2.0",
    url="https://pypi.org/project/hibari-tts/",
)


class HibariSettings(EnvSettings):
    """Where else the model may lie, for those who brought their own."""

    hibari_model: Path | None = None


class Hibari:
    """A small American voice inside its package."""

    name = "hibari"
    voices = (Voice("heart", "en", pace=3.7, credit=CREDIT, is_exact=True),)

    def check(self) -> None:
        """Raise ProviderNotReady unless the package and its model are there."""
        _model()

    def quote(self, text: str, *, voice: Voice, speed: float = 1.0) -> Quote | None:
        """Nothing: it is ours."""
        return None

    def speak(self, text: str, *, voice: Voice, speed: float = 1.0, sounds: Sounds = NO_SOUNDS) -> Speech:
        """Say *text* in English."""
        return say_units(
            english_units(text),
            lambda ids: _run(ids, speed),
            vocabulary=_vocabulary(),
            provider=self.name,
            gap_s=SENTENCE_GAP_S / speed,
        )


def _run(ids: list[int], speed: float) -> Spoken:
    from hibari import dsp

    inputs = {"ids": np.array([[0, *ids, 0]], np.int64), "speed": np.full(1, speed, np.float32)}
    *spectrum, durations = _session().run(["lh", "theta", "ln", "lr", "phi", "f0", "duration"], inputs)
    samples = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(SEED))
    return Spoken(samples, durations.ravel().astype(np.float64) * UNIT_S)


@cache
def _session() -> Any:
    return open_session(expose(_model(), DURATIONS), threads=1)


def _model() -> bytes:
    path = HibariSettings().hibari_model
    try:
        return path.read_bytes() if path else files("hibari").joinpath("assets", "hibari.onnx").read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ProviderNotReady(
            "tts", "hibari", "its model is missing; run `make setup` or set HIBARI_MODEL, or use tts 'kokoro'"
        ) from error


@cache
def _vocabulary() -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads(files("hibari").joinpath("assets", "vocab.json").read_text("utf-8"))
    return vocabulary
