"""How well every text of a drawn scene can be read, measured on the pixels behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from studio.models.shot import DrawnShot
from studio.models.timeline import Canvas
from studio.picture import stage
from studio.picture.colour import KB, KR, RGB
from studio.picture.compositor import Frame, Sprite, blit
from studio.picture.scene import open_drawn

STROKE_U = 12
"""The background is averaged over this much, a stroke of a label: a star behind a letter does not hide it."""

SETTLED = 149

Planes = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Lettering:
    """A text on the canvas: its sprite, how opaque it was drawn, and the box of its ink in px."""

    sprite: Sprite
    opacity: float
    left: float
    top: float
    right: float
    bottom: float


def is_text(sprite: Sprite) -> bool:
    """Whether *sprite* was made by `text_sprite`: it alone gives a baseline."""
    return bool(sprite.offset_y != 2 - sprite.height / 2)


def worst_contrast(shot: DrawnShot, canvas: Canvas) -> float:
    """
    Lowest contrast of any text of *shot*, settled, with the worst place behind it.

    The scene is drawn without its texts; each is then compared with what lies in its box. Source: WCAG 2.2, 1.4.3.
    """
    found: list[Lettering] = []

    def keep_back(frame: Frame, sprite: Sprite, x: float, y: float, **how: Any) -> None:
        opacity, scale = how.get("opacity", 1.0), how.get("scale", 1.0)
        if not is_text(sprite):
            blit(frame, sprite, x, y, **how)
        elif opacity > 0.5:
            across, down = sprite.ink_width * scale / 2, sprite.ink_height * scale / 2
            if how.get("turn", 0.0) > 1:
                across, down = down, across
            found.append(Lettering(sprite, opacity, x - across, y - down, x + across, y + down))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "blit", keep_back)
        buffer = np.asarray(open_drawn(shot, canvas, frames=SETTLED + 1).draw(SETTLED))
    behind = _colours(buffer, canvas)
    return min(_contrast(text, behind) for text in found)


def darkest_and_lightest(
    buffer: npt.NDArray[np.uint8], canvas: Canvas, box: tuple[float, float, float, float]
) -> list[RGB]:
    """The two extremes of *buffer* (yuv420p) in *box*: left, top, right and bottom in px."""
    left, top, right, bottom = (int(edge) for edge in box)
    colours = _colours(buffer, canvas)[top:bottom, left:right].reshape(-1, 3)
    light = _luminance(colours)
    ends = (colours[light.argmin()], colours[light.argmax()])
    return [(float(red) * 255, float(green) * 255, float(blue) * 255) for red, green, blue in ends]


def _colours(buffer: npt.NDArray[np.uint8], canvas: Canvas) -> Planes:
    """Red, green and blue from 0 to 1, (H, W, 3), averaged over a stroke."""
    planes = buffer.reshape(canvas.height * 3 // 2, canvas.width)
    luma = planes[: canvas.height].astype(np.float32)
    half = canvas.height // 2, canvas.width // 2
    blue, red = buffer[canvas.width * canvas.height :].reshape(2, *half).astype(np.float32)
    size = canvas.width, canvas.height
    side = max(1, round(STROKE_U * canvas.unit_px))
    return np.asarray(cv2.blur(_rgb(luma, cv2.resize(blue, size), cv2.resize(red, size)), (side, side)))


def _rgb(luma: Planes, blue: Planes, red: Planes) -> Planes:
    y, u, v = (luma - 16) / 219, (blue - 128) / 224 * 1.8556, (red - 128) / 224 * 1.5748
    r, b = y + v, y + u
    # Plane by plane, and only then side by side: several times as fast as pixel by pixel.
    planes = [np.clip(plane, 0, 1) for plane in (r, (y - KR * r - KB * b) / (1 - KR - KB), b)]
    return np.asarray(cv2.merge(planes)) if luma.ndim else np.array(planes)


def _luminance(colours: Planes) -> Planes:
    linear = np.where(colours <= 0.03928, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _contrast(text: Lettering, behind: Planes) -> float:
    patch = behind[
        max(0, int(text.top)) : max(1, int(text.bottom) + 1), max(0, int(text.left)) : max(1, int(text.right) + 1)
    ]
    opacity = text.opacity * float(text.sprite.alpha.max()) / 255
    written = _ink(text.sprite) * opacity + patch * (1 - opacity)
    first, second = _luminance(written) + 0.05, _luminance(patch) + 0.05
    return float((np.maximum(first, second) / np.minimum(first, second)).min())


def _ink(sprite: Sprite) -> Planes:
    """Colour of a text, (3,), where it covers most."""
    y, u, v = (
        float(plane.reshape(-1)[alpha.argmax()]) / float(alpha.max()) * 255
        for plane, alpha in ((sprite.y, sprite.alpha), (sprite.u, sprite.half_alpha), (sprite.v, sprite.half_alpha))
    )
    return _rgb(np.array(y), np.array(u), np.array(v))
