"""A floor of lines that meet at the horizon: technology."""

from __future__ import annotations

import numpy as np

from studio.picture.colour import to_rgba
from studio.picture.compositor import Sprite
from studio.picture.setpieces.site import Scenery, Site
from studio.picture.shapes import drawing, reduced

_LINES = 9
"""Lines on each side of the middle, and lines across."""


def build(site: Site) -> Scenery:
    """A grid in perspective that fades toward the horizon."""
    image, draw = drawing(site.grid.width, site.to_the_ground)
    width, height = image.size
    thick = max(1, int(3 * site.unit))
    for number in range(-_LINES, _LINES + 1):
        ends = (width / 2 + number * width * 0.05, 0, width / 2 + number * width * 0.42, height)
        draw.line(ends, fill=to_rgba(site.line, 0.55), width=thick)
    for number in range(_LINES):
        y = height * (number / _LINES) ** 2.1
        draw.line((0, y, width, y), fill=to_rgba(site.line, 0.25 + 0.05 * number), width=thick)
    pixels = reduced(image)
    fade = np.clip(np.arange(len(pixels)) / len(pixels) * 3, 0, 1)[:, None] ** 0.8
    pixels[..., 3] = (pixels[..., 3] * fade).astype(np.uint8)
    site.bake(Sprite(pixels), site.grid.width / 2, (site.grid.height + site.horizon_y) / 2)
    return site.scenery
