"""Where things may stand on a canvas of each shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from studio.models.timeline import Canvas

Shape = Literal["tall", "portrait", "wide", "square"]

_BODY: dict[Shape, tuple[float, float, float, float]] = {
    "tall": (0.078, 0.141, 0.922, 0.615),
    # Instagram shows 4:5 without words over it, but cuts 3 % from both sides on a profile and lays a sign for the sound
    # into the lower right corner.
    "portrait": (0.075, 0.075, 0.925, 0.785),
    "wide": (0.07, 0.11, 0.93, 0.79),
    "square": (0.075, 0.08, 0.925, 0.77),
}
_BAND: dict[Shape, tuple[float, float]] = {
    "tall": (0.633, 0.742),
    "portrait": (0.805, 0.93),
    "wide": (0.825, 0.945),
    "square": (0.815, 0.945),
}
_CAPTION_WIDTH: dict[Shape, float] = {"tall": 0.741, "portrait": 0.8, "wide": 0.62, "square": 0.86}

_FROM: Final[tuple[tuple[float, Shape], ...]] = ((1.2, "wide"), (0.9, "square"), (0.7, "portrait"), (0.0, "tall"))
"""From which width to height on a canvas has a shape."""

ACTION_COLUMN = 0.87
"""On a tall canvas the apps put buttons right of this share of the width, below the middle."""


@dataclass(frozen=True)
class Grid:
    """
    The look book's grid in px of one canvas.

    Everything but the ground stays inside *left*, *top*, *right*, *bottom*: the apps' own buttons, titles
    and our captions (between *band_top* and *band_bottom*) are elsewhere. *unit* is u.
    """

    width: int
    height: int
    shape: Shape
    unit: float
    left: float
    top: float
    right: float
    bottom: float
    band_top: float
    band_bottom: float
    caption_width: float

    @property
    def is_wide(self) -> bool:
        """Whether text stands left of the picture instead of above it."""
        return self.shape == "wide"

    @property
    def is_upright(self) -> bool:
        """Whether the body is at least as high as it is wide, which leaves room between what stands below each other."""
        return self.shape in ("tall", "portrait")

    @property
    def centre_x(self) -> float:
        """Middle of the canvas."""
        return self.width / 2

    @property
    def centre_y(self) -> float:
        """Middle of the body."""
        return (self.top + self.bottom) / 2

    @property
    def body_width(self) -> float:
        """Width of the body."""
        return self.right - self.left

    @property
    def body_height(self) -> float:
        """Height of the body."""
        return self.bottom - self.top

    @property
    def low_right(self) -> float:
        """Right edge below the middle, where a tall canvas leaves room for the apps' buttons."""
        return ACTION_COLUMN * self.width if self.shape == "tall" else self.right


def grid_of(canvas: Canvas) -> Grid:
    """The grid of *canvas*."""
    width, height = canvas.width, canvas.height
    shape = next(shape for least, shape in _FROM if width > height * least)
    left, top, right, bottom = _BODY[shape]
    band_top, band_bottom = _BAND[shape]
    return Grid(
        width=width,
        height=height,
        shape=shape,
        unit=canvas.unit_px,
        left=left * width,
        top=top * height,
        right=right * width,
        bottom=bottom * height,
        band_top=band_top * height,
        band_bottom=band_bottom * height,
        caption_width=_CAPTION_WIDTH[shape] * width,
    )
