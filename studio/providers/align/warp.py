"""Dynamic time warping of two sounds by their mel cepstra."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.providers.sound import Sound

HOP_S = 0.02
WINDOW_S = 0.04
BANDS, CEPSTRA = 26, 13
LOWEST_HZ, HIGHEST_HZ = 80.0, 7_600.0

FLOOR_DB = -40.0
"""Under a band's mean power by this much is nothing: else the silence of one sound and the noise of another differ."""

LOUDNESS_WEIGHT = 3.0
"""Of the first cepstrum, which says where the voice rests: the best of 1, 2 and 3 (docs/decisions/0012)."""

WHOLE = 750
"""Rows up to which all pairs are compared: fifteen seconds. Longer sounds are compared coarsely first."""

POOL = 8
"""Rows that the coarse comparison takes as one."""

BAND = 50
"""Rows to either side of the coarse path that are compared finely: a second."""

Matrix: TypeAlias = NDArray[np.float32]


def features(sound: Sound) -> Matrix:
    """
    Cepstra and their changes, one row a step of HOP_S, evened out over the whole: voices and rooms differ.

    Source: Davis and Mermelstein 1980 (mel cepstra); Furui 1981 (changes).
    """
    hop, window = round(HOP_S * sound.rate_hz), round(WINDOW_S * sound.rate_hz)
    padded = np.pad(sound.samples.astype(np.float32), window // 2)
    count = max(1, (len(padded) - window) // hop + 1)
    padded = np.pad(padded, (0, max(0, window - len(padded))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:count] * np.hanning(window).astype(
        np.float32
    )
    power = np.abs(np.fft.rfft(frames)) ** 2
    bands = power @ _mel(window, sound.rate_hz).T
    logs = np.log(bands + bands.mean(0) * 10 ** (FLOOR_DB / 10) + 1e-9)
    cepstra = logs @ _cosines().T
    changes = np.gradient(cepstra, axis=0) if len(cepstra) > 1 else np.zeros_like(cepstra)
    rows = np.hstack([_evened(cepstra), _evened(changes)]).astype(np.float32)
    rows[:, 0] *= LOUDNESS_WEIGHT
    return rows


def _evened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((values - values.mean(0)) / (values.std(0) + 1e-6))


@cache
def _mel(window: int, rate_hz: int) -> NDArray[np.float64]:
    def mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(2595 * np.log10(1 + np.asarray(hz) / 700))

    lines = np.fft.rfftfreq(window, 1 / rate_hz)
    highest = min(HIGHEST_HZ, rate_hz / 2)
    points = 700 * (10 ** (np.linspace(mel(LOWEST_HZ), mel(highest), BANDS + 2) / 2595) - 1)
    rising = (lines - points[:-2, None]) / np.diff(points)[:-1, None]
    falling = (points[2:, None] - lines) / np.diff(points)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))


@cache
def _cosines() -> NDArray[np.float64]:
    """The discrete cosine transform, orthonormal, of which the first is loudness."""
    place = np.arange(BANDS)
    angles = np.pi * np.arange(CEPSTRA)[:, None] * (2 * place + 1) / (2 * BANDS)
    rows: NDArray[np.float64] = np.cos(angles) * np.sqrt(2 / BANDS)
    rows[0] /= np.sqrt(2)
    return rows


def warp(one: Matrix, other: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Seconds in *one* and the seconds in *other* that sound like them: points of the cheapest path, neither decreasing.

    Source: Sakoe and Chiba 1978.
    """
    rows, columns = len(one), len(other)
    if max(rows, columns) <= WHOLE:
        path = _path(one, other, *_everything(rows, columns))
    else:
        coarse = _pooled(one), _pooled(other)
        points = _path(*coarse, *_everything(*map(len, coarse))) * POOL + POOL // 2
        path = _path(one, other, *_around(points, rows, columns))
    seconds = path.astype(np.float64) * HOP_S
    return seconds[:, 0], seconds[:, 1]


Bounds: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First and last row, both included, of each diagonal that a path may touch."""


def _everything(rows: int, columns: int) -> Bounds:
    diagonals = np.arange(rows + columns - 1)
    return np.maximum(0, diagonals - columns + 1), np.minimum(rows - 1, diagonals)


def _around(points: NDArray[np.int64], rows: int, columns: int) -> Bounds:
    lowest, highest = _everything(rows, columns)
    centre = np.interp(np.arange(rows + columns - 1), points.sum(1), points[:, 0]).astype(np.int64)
    return np.clip(centre - BAND, lowest, highest), np.clip(centre + BAND, lowest, highest)


def _pooled(rows: Matrix) -> Matrix:
    whole = rows[: len(rows) // POOL * POOL]
    return np.asarray(whole.reshape(-1, POOL, rows.shape[1]).mean(1), np.float32)


def _path(one: Matrix, other: Matrix, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    The cheapest way from the first rows to the last ones, as pairs of rows.

    The table is filled by its diagonals, each of which depends on the two before only.
    """
    nothing = np.full(len(one) + 1, np.inf)
    before, latest = nothing.copy(), nothing
    before[0] = 0.0
    steps: list[NDArray[np.int8]] = []
    for diagonal, (first, last) in enumerate(zip(low, high, strict=True)):
        i = np.arange(first, last + 1)
        apart = np.sqrt(((one[i] - other[diagonal - i]) ** 2).sum(1))
        ways = np.stack((before[i], latest[i], latest[i + 1]))
        steps.append(ways.argmin(0).astype(np.int8))
        total = np.full(len(one) + 1, np.inf)
        total[i + 1] = ways.min(0) + apart
        before, latest = latest, total
    return _walked(steps, low, len(one) - 1, len(other) - 1)


def _walked(steps: list[NDArray[np.int8]], low: NDArray[np.int64], i: int, j: int) -> NDArray[np.int64]:
    path = [(i, j)]
    while i or j:
        step = steps[i + j][i - low[i + j]]
        i, j = i - (step != 2), j - (step != 1)
        path.append((i, j))
    return np.array(path[::-1])
