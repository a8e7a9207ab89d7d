"""The ground under everything: a slowly moving gradient of lights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from studio.picture import noise
from studio.picture.colour import Colour, planes_of, rgb
from studio.picture.compositor import Frame, Sprite, blit
from studio.timebase import to_seconds

GRAIN: Final = 1.2
"""Dither of luma in levels, beside the texture; chroma gets one level."""

REFRESH_FRAMES: Final = 3
"""The lights wander so slowly that every third frame is enough."""

SHRINK: Final = 8
"""The gradient is computed at this fraction of the canvas."""


@dataclass(frozen=True)
class Light:
    """A soft light: place in fractions of the canvas, radius in short sides, strength from 0 to 1."""

    x: float
    y: float
    radius: float
    colour: Colour
    strength: float


@dataclass(frozen=True)
class Placed:
    """A sprite that never moves, by its centre in px."""

    sprite: Sprite
    x: float
    y: float


Gradient = Callable[[float], npt.NDArray[np.float32]]
"""Colours at a time in seconds: float (h, w, 3) from 0 to 255 at an eighth of the canvas."""


@dataclass
class Ground:
    """A gradient with still things baked onto it, kept between frames because most of it does not change."""

    width: int
    height: int
    gradient: Gradient
    baked: list[Placed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kept = Frame(self.width, self.height)
        self._step: int | None = None
        tall, wide = self.height, self.width
        repeated = noise.field(max(tall, tall // 2 + 100), max(wide, wide // 2 + 55))
        self._dither = (
            _steps(repeated[:tall, :wide] * GRAIN + noise.texture(tall, wide)),
            _steps(repeated[7 : tall // 2 + 7, 9 : wide // 2 + 9]),
            _steps(repeated[100 : tall // 2 + 100, 55 : wide // 2 + 55]),
        )

    def draw(self, frame: Frame, index: int) -> None:
        """Fill *frame* with the ground of frame number *index*."""
        step = index // REFRESH_FRAMES
        if step != self._step:
            self._refresh(to_seconds(step * REFRESH_FRAMES))
            self._step = step
        frame.buffer[:] = self._kept.buffer

    def _refresh(self, t: float) -> None:
        planes = planes_of(self.gradient(t) / np.float32(255))
        targets = (self._kept.y, self._kept.u, self._kept.v)
        grains = GRAIN + noise.TEXTURE, 1.0, 1.0
        for plane, target, dither, grain in zip(planes, targets, self._dither, grains, strict=True):
            small = (plane * 64 + (0.5 - grain / 2) * 64 - 32).clip(0).astype(np.uint16)
            lifted = cv2.resize(small, (target.shape[1], target.shape[0]), interpolation=cv2.INTER_LINEAR)
            cv2.add(lifted, dither, lifted)
            cv2.convertScaleAbs(lifted, target, alpha=1 / 64)
        for placed in self.baked:
            blit(self._kept, placed.sprite, *_on_the_pixel(placed))


def _steps(levels: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    return (levels * 64).astype(np.uint16)


def _on_the_pixel(placed: Placed) -> tuple[float, float]:
    """Still things sit on whole chroma pixels: sharp, and cheap to blend."""
    half_width, half_height = placed.sprite.width / 2, placed.sprite.height / 2
    x = round((placed.x - half_width) / 2) * 2 + half_width
    return x, round((placed.y - half_height) / 2) * 2 + half_height


def mesh(
    width: int,
    height: int,
    ends: tuple[Colour, Colour],
    lights: list[Light],
    *,
    vignette: float = 0.0,
    wander: float = 0.03,
) -> Gradient:
    """A vertical gradient from *ends*[0] to *ends*[1] plus lights that wander by *wander* of the canvas."""
    rows, columns = max(2, height // SHRINK), max(2, width // SHRINK)
    grid_y, grid_x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    grid_x, grid_y = (grid_x + 0.5) / columns, (grid_y + 0.5) / rows
    short = min(width, height)
    share = (grid_y * grid_y * (3 - 2 * grid_y))[..., None]
    base = np.array(rgb(ends[0]), np.float32) * (1 - share) + np.array(rgb(ends[1]), np.float32) * share
    dimming = (1 - vignette * (((grid_x - 0.5) * 2) ** 2 * 0.5 + ((grid_y - 0.5) * 2) ** 2 * 0.5))[..., None]
    tints = [np.array(rgb(light.colour), np.float32) for light in lights]

    def gradient(t: float) -> npt.NDArray[np.float32]:
        colours = base
        for number, (light, tint) in enumerate(zip(lights, tints, strict=True)):
            x = light.x + wander * math.sin(t * 0.9 + number * 2.1)
            y = light.y + wander * math.cos(t * 0.7 + number * 1.3)
            distance = ((grid_x - x) * (width / short)) ** 2 + ((grid_y - y) * (height / short)) ** 2
            strength = light.strength * (1 + 0.06 * math.sin(t * 1.1 + number))
            glow = np.exp(-distance / (light.radius * light.radius))[..., None] * np.float32(strength)
            colours = colours + (tint - colours) * glow
        return np.asarray(colours * dimming, np.float32)

    return gradient
