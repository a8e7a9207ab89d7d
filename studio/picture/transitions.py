"""How one picture gives way to the next: frames of both, mixed in the planes that the encoder takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from studio.models.timeline import Canvas, TransitionKind
from studio.picture.compositor import Frame, Plane
from studio.picture.motion import smooth

SHUTTER: Final = 0.25
"""Share of a frame's time during which a push is exposed: sharp pictures that leap 400 px a frame would flicker."""

FEATHER: Final = 0.07
"""Width of a wipe's soft edge, as a share of the way it travels."""

SLANT: Final = 0.16
"""Rise of a wipe's edge over its run: enough to look meant, too little to look like a wedge."""

GROWTH: Final = 0.8
"""How much larger the picture before a zoom has become when it is gone."""

SETTLING: Final = 0.1
"""How much larger the picture after a zoom is when it first shows."""


class Mixer(Protocol):
    """One transition between two pictures."""

    def mix(self, before: Plane, after: Plane, index: int) -> Plane:
        """
        Frame number *index* of the transition: yuv420p, W*H*3/2 bytes, overwritten by the next call.

        Args:
            before: the outgoing picture's frame at that time, yuv420p, W*H*3/2 bytes.
            after: the incoming one's.
        """
        ...


def open_mixer(kind: TransitionKind, canvas: Canvas, *, frames: int) -> Mixer:
    """
    A transition of that kind that lasts *frames*.

    Its first frame is one step away from the picture before it and its last one step from the picture after it.
    """
    match kind:
        case "push":
            return Push(canvas, frames=frames)
        case "wipe":
            return Wipe(canvas, frames=frames)
        case "zoom":
            return Zoom(canvas, frames=frames)
        case "dissolve":
            return Dissolve(canvas, frames=frames)
        case "cut":
            raise ValueError("a cut takes no time: there is nothing to mix")


def share_at(index: float, frames: int) -> float:
    """How far a transition of *frames* is at frame *index*: it grows in equal steps and is never quite 0 or 1."""
    return (index + 1) / (frames + 1)


def glide(share: float) -> float:
    """From 0 to 1 with speed and acceleration 0 at both ends. Source: K. Perlin, Improving Noise, 2002."""
    share = min(1.0, max(0.0, share))
    return share**3 * (share * (share * 6 - 15) + 10)


class Dissolve:
    """The pictures fade into each other in equal steps."""

    def __init__(self, canvas: Canvas, *, frames: int) -> None:
        self._frames, self._out = frames, Frame(canvas.width, canvas.height)

    def mix(self, before: Plane, after: Plane, index: int) -> Plane:
        """Frame number *index*."""
        weight = share_at(index, self._frames)
        # Planes are linear in the colours they stand for, so blending them is a fade without a detour over RGB.
        # As columns: OpenCV takes a flat array for four channels and refuses long ones.
        pictures = (before.reshape(-1, 1), after.reshape(-1, 1))
        cv2.addWeighted(pictures[0], 1 - weight, pictures[1], weight, 0, dst=self._out.buffer.reshape(-1, 1))
        return self._out.buffer


class Push:
    """The next picture shoves the last one out: upwards on tall canvases, leftwards on others."""

    def __init__(self, canvas: Canvas, *, frames: int) -> None:
        self._frames, self._out = frames, Frame(canvas.width, canvas.height)
        self._axis = _axis(canvas)
        self._length = max(canvas.height, canvas.width)

    def offset(self, index: float) -> float:
        """How far both pictures have moved at frame *index*, in px of the canvas."""
        return self._length * glide(share_at(index, self._frames))

    def mix(self, before: Plane, after: Plane, index: int) -> Plane:
        """Frame number *index*."""
        offset = self.offset(index)
        smear = self.offset(index + SHUTTER / 2) - self.offset(index - SHUTTER / 2)
        for target, old, new, step in _plane_by_plane(self._out, before, after):
            target[:] = _slid(old, new, offset / step, reach=round(smear / step / 2), axis=self._axis)
        return self._out.buffer


