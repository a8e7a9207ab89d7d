"""Blue-ish noise: what keeps slow gradients from showing steps in eight bits."""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

SIDE: Final = 512


@cache
def tile() -> npt.NDArray[np.float32]:
    """
    Noise from 0 to 1, (512, 512), with a flat histogram and little energy in low frequencies.

    White noise with its blur taken away three times; ranks instead of values make the histogram flat.
    """
    noise = np.random.default_rng(5).random((SIDE, SIDE)).astype(np.float32)
    for _ in range(3):
        noise -= cv2.GaussianBlur(noise, (0, 0), 1.6, borderType=cv2.BORDER_REFLECT)
    ranks = np.argsort(np.argsort(noise.ravel())).reshape(SIDE, SIDE) / SIDE**2
    return np.asarray(ranks, np.float32)


def field(height: int, width: int) -> npt.NDArray[np.float32]:
    """The tile repeated over (height, width)."""
    repeated = np.tile(tile(), (height // SIDE + 1, width // SIDE + 1))
    return np.asarray(repeated[:height, :width], np.float32)


def dither(height: int, width: int) -> npt.NDArray[np.float32]:
    """An offset of about one level for colours about to be cut to eight bits, (height, width, 1)."""
    return np.asarray(field(height, width)[..., None] * 1.2 - 0.1, np.float32)
