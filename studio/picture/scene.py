"""The door for the renderer: shots become frames."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

from studio.errors import BadInput
from studio.language import linebreak, segment
from studio.models.shot import DrawnShot, PictureShot
from studio.models.timeline import Canvas
from studio.picture.branding import open_palette
from studio.picture.compositor import Frame, Plane
from studio.picture.fonts import FONTS
from studio.picture.geometry import grid_of
from studio.picture.icons import EMOJI
from studio.picture.layouts import open_layout
from studio.picture.stage import Stage
from studio.picture.still import Decode, StillFrames


def _hash_sources() -> str:
    files = sorted(Path(__file__).parent.rglob("*.py"))
    files += [Path(str(module.__file__)) for module in (linebreak, segment)]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files))
    for path in sorted([*FONTS.iterdir(), *EMOJI.iterdir()]):
        digest.update(f"{path.name} {path.stat().st_size}".encode())
    return digest.hexdigest()[:16]


DRAWING_VERSION = _hash_sources()
"""Changes whenever the same shot might look different: part of the key of every cached segment."""


class FrameSource(Protocol):
    """Gives the frames of a shot one at a time."""

    def draw(self, index: int) -> Plane:
        """Frame number *index*: yuv420p, limited BT.709, W*H*3/2 bytes, overwritten by the next call."""
        ...


class DrawnFrames:
    """Frames of a scene that we draw; not for two threads at once, but any number of them side by side."""

    def __init__(self, shot: DrawnShot, canvas: Canvas, *, frames: int, logo: Path | None = None) -> None:
        layout = open_layout(shot.layout)
        try:
            content = layout.content.model_validate(shot.content)
        except ValueError as error:
            raise BadInput(f"layout '{shot.layout}' cannot show this: {error}", field="content") from error
        palette = open_palette(shot.palette, accent=shot.accent)
        stage = Stage(grid_of(canvas), palette, frames, shot.kicker, shot.position, shot.ground, logo)
        self._frame = Frame(canvas.width, canvas.height)
        self._paint = layout.draw(stage, content)

    def draw(self, index: int) -> Plane:
        """Frame number *index*."""
        self._paint(self._frame, index)
        return self._frame.buffer


def open_drawn(shot: DrawnShot, canvas: Canvas, *, frames: int, logo: Path | None = None) -> FrameSource:
    """
    Frames of a drawn scene that lasts *frames*; *logo* is the local file of the shot's own.

    Raises:
        UnknownName: no such layout, palette or icon.
        BadInput: the layout cannot show that content.
    """
    return DrawnFrames(shot, canvas, frames=frames, logo=logo)


def open_picture(
    shot: PictureShot, canvas: Canvas, *, frames: int, size: tuple[int, int], decode: Decode
) -> FrameSource:
    """
    Frames of a still that moves from one view to the other in *frames*.

    Args:
        size: width and height of the picture in px, upright.
        decode: gives its planes at the size that is asked for.
    """
    return StillFrames((shot.opening, shot.closing), canvas, frames=frames, size=size, decode=decode)
