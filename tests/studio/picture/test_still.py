from itertools import pairwise

import numpy as np
import pytest

from studio.models.asset import Asset
from studio.models.shot import PictureShot, View
from studio.models.timeline import Canvas
from studio.picture.scene import open_picture
from studio.picture.still import ken_burns
from tests.studio.picture.paint import SQUARE, TALL, WIDE

PICTURE = Asset(key="p", kind="image", media_type="image/png", size=1)


def stripes(width: int, height: int) -> np.ndarray:
    """A bright disc in the middle of a grey picture, yuv420p."""
    rows, columns = np.mgrid[0:height, 0:width]
    luma = np.where(np.hypot((columns - width / 2) / width, (rows - height / 2) / height) < 0.1, 235, 60)
    return np.concatenate([luma.astype(np.uint8).ravel(), np.full(width * height // 2, 128, np.uint8)])


def still(opening: View, closing: View, canvas: Canvas = TALL, size: tuple[int, int] = (800, 600)):
    shot = PictureShot(picture=PICTURE, opening=opening, closing=closing)
    return open_picture(shot, canvas, frames=60, size=size, decode=stripes)


@pytest.mark.parametrize("size", [(800, 600), (600, 2000), (4000, 300), (16, 16)])
@pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE])
def test_a_move_never_leaves_the_picture(size: tuple[int, int], canvas: Canvas) -> None:
    shape = canvas.width / canvas.height
    for number in range(4):
        for view in ken_burns(size, canvas, number=number):
            height = view.width * size[0] / shape / size[1]
            assert -1e-9 <= view.left <= 1 - view.width + 1e-9
            assert -1e-9 <= view.top <= 1 - height + 1e-9


def test_moves_alternate_between_closer_and_further() -> None:
    widths = [[view.width for view in ken_burns((1080, 1920), TALL, number=number)] for number in range(4)]

    assert [opening > closing for opening, closing in widths] == [True, False, True, False]


def test_frames_have_the_canvas_size_and_all_differ() -> None:
    source = still(*ken_burns((800, 600), TALL, number=0))
    frames = [np.array(source.draw(index)) for index in range(60)]

    assert {frame.shape for frame in frames} == {(270 * 480 * 3 // 2,)}
    assert all(not np.array_equal(before, after) for before, after in pairwise(frames))


def test_a_view_moves_by_the_same_small_step_in_every_frame() -> None:
    source = still(View(left=0.2, top=0.1, width=0.3), View(left=0.3, top=0.1, width=0.3))
    centres = []
    for index in range(60):
        luma = np.array(source.draw(index))[: 270 * 480].reshape(480, 270).astype(float) - 60
        centres.append((luma * np.arange(270)[None]).sum() / luma.sum())
    steps = np.diff(centres)

    assert steps.max() < 0
    assert np.abs(np.diff(steps)).max() < 0.1


def test_views_that_leave_the_picture_are_moved_inside() -> None:
    source = still(View(left=0.9, top=0.9, width=0.9), View(left=-1.0, top=2.0, width=9.0))

    assert np.asarray(source.draw(0)).size == 270 * 480 * 3 // 2
    assert np.asarray(source.draw(59)).size == 270 * 480 * 3 // 2
