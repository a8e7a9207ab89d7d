"""A laid table: food."""

from __future__ import annotations

from studio.picture.colour import Colour, mix, to_rgba
from studio.picture.compositor import Sprite
from studio.picture.setpieces.site import Scenery, Site
from studio.picture.shapes import drawing, reduced


def build(site: Site) -> Scenery:
    """A round table with a plate on it, seen from a chair."""
    width, unit = site.grid.width, site.unit
    plate = min(width * 0.43, 620 * unit)
    rings: tuple[tuple[Colour, float, float, float], ...] = (
        (site.mid, 0, 0.80 * width, max(330 * unit, site.to_the_ground * 0.8)),
        (site.far, 74 * unit, plate, 160 * unit),
        (mix(site.mid, site.far, 0.55), 96 * unit, plate * 0.7, 108 * unit),
    )
    for colour, below, half_width, half_height in rings:
        site.put(_ellipse(half_width, half_height, colour), width / 2, site.horizon_y + below + half_height)
    return site.scenery


def _ellipse(half_width: float, half_height: float, colour: Colour) -> Sprite:
    image, draw = drawing(2 * half_width, 2 * half_height)
    draw.ellipse((0, 0, image.width - 1, image.height - 1), fill=to_rgba(colour))
    return Sprite(reduced(image))
