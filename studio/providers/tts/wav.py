"""Speech as a WAV file."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from studio.providers.tts import Speech


def write_wav(speech: Speech, path: Path) -> None:
    """Write *speech* as 16-bit mono PCM."""
    samples = (np.clip(speech.samples, -1.0, 1.0) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.rate_hz)
        file.writeframes(samples.tobytes())
