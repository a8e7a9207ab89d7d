from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from studio.models.shot import GroundName
from studio.models.timeline import Canvas
from studio.picture import grounds
from studio.picture.captions import caption_look
from studio.picture.colour import contrast
from studio.picture.compositor import Frame
from studio.picture.geometry import grid_of
from studio.picture.ground import Ground
from studio.picture.palettes import PALETTES, READABLE
from studio.picture.setpieces import CATALOG
from studio.picture.stage import Stage
from tests.studio.picture.legibility import darkest_and_lightest
from tests.studio.picture.paint import PORTRAIT, SQUARE, TALL, WIDE

CANVASES = pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE, PORTRAIT], ids=["9:16", "16:9", "1:1", "4:5"])
GROUNDS = pytest.mark.parametrize("on", ["deep", "vivid", "paper"])
HILLS = {"hills", "sun", "moon"}
LOWEST = 0.78
"""Above this share of the height only a horizon's glow may be."""


def painted(piece: str, canvas: Canvas, on: GroundName, *, palette: str = "space") -> npt.NDArray[np.uint8]:
    """The bare ground with *piece* lying still on it, as yuv420p."""
    frame = Frame(canvas.width, canvas.height)
    stage = Stage(grid_of(canvas), replace(PALETTES[palette], piece=piece), 30, ground=on)
    ground: Ground = grounds.ground_of(stage)
    ground.draw(frame, 0)
    return frame.buffer


def luma(piece: str, canvas: Canvas, on: GroundName) -> npt.NDArray[np.int16]:
    """Y of the same, (H, W)."""
    return painted(piece, canvas, on)[: canvas.width * canvas.height].reshape(canvas.height, -1).astype(np.int16)


@CANVASES
@GROUNDS
@pytest.mark.parametrize("piece", CATALOG)
def test_a_set_piece_is_seen_and_stays_quiet(piece: str, on: GroundName, canvas: Canvas) -> None:
    low = luma(piece, canvas, on)[int(LOWEST * canvas.height) :]

    assert 1.5 < low.std() < 45


@CANVASES
@GROUNDS
def test_set_pieces_are_told_apart_at_a_glance(on: GroundName, canvas: Canvas) -> None:
    pieces = {name: luma(name, canvas, on)[int(LOWEST * canvas.height) :] for name in CATALOG}
    alike = [
        (one, other)
        for (one, first), (other, second) in combinations(pieces.items(), 2)
        if not {one, other} <= HILLS and np.abs(first - second).mean() < 1.5
    ]

    assert alike == []


@pytest.mark.parametrize("on", ["deep", "paper"])
@pytest.mark.parametrize("name", PALETTES)
def test_on_a_tall_canvas_captions_stand_clear_of_the_set_piece(name: str, on: GroundName) -> None:
    canvas = Canvas(width=540, height=960)
    grid, look = grid_of(canvas), caption_look(PALETTES[name], on)
    half = grid.caption_width / 2
    band = grid.centre_x - half, grid.band_top, grid.centre_x + half, grid.band_bottom
    buffer = painted(PALETTES[name].piece, canvas, on, palette=name)

    assert min(contrast(look.fill, end) for end in darkest_and_lightest(buffer, canvas, band)) >= READABLE


def test_windows_of_the_skyline_are_lit() -> None:
    canvas = Canvas(width=540, height=960)
    low = luma("skyline", canvas, "deep")[int(0.85 * canvas.height) :]

    assert (low > np.median(low) + 45).mean() > 0.002
