"""Put coloured shapes on top of each other, directly in the planes that the encoder takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.picture.colour import planes_of

cv2.setNumThreads(1)  # scenes are drawn side by side: the cores belong to them

Plane = npt.NDArray[np.uint8]
"""One of Y, U, V or a mask, (H, W)."""

Pixels = npt.NDArray[np.uint8]
"""Straight RGBA, (H, W, 4)."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in px of the frame."""

INVISIBLE: Final = 0.004
"""Below this opacity or scale nothing would change in 8 bits."""

OPAQUE: Final = 0.999
_BORDER: Final = 2
"""Empty pixels around a sprite, so that a shifted or turned edge stays soft."""


class Frame:
    """A picture as yuv420p, limited-range BT.709: Y, then U and V at half size, in one buffer of W*H*3/2 bytes."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        pixels = width * height
        self.buffer: Plane = np.zeros(pixels * 3 // 2, np.uint8)
        self.y = self.buffer[:pixels].reshape(height, width)
        self.u = self.buffer[pixels : pixels * 5 // 4].reshape(height // 2, width // 2)
        self.v = self.buffer[pixels * 5 // 4 :].reshape(height // 2, width // 2)
        self._scratch = np.empty(pixels, np.uint8), np.empty(pixels, np.uint8)

    def lay_over(self, target: Plane, source: Plane, coverage: Plane) -> None:
        """Blend premultiplied *source* into *target*, a part of one of this frame's planes."""
        shape, size = target.shape, target.size
        rest, kept = (part[:size].reshape(shape) for part in self._scratch)
        cv2.bitwise_not(coverage, rest)
        cv2.multiply(target, rest, kept, 1 / 255)
        cv2.add(kept, source, target)


