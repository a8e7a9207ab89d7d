"""
How steadily a still moves: each frame against the exact picture, which is a sum of waves and known between pixels.

In 15 patches the shift between the drawn frame and the exact one is estimated by least squares on its gradient; a
quadratic in time is removed, and what is left is jitter. The estimator's own noise is below 0.001 px.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.models.asset import Asset
from studio.models.shot import PictureShot, View
from studio.models.timeline import Canvas
from studio.picture.scene import open_picture

FRAMES = 90
CANVAS = Canvas(width=1080, height=1920)
SIZE = (1620, 2880)
PATCH = 120
WAVES = 24


def jitter() -> dict[str, Any]:
    """Root mean square and largest jitter of a zoom of 1.15 with a diagonal pan, in px of the canvas."""
    picture = Waves(seed=7)
    shot = PictureShot(
        picture=Asset(key="waves", kind="image", media_type="", size=0),
        opening=View(left=0.0, top=0.13, width=1.0),
        closing=View(left=0.12, top=0.01, width=1 / 1.15),
    )
    working: list[tuple[int, int]] = []

    def decode(width: int, height: int) -> NDArray[np.uint8]:
        working.append((width, height))
        luma = np.rint(picture.at(np.arange(width)[None] / width, np.arange(height)[:, None] / height))
        return np.concatenate([luma.astype(np.uint8).ravel(), np.full(width * height // 2, 128, np.uint8)])

    source: Any = open_picture(shot, CANVAS, frames=FRAMES, size=SIZE, decode=decode)
    shifts = np.array([_shifts(source, index, picture, working[0]) for index in range(FRAMES)])
    rest = _without_drift(shifts.reshape(FRAMES, -1))
    rms = float(np.sqrt((rest**2).mean()))
    return {"rms_px": round(rms, 4), "max_px": round(float(np.abs(rest).max()), 4), "passes": rms <= 0.05}


class Waves:
    """A picture that is known exactly at every point; places in fractions of its size."""

    def __init__(self, *, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._waves = [(*rng.normal(0, 140, 2), rng.uniform(0, 2 * np.pi)) for _ in range(WAVES)]

    def at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        level = sum(np.sin(across * x + down * y * 16 / 9 + phase) for across, down, phase in self._waves)
        return np.asarray(np.clip(126 + 12 * level, 16, 235))


def _shifts(source: Any, index: int, picture: Waves, working: tuple[int, int]) -> list[float]:
    left, top, step = source._view(index)
    drawn = source.draw(index)[: CANVAS.width * CANVAS.height].reshape(CANVAS.height, CANVAS.width).astype(float)
    found: list[float] = []
    for y in np.linspace(60, CANVAS.height - PATCH - 60, 5).astype(int):
        for x in np.linspace(60, CANVAS.width - PATCH - 60, 3).astype(int):
            across = (left + (np.arange(x - 1, x + PATCH + 1) + 0.5) * step - 0.5) / working[0]
            down = (top + (np.arange(y - 1, y + PATCH + 1) + 0.5) * step - 0.5) / working[1]
            exact = picture.at(across[None], down[:, None])
            found += _shift(drawn[y : y + PATCH, x : x + PATCH], exact)
    return found


def _shift(drawn: NDArray[np.float64], exact: NDArray[np.float64]) -> list[float]:
    """Least-squares shift in px of *drawn* against the middle of *exact*, which is one pixel larger all round."""
    across = (exact[1:-1, 2:] - exact[1:-1, :-2]) / 2
    down = (exact[2:, 1:-1] - exact[:-2, 1:-1]) / 2
    gradient = np.stack([across.ravel(), down.ravel()], axis=1)
    return list(np.linalg.lstsq(gradient, (drawn - exact[1:-1, 1:-1]).ravel(), rcond=None)[0])


def _without_drift(shifts: NDArray[np.float64]) -> NDArray[np.float64]:
    time = np.linspace(-1, 1, len(shifts))
    basis = np.stack([np.ones_like(time), time, time**2], axis=1)
    return np.asarray(shifts - basis @ np.linalg.lstsq(basis, shifts, rcond=None)[0])
