"""Sound as a WAV file."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from studio.providers.sound import Sound


def write_wav(sound: Sound, path: Path) -> None:
    """Write *sound* as 16-bit mono PCM."""
    samples = (np.clip(sound.samples, -1.0, 1.0) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(samples.tobytes())
