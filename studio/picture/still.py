"""Ken Burns: a still picture that moves, placed to a fraction of a pixel in every frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from studio.models.shot import View
from studio.models.timeline import Canvas
from studio.picture.compositor import Frame, Plane

Decode = Callable[[int, int], Plane]
"""
Gives the picture at (width, height) px, both even, upright, as yuv420p limited BT.709: W*H*3/2 bytes.

The caller decodes, because only the renderer runs programs. It is asked once.
"""

LONGEST_SIDE_PX: Final = 4320
"""Largest working size: bounds memory for huge stills."""

SMALLEST_VIEW: Final = 0.05
"""A view narrower than this share of the picture would show pixels."""

ZOOM: Final = 1.15
"""How much closer one end of a move is than the other."""

_FOCUS: Final = (((0.2, 0.7), (0.9, 0.3)), ((0.8, 0.3), (0.2, 0.6)))
"""Share of the free room left and above, far and near, of two moves that look unlike each other."""


def ken_burns(size: tuple[int, int], canvas: Canvas, *, number: int) -> tuple[View, View]:
    """
    Opening and closing view of the film's picture *number*: in, out, in …, from alternating sides.

    Args:
        size: width and height of the picture in px.
    """
    width, height = size
    shape = canvas.width / canvas.height
    widest = min(1.0, height * shape / width)
    views = []
    for zoom, (across, down) in zip((1.0, ZOOM), _FOCUS[number // 2 % 2], strict=True):
        share = widest / zoom
        tall = share * width / shape / height
        views.append(View(left=(1 - share) * across, top=(1 - tall) * down, width=share))
    return (views[0], views[1]) if number % 2 == 0 else (views[1], views[0])


class StillFrames:
    """Frames of a move over one picture; each is overwritten by the next."""

    def __init__(
        self,
        views: tuple[View, View],
        canvas: Canvas,
        *,
        frames: int,
        size: tuple[int, int],
        decode: Decode,
    ) -> None:
        shape = canvas.width / canvas.height
        self._opening, self._closing = (_inside(view, size, shape) for view in views)
        self._frames, self._out = frames, Frame(canvas.width, canvas.height)
        self._width, self._height = _working_size(size, canvas.width, self._narrowest)
        self._planes = _planes(decode(self._width, self._height), self._width, self._height)

    @property
    def _narrowest(self) -> float:
        return min(self._opening.width, self._closing.width)

    def draw(self, index: int) -> Plane:
        """Frame number *index*: yuv420p, W*H*3/2 bytes."""
        out = self._out
        left, top, step = self._view(index)
        luma = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
        # Chroma samples sit on the left of their pair and in the middle of their rows.
        chroma = np.array([[step, 0, (left + step / 2 - 0.5) / 2], [0, step, top / 2 + step / 2 - 0.5]])
        for plane, matrix, target in zip(self._planes, (luma, chroma, chroma), (out.y, out.u, out.v), strict=True):
            size = target.shape[1], target.shape[0]
            cv2.warpAffine(plane, matrix, size, target, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE)
        return out.buffer

    def _view(self, index: int) -> tuple[float, float, float]:
        """Left and top in px of the working picture, and its pixels per pixel of the canvas."""
        first, last = self._opening, self._closing
        along = _eased(min(1.0, index / max(1, self._frames - 1)))
        # A geometric zoom looks steady; moving the corner by the same share keeps its path straight.
        width = first.width * (last.width / first.width) ** along
        change = last.width - first.width
        share = along if abs(change) < 1e-9 else (width - first.width) / change
        left = (first.left + (last.left - first.left) * share) * self._width
        top = (first.top + (last.top - first.top) * share) * self._height
        return left, top, width * self._width / self._out.width


def _eased(share: float, softness: float = 0.5) -> float:
    return (1 - softness) * share + softness * share * share * (3 - 2 * share)


def _inside(view: View, size: tuple[int, int], shape: float) -> View:
    """*view*, moved and narrowed so that it lies in the picture."""
    width, height = size
    widest = min(1.0, height * shape / width)
    share = min(widest, max(SMALLEST_VIEW * widest, view.width))
    tall = share * width / shape / height
    return View(left=min(max(0.0, view.left), 1 - share), top=min(max(0.0, view.top), 1 - tall), width=share)


def _working_size(size: tuple[int, int], canvas_width: int, narrowest: float) -> tuple[int, int]:
    """The closest view is shown pixel for pixel, so every frame is a mild reduction."""
    scale = min(canvas_width / (narrowest * size[0]), LONGEST_SIDE_PX / max(size))
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


def _planes(raw: Plane, width: int, height: int) -> tuple[Plane, Plane, Plane]:
    flat, pixels = np.asarray(raw, np.uint8).reshape(-1), width * height
    half = height // 2, width // 2
    return (
        flat[:pixels].reshape(height, width),
        flat[pixels : pixels * 5 // 4].reshape(half),
        flat[pixels * 5 // 4 :].reshape(half),
    )
