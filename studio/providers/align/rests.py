"""Where a voice rests: stretches of a sound that are far below its speech."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from studio.providers.sound import Sound

HOP_S = 0.01
SHORTEST_S = 0.07
"""Shorter gaps are the closures of consonants."""

ABOVE_NOISE_DB = 6.0
BELOW_SPEECH_DB = 30.0
"""A rest lies under the louder of: this much above the quietest tenth, this much below the loud tenth; rooms differ."""

HARDLY_ANY = 1e-3
"""Full scale: under -60 dBFS nobody speaks."""


@dataclass(frozen=True)
class Rest:
    """A stretch without voice, in seconds."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        """How long it is."""
        return self.end - self.start


def rests_of(sound: Sound) -> list[Rest]:
    """
    Rests in order. The first begins at 0 and the last ends with the sound, whatever their length; they may be empty.

    A sound in which nobody speaks is one voice from beginning to end.
    """
    quiet = _is_quiet(levels(sound))
    runs = _runs(quiet)
    rests = [Rest(a * HOP_S, min(b * HOP_S, sound.duration)) for a, b in runs if (b - a) * HOP_S >= SHORTEST_S]
    if not rests or rests[0].start > 0:
        rests.insert(0, Rest(0.0, 0.0))
    if len(rests) == 1 or rests[-1].end < sound.duration - HOP_S:
        rests.append(Rest(sound.duration, sound.duration))
    return rests


def levels(sound: Sound) -> NDArray[np.float64]:
    """Root mean square of each step of HOP_S."""
    step = max(1, round(sound.rate_hz * HOP_S))
    whole = sound.samples[: len(sound.samples) // step * step].astype(np.float64).reshape(-1, step)
    return np.sqrt((whole**2).mean(axis=1)) if len(whole) else np.zeros(0)


def _is_quiet(level: NDArray[np.float64]) -> NDArray[np.bool_]:
    if not len(level) or level.max() < HARDLY_ANY:
        return np.zeros(len(level), np.bool_)
    loud, noise = np.percentile(level, 90), np.percentile(level, 5)
    under = max(loud * 10 ** (-BELOW_SPEECH_DB / 20), min(noise * 10 ** (ABOVE_NOISE_DB / 20), loud * 0.2))
    return level < under


def _runs(quiet: NDArray[np.bool_]) -> list[tuple[int, int]]:
    runs, place = [], 0
    for is_quiet, run in groupby(quiet.tolist()):
        length = len(list(run))
        if is_quiet:
            runs.append((place, place + length))
        place += length
    return runs
