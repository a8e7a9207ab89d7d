"""Blue-ish noise: what keeps slow gradients from showing steps in eight bits."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

SIDE: Final = 512

CELL_PX: Final = 2
"""Size of a grain of the texture."""

TEXTURE: Final = 2.5
"""
Range of the texture in levels of luma.

Dither of one level at single pixels is the first thing that an encoder takes away, and leaves steps. Grains of two pixels
and a few levels are still too fine to be seen on a screen, but get through its quantiser: `bench.bands` measures both.
"""


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
    return _spread(tile(), height, width)


@cache
def _grains() -> npt.NDArray[np.float32]:
    """Four tiles of coarse noise with the spread of even noise from 0 to 1, (1024, 1024)."""
    repeated = np.repeat(np.repeat(tile(), CELL_PX, 0), CELL_PX, 1)
    soft = cv2.GaussianBlur(repeated, (0, 0), 0.45 * CELL_PX, borderType=cv2.BORDER_REFLECT)
    return np.asarray(np.clip((soft - soft.mean()) / soft.std() * 0.29 + 0.5, 0, 1), np.float32)


def texture(height: int, width: int) -> npt.NDArray[np.float32]:
    """Grains that survive an encoder, from 0 to TEXTURE levels, (height, width)."""
    return np.asarray(_spread(_grains(), height, width) * TEXTURE, np.float32)


def dither(height: int, width: int) -> npt.NDArray[np.float32]:
    """An offset for colours about to be cut to eight bits, half a level in the mean, (height, width, 1)."""
    fine = field(height, width) * 1.2 - 0.1
    return np.asarray((fine + texture(height, width) - TEXTURE / 2)[..., None], np.float32)


def _spread(pattern: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """*pattern*, a square, repeated over (height, width); not a copy where it is large enough."""
    side = len(pattern)
    if height > side or width > side:
        pattern = np.tile(pattern, (math.ceil(height / side), math.ceil(width / side)))
    return pattern[:height, :width]