class Sprite:
    """
    A shape ready to be blended: premultiplied Y, U, V and coverage at full and half size.

    *ink_width* is how wide the shape is without its border. For text, *offset_x* and *offset_y* lead from
    the sprite's centre to where its ink and its baseline begin, and *bearing* is the room before the ink.
    """

    def __init__(self, pixels: Pixels | Image.Image, *, offset_x: float = 0.0, offset_y: float = 0.0) -> None:
        rgba = np.asarray(pixels.convert("RGBA") if isinstance(pixels, Image.Image) else pixels)
        height, width = rgba.shape[:2]
        # One plane after the other: arithmetic on every fourth number takes several times as long.
        padded = np.zeros((4, (height + 5) // 2 * 2, (width + 5) // 2 * 2), np.float32)
        padded[:, _BORDER : height + _BORDER, _BORDER : width + _BORDER] = rgba.transpose(2, 0, 1)
        padded /= 255
        colours, alpha = padded[:3], padded[3]
        colours *= alpha
        luma, blue, red = planes_of(colours.transpose(1, 2, 0), alpha)
        self.y, self.alpha = _quantize(luma), _quantize(alpha * 255)
        self.u, self.v = _quantize(_halve(blue)), _quantize(_halve(red))
        self.half_alpha = _quantize(_halve(alpha) * 255)
        self.height, self.width = self.y.shape
        self.offset_x = offset_x + _BORDER - self.width / 2
        self.offset_y = offset_y + _BORDER - self.height / 2
        self.ink_width, self.ink_height = float(width), float(height)
        self.bearing = 0.0


def _quantize(plane: npt.NDArray[np.float32]) -> Plane:
    # Premultiplied planes never leave 0 to 255.
    return (plane + np.float32(0.5)).astype(np.uint8)


def _halve(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(
        cv2.resize(plane, (plane.shape[1] // 2, plane.shape[0] // 2), interpolation=cv2.INTER_AREA), np.float32
    )


def blit(
    frame: Frame,
    sprite: Sprite,
    x: float,
    y: float,
    *,
    scale: float = 1.0,
    turn: float = 0.0,
    opacity: float = 1.0,
    clip: Rectangle | None = None,
) -> None:
    """
    Blend *sprite* into *frame* with its centre at (x, y), sub-pixel exact.

    Args:
        turn: radians, clockwise.
        clip: nothing is drawn outside of it; snapped to the chroma grid.
    """
    if opacity <= INVISIBLE or scale <= INVISIBLE:
        return
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    half = (abs(cos) * sprite.width + abs(sin) * sprite.height) / 2
    half_tall = (abs(sin) * sprite.width + abs(cos) * sprite.height) / 2
    box = _even_box(frame, (x - half, y - half_tall, x + half, y + half_tall), clip)
    if box is None:
        return
    corner_x = x - (cos * sprite.width - sin * sprite.height) / 2
    corner_y = y - (sin * sprite.width + cos * sprite.height) / 2
    for step, targets, sources, alpha in (
        (1, (frame.y,), (sprite.y,), sprite.alpha),
        (2, (frame.u, frame.v), (sprite.u, sprite.v), sprite.half_alpha),
    ):
        part = box[0] // step, box[1] // step, box[2] // step, box[3] // step
        if scale == 1 and turn == 0:
            cut, area = _shifted(alpha.shape, corner_x / step, corner_y / step, part)
        else:
            cut, area = _warped(cos, sin, corner_x / step, corner_y / step, part)
        if area is None:
            continue
        coverage = _faded(cut(alpha), opacity)
        for target, source in zip(targets, sources, strict=True):
            frame.lay_over(target[area], _faded(cut(source), opacity), coverage)


Cut = Callable[[Plane], Plane]
Area = tuple[slice, slice]
Box = tuple[int, int, int, int]


def _even_box(frame: Frame, around: Rectangle, clip: Rectangle | None) -> Box | None:
    bounds = clip or (0, 0, frame.width, frame.height)
    left = max(0, int(bounds[0]), math.floor(around[0])) & ~1
    top = max(0, int(bounds[1]), math.floor(around[1])) & ~1
    right = min(frame.width, int(bounds[2]) + 1 & ~1, math.ceil(around[2]) + 1 & ~1)
    bottom = min(frame.height, int(bounds[3]) + 1 & ~1, math.ceil(around[3]) + 1 & ~1)
    return (left, top, right, bottom) if right > left and bottom > top else None


def _shifted(shape: tuple[int, ...], x: float, y: float, box: Box) -> tuple[Cut, Area | None]:
    """Sub-pixel translation as two weighted sums: a fifth of the price of a warp."""
    left, top, right, bottom = box
    whole_x, whole_y = math.floor(x - left + 1e-4), math.floor(y - top + 1e-4)
    part_x, part_y = x - left - whole_x, y - top - whole_y
    part_x, part_y = (part if part > 2e-3 else 0.0 for part in (part_x, part_y))
    x0, y0 = max(0, whole_x), max(0, whole_y)
    x1, y1 = min(right - left, whole_x + shape[1]), min(bottom - top, whole_y + shape[0])

    def cut(plane: Plane) -> Plane:
        column, row, width, height = x0 - whole_x, y0 - whole_y, x1 - x0, y1 - y0
        piece = plane[row : row + height, column : column + width]
        if part_y:
            piece = _sum(piece, _above(plane, row, column, width, height), part_y)
        if part_x:
            before = np.empty_like(piece)
            before[:, 1:] = piece[:, :-1]
            before[:, 0] = 0
            piece = _sum(piece, before, part_x)
        return piece

    if x1 - x0 < 2 or y1 - y0 < 2:
        return cut, None
    return cut, (slice(top + y0, top + y1), slice(left + x0, left + x1))


def _above(plane: Plane, row: int, column: int, width: int, height: int) -> Plane:
    if row:
        return plane[row - 1 : row - 1 + height, column : column + width]
    above = np.empty((height, width), np.uint8)
    above[0] = 0
    above[1:] = plane[: height - 1, column : column + width]
    return above


def _sum(first: Plane, second: Plane, share: float) -> Plane:
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint8)


def _warped(cos: float, sin: float, x: float, y: float, box: Box) -> tuple[Cut, Area | None]:
    left, top, right, bottom = box
    matrix = np.array(
        [
            [cos, -sin, x + (cos - sin) * 0.5 - 0.5 - left],
            [sin, cos, y + (cos + sin) * 0.5 - 0.5 - top],
        ]
    )

    def cut(plane: Plane) -> Plane:
        return np.asarray(cv2.warpAffine(plane, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR), np.uint8)

    return cut, (slice(top, bottom), slice(left, right))


def _faded(plane: Plane, opacity: float) -> Plane:
    return plane if opacity >= OPAQUE else np.asarray(cv2.convertScaleAbs(plane, alpha=opacity), np.uint8)


def flood(frame: Frame, mask: Plane, left: int, top: int, yuv: tuple[float, float, float]) -> None:
    """Solid colour *yuv* through *mask*, whose corner is at the even point (left, top); both sides of *mask* are even."""
    height, width = mask.shape
    half = np.asarray(cv2.resize(mask, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
    for target, level, cover, step in (
        (frame.y, yuv[0], mask, 1),
        (frame.u, yuv[1], half, 2),
        (frame.v, yuv[2], half, 2),
    ):
        x, y = left // step, top // step
        area = target[y : y + cover.shape[0], x : x + cover.shape[1]]
        frame.lay_over(area, np.asarray(cv2.convertScaleAbs(cover, alpha=level / 255), np.uint8), cover)