class Wipe:
    """A soft, slanted edge uncovers the next picture: from the bottom on tall canvases, from the right on others."""

    def __init__(self, canvas: Canvas, *, frames: int) -> None:
        self._frames, self._out = frames, Frame(canvas.width, canvas.height)
        self._axis = _axis(canvas)
        self._width, self._length = sorted((canvas.width, canvas.height))
        self._reach = (FEATHER * self._length + SLANT * self._width) / 2
        """Px along the way, from the middle of the edge to where nothing of it is left."""

    def edge(self, index: float) -> float:
        """Where the middle of the edge is at frame *index*: px from the top or the left, beyond the canvas at its ends."""
        along = smooth(share_at(index, self._frames), 1.0)
        return self._length + self._reach - (self._length + 2 * self._reach) * along

    def mix(self, before: Plane, after: Plane, index: int) -> Plane:
        """Frame number *index*."""
        edge = self.edge(index)
        for target, old, new, step in _plane_by_plane(self._out, before, after):
            length = target.shape[self._axis]
            first, last = (min(length, max(0, int((edge + side * self._reach) / step) + side)) for side in (-1, 1))
            _part(target, 0, first, self._axis)[:] = _part(old, 0, first, self._axis)
            _part(target, last, length, self._axis)[:] = _part(new, last, length, self._axis)
            if first < last:
                weight = self._weight(first, last, edge=edge, step=step)
                leaving, coming = (_part(plane, first, last, self._axis) for plane in (old, new))
                _part(target, first, last, self._axis)[:] = cv2.blendLinear(leaving, coming, 1 - weight, weight)
        return self._out.buffer

    def _weight(self, first: int, last: int, *, edge: float, step: int) -> npt.NDArray[np.float32]:
        """How much of the next picture is seen in rows or columns [first, last) of a plane, float32, 0 to 1."""
        # Chroma samples sit on the left of their pair and in the middle of their rows.
        lower = (step - 1) / 2
        along = np.arange(first, last, dtype=np.float32) * step + (0 if self._axis else lower)
        across = np.arange(self._width // step, dtype=np.float32) * step + (lower if self._axis else 0)
        slope = SLANT * (across - (self._width - 1) / 2)
        distance = along[:, None] + slope if self._axis == 0 else along + slope[:, None]
        ramp = np.clip((distance - edge) / (FEATHER * self._length) + 0.5, 0, 1)
        return np.ascontiguousarray(ramp * ramp * (3 - 2 * ramp), np.float32)


class Zoom:
    """The picture comes closer and fades away into the next one, which settles."""

    def __init__(self, canvas: Canvas, *, frames: int) -> None:
        self._frames, self._out = frames, Frame(canvas.width, canvas.height)

    def mix(self, before: Plane, after: Plane, index: int) -> Plane:
        """Frame number *index*."""
        share = share_at(index, self._frames)
        weight = glide(share)
        for target, old, new, step in _plane_by_plane(self._out, before, after):
            grown = _magnified(old, 1 + GROWTH * share**2, step=step)
            settled = _magnified(new, 1 + SETTLING * (1 - share) ** 2, step=step)
            cv2.addWeighted(grown, 1 - weight, settled, weight, 0, dst=target)
        return self._out.buffer


def _axis(canvas: Canvas) -> int:
    """The axis of an array along which things move: down or across."""
    return 0 if canvas.height > canvas.width else 1


def _plane_by_plane(out: Frame, before: Plane, after: Plane) -> Iterator[tuple[Plane, Plane, Plane, int]]:
    """Each plane of *out* and of the two pictures, and how many px of the canvas its samples are apart."""
    pixels, half = out.width * out.height, (out.height // 2, out.width // 2)
    cuts, shapes = (pixels, pixels * 5 // 4), ((out.height, out.width), half, half)
    pictures = zip(np.split(before.reshape(-1), cuts), np.split(after.reshape(-1), cuts), strict=True)
    for target, (old, new), shape, step in zip((out.y, out.u, out.v), pictures, shapes, (1, 2, 2), strict=True):
        yield target, old.reshape(shape), new.reshape(shape), step


def _part(plane: Plane, first: int, last: int, axis: int) -> Plane:
    return plane[first:last] if axis == 0 else plane[:, first:last]


def _slid(before: Plane, after: Plane, offset: float, *, reach: int, axis: int) -> Plane:
    """What is seen of *before* and *after*, end to end, from px *offset* on, smeared by *reach* px to either side."""
    length = before.shape[axis]
    whole = int(offset)
    first, last = max(0, whole - reach), min(2 * length, whole + length + 1 + reach)
    strip = np.concatenate((_part(before, first, length, axis), _part(after, 0, last - length, axis)), axis)
    strip = _between(strip, offset - whole, axis)
    if reach:
        size = (1, 2 * reach + 1) if axis == 0 else (2 * reach + 1, 1)
        strip = np.asarray(cv2.blur(strip, size, borderType=cv2.BORDER_REPLICATE), np.uint8)
    return _part(strip, whole - first, whole - first + length, axis)


def _between(strip: Plane, part: float, axis: int) -> Plane:
    """*strip* moved towards its beginning by a *part* of a pixel."""
    length = strip.shape[axis]
    near, far = _part(strip, 0, length - 1, axis), _part(strip, 1, length, axis)
    return np.asarray(cv2.addWeighted(near, 1 - part, far, part, 0), np.uint8)


def _magnified(plane: Plane, scale: float, *, step: int) -> Plane:
    """*plane* at *scale* about the middle of the canvas."""
    height, width = plane.shape
    # Chroma samples sit on the left of their pair and in the middle of their rows.
    x, y = width / 2 - 0.5 / step, height / 2 - 0.5
    back = 1 / scale
    matrix = np.array([[back, 0, x * (1 - back)], [0, back, y * (1 - back)]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(plane, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
