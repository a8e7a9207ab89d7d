"""Simple shapes as sprites."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from studio.picture.colour import Colour, rgb, to_rgba
from studio.picture.compositor import Pixels, Plane, Sprite
from studio.picture.noise import dither

OVERSAMPLE = 2
"""Shapes that Pillow draws are drawn this much larger and reduced, which gives them soft edges."""


def drawing(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty oversampled picture to draw on, for *reduced*."""
    size = max(1, math.ceil(width)) * OVERSAMPLE, max(1, math.ceil(height)) * OVERSAMPLE
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    return image, ImageDraw.Draw(image)


def reduced(image: Image.Image) -> Pixels:
    """*image* at half size, averaged premultiplied so that no dark edge appears; what is transparent costs nothing."""
    pixels = np.zeros((image.height // OVERSAMPLE, image.width // OVERSAMPLE, 4), np.uint8)
    ink, area = _inked(image)
    if ink is None:
        return pixels
    # Channel by channel: arithmetic on every fourth number takes several times as long.
    channels = [channel.astype(np.float32) for channel in cv2.split(np.asarray(ink))]
    coverage = channels[3] / 255
    for colour in channels[:3]:
        colour *= coverage
    small = [_halved(channel) for channel in channels]
    coverage = np.maximum(small[3], 1e-3) / 255
    for colour in small[:3]:
        colour /= coverage
    pixels[area] = np.clip(np.asarray(cv2.merge(small)) + 0.5, 0, 255)
    return pixels


def reduced_mask(mask: Image.Image) -> Plane:
    """*mask*, of one channel, at half size."""
    plane = np.zeros((mask.height // OVERSAMPLE, mask.width // OVERSAMPLE), np.uint8)
    ink, area = _inked(mask)
    if ink is not None:
        plane[area] = _halved(np.asarray(ink).astype(np.float32)) + 0.5
    return plane


def _inked(image: Image.Image) -> tuple[Image.Image | None, tuple[slice, slice]]:
    """The part of *image* with something on it, and where that is at half size."""
    box = image.getbbox()
    if box is None:
        return None, (slice(0), slice(0))
    left, top = box[0] // OVERSAMPLE, box[1] // OVERSAMPLE
    right, bottom = math.ceil(box[2] / OVERSAMPLE), math.ceil(box[3] / OVERSAMPLE)
    ink = image.crop((left * OVERSAMPLE, top * OVERSAMPLE, right * OVERSAMPLE, bottom * OVERSAMPLE))
    return ink, (slice(top, bottom), slice(left, right))


def _halved(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    size = plane.shape[1] // OVERSAMPLE, plane.shape[0] // OVERSAMPLE
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def rounded(width: float, height: float, radius: float, colour: Colour, opacity: float = 1.0) -> Sprite:
    """A rectangle with round corners."""
    image, draw = drawing(width, height)
    radius = min(radius * OVERSAMPLE, image.width / 2, image.height / 2)
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), radius, fill=to_rgba(colour, opacity))
    return Sprite(reduced(image))


def disc(diameter: float, colour: Colour, opacity: float = 1.0, *, ring: float = 0.0) -> Sprite:
    """A filled circle, or a ring of that thickness when *ring* is given; the edge is computed, not sampled."""
    side = max(1, math.ceil(diameter))
    offset = np.arange(side, dtype=np.float32) + 0.5 - side / 2
    radius = np.sqrt(offset[None] ** 2 + offset[:, None] ** 2)
    coverage = np.clip(diameter / 2 - radius, 0, 1)
    if ring:
        coverage *= np.clip(radius - (diameter / 2 - ring), 0, 1)
    return Sprite(tinted(colour, (coverage * opacity * 255 + 0.5).astype(np.uint8)))


def spot(width: float, height: float, colour: Colour, opacity: float = 1.0, *, falloff: float = 2.0) -> Sprite:
    """A soft ellipse that fades to nothing at its edge: a shadow or a light."""
    rows, columns = np.mgrid[0 : max(1, int(height)), 0 : max(1, int(width))].astype(np.float32)
    radius = np.sqrt(((columns + 0.5) / width * 2 - 1) ** 2 + ((rows + 0.5) / height * 2 - 1) ** 2)
    return Sprite(tinted(colour, (np.clip(1 - radius, 0, 1) ** falloff * opacity * 255 + 0.5).astype(np.uint8)))


def orb(diameter: float, light: Colour, middle: Colour, dark: Colour) -> Sprite:
    """A ball lit from the upper left."""
    side = max(2, int(diameter))
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32) + 0.5
    coverage = np.clip(side / 2 - np.hypot(columns - side / 2, rows - side / 2), 0, 1)
    depth = np.clip(np.hypot(columns - side * 0.36, rows - side * 0.3) / (side * 0.78), 0, 1)[..., None]
    depth = depth * depth * (3 - 2 * depth)
    lit, mid, shade = (np.array(rgb(colour), np.float32) for colour in (light, middle, dark))
    colours = np.where(depth < 0.5, lit + (mid - lit) * 2 * depth, mid + (shade - mid) * (2 * depth - 1))
    colours = np.clip(colours + dither(side, side), 0, 255)
    return Sprite(np.dstack([colours, coverage * 255]).astype(np.uint8))


def tinted(colour: Colour, mask: Plane) -> Pixels:
    """*colour* where *mask* is."""
    planes = np.empty((4, *mask.shape), np.uint8)
    planes[:3] = np.array(to_rgba(colour)[:3])[:, None, None]
    planes[3] = mask
    return planes.transpose(1, 2, 0)
