import math

import numpy as np
import pytest

from studio.picture.colour import contrast, mix, to_hex, to_yuv
from studio.picture.compositor import Frame, blit
from studio.picture.shapes import disc, rounded


def centroid(frame: Frame) -> tuple[float, float]:
    weights = frame.y.astype(float)
    rows, columns = np.mgrid[0 : frame.height, 0 : frame.width] + 0.5
    return (weights * columns).sum() / weights.sum(), (weights * rows).sum() / weights.sum()


@pytest.mark.parametrize(("x", "y"), [(32.0, 32.0), (32.3, 31.6), (33.75, 30.25)])
@pytest.mark.parametrize(("scale", "turn"), [(1.0, 0.0), (0.8, 0.3)])
def test_a_sprite_lands_where_it_is_put_to_a_tenth_of_a_pixel(x: float, y: float, scale: float, turn: float) -> None:
    frame = Frame(64, 64)
    blit(frame, disc(20, "#ffffff"), x, y, scale=scale, turn=turn)

    assert centroid(frame) == pytest.approx((x, y), abs=0.1)


def test_white_is_235_and_black_is_16() -> None:
    assert to_yuv("#ffffff") == pytest.approx((235, 128, 128))
    assert to_yuv("#000000") == pytest.approx((16, 128, 128))


def test_a_half_transparent_sprite_lets_half_of_the_ground_through() -> None:
    frame = Frame(32, 32)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    blit(frame, rounded(40, 40, 0, "#ffffff"), 16, 16, opacity=0.5)

    assert frame.y[16, 16] == pytest.approx(125.5, abs=1.5)
    assert frame.u[8, 8] == pytest.approx(128, abs=1.5)


def test_nothing_is_drawn_outside_the_clip() -> None:
    frame = Frame(32, 32)
    blit(frame, rounded(40, 40, 0, "#ffffff"), 16, 16, clip=(0, 0, 32, 16))

    assert frame.y[17:].max() == 0
    assert frame.y[8, 8] == 235


def test_a_sprite_beside_the_canvas_changes_nothing() -> None:
    frame = Frame(32, 32)
    for x, y in ((-50, 10), (90, 10), (10, -50), (10, 90)):
        blit(frame, disc(20, "#ffffff"), x, y)
        blit(frame, disc(20, "#ffffff"), x, y, scale=1.2, turn=math.pi / 5)

    assert frame.buffer.max() == 0


def test_colours_mix_and_contrast() -> None:
    assert to_hex(mix("#000000", "#ffffff", 0.5)) == "#808080"
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
