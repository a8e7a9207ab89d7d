from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from studio.models.timeline import Canvas, TransitionKind
from studio.picture.transitions import SLANT, Push, Wipe, open_mixer
from tests.studio.picture.paint import PORTRAIT, SQUARE, TALL, WIDE

Plane = npt.NDArray[np.uint8]

KINDS: tuple[TransitionKind, ...] = ("dissolve", "push", "wipe", "zoom")
LENGTHS = (3, 8, 30)

WORST_PX = 0.02
"""The project's limit for anything that moves."""


def flat(canvas: Canvas, y: int, u: int, v: int) -> Plane:
    pixels = canvas.width * canvas.height
    return np.concatenate([np.full(pixels, y), np.full(pixels // 4, u), np.full(pixels // 4, v)]).astype(np.uint8)


def planes(picture: Plane, canvas: Canvas) -> list[Plane]:
    pixels = canvas.width * canvas.height
    shapes = ((canvas.height, canvas.width), *[(canvas.height // 2, canvas.width // 2)] * 2)
    parts = np.split(picture.reshape(-1), (pixels, pixels * 5 // 4))
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def run(kind: TransitionKind, before: Plane, after: Plane, canvas: Canvas, frames: int) -> list[Plane]:
    mixer = open_mixer(kind, canvas, frames=frames)
    return [mixer.mix(before, after, index).copy().reshape(-1) for index in range(frames)]


def waves(canvas: Canvas, *, period_px: float) -> Plane:
    """Waves along the way of a push, at another phase in each line across it, in all three planes."""
    parts = []
    for plane, step in zip(planes(flat(canvas, 0, 0, 0), canvas), (1, 2, 2), strict=True):
        down, across = np.indices(plane.shape) * step
        along, beside = (down, across) if canvas.height > canvas.width else (across, down)
        parts.append(np.rint(128 + 100 * np.cos(2 * np.pi * (along + 0.37 * beside) / period_px)).ravel())
    return np.concatenate(parts).astype(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("canvas", [TALL, WIDE, SQUARE, PORTRAIT])
@pytest.mark.parametrize("frames", LENGTHS)
def test_every_sample_of_every_plane_lies_between_the_two_pictures(
    kind: TransitionKind, canvas: Canvas, frames: int
) -> None:
    made = run(kind, flat(canvas, 50, 60, 70), flat(canvas, 150, 160, 170), canvas, frames)

    for picture in made:
        assert [
            (plane.min() >= low, plane.max() <= low + 100)
            for plane, low in zip(planes(picture, canvas), (50, 60, 70), strict=True)
        ] == [(True, True)] * 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("canvas", [TALL, WIDE])
@pytest.mark.parametrize("frames", LENGTHS)
def test_the_next_picture_only_ever_gains(kind: TransitionKind, canvas: Canvas, frames: int) -> None:
    made = run(kind, flat(canvas, 40, 128, 128), flat(canvas, 220, 128, 128), canvas, frames)

    levels = [float(planes(picture, canvas)[0].mean()) for picture in made]
    assert levels == sorted(levels)
    assert all(later > earlier for earlier, later in pairwise(levels[frames // 6 : frames - frames // 6]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("canvas", [TALL, WIDE])
@pytest.mark.parametrize("frames", LENGTHS)
def test_both_ends_are_next_to_the_pictures_beside_them(kind: TransitionKind, canvas: Canvas, frames: int) -> None:
    before, after = flat(canvas, 40, 90, 160), flat(canvas, 220, 160, 90)

    first, *_, last = run(kind, before, after, canvas, frames)

    whole = np.abs(before.astype(float) - after).mean()
    assert np.abs(first.astype(float) - before).mean() <= 0.26 * whole
    assert np.abs(last.astype(float) - after).mean() <= 0.26 * whole


@pytest.mark.parametrize("kind", ["dissolve", "wipe"])
def test_a_picture_that_gives_way_to_itself_does_not_change(kind: TransitionKind) -> None:
    picture = waves(TALL, period_px=40)

    made = run(kind, picture, picture.copy(), TALL, 8)

    assert max(int(np.abs(each.astype(int) - picture).max()) for each in made) == 0


def test_a_dissolve_grows_in_equal_steps() -> None:
    made = run("dissolve", flat(TALL, 40, 128, 128), flat(TALL, 200, 128, 128), TALL, 3)

    assert [int(picture[0]) for picture in made] == [80, 120, 160]


# Steep waves where the smear leaves them: on gentle ones eight bits hide what is less than a tenth of a pixel.
@pytest.mark.parametrize("canvas", [TALL, WIDE])
@pytest.mark.parametrize(("frames", "periods"), [(3, (96, 120)), (8, (48, 60)), (30, (24, 30))])
def test_a_push_places_both_pictures_to_a_fiftieth_of_a_pixel(
    canvas: Canvas, frames: int, periods: tuple[int, int]
) -> None:
    before, after = (waves(canvas, period_px=period) for period in periods)
    push = Push(canvas, frames=frames)

    errors = [
        error
        for index in range(frames)
        for error in _errors(push.mix(before, after, index), push.offset(index), canvas=canvas, periods=periods)
    ]

    assert len(errors) >= 3 * frames
    assert float(np.sqrt(np.mean(np.square(errors)))) <= WORST_PX


def _errors(picture: Plane, offset: float, *, canvas: Canvas, periods: tuple[int, int]) -> list[float]:
    """Px by which each plane of each picture is not where it should be, where enough of it is seen to tell."""
    length, smear = max(canvas.width, canvas.height), max(canvas.width, canvas.height) / 8
    seam = length - offset
    seen = ((periods[0], 0.0, seam - smear, -offset), (periods[1], seam + smear, length, seam))
    errors = []
    for plane, step in zip(planes(picture, canvas), (1, 2, 2), strict=True):
        lines = plane if canvas.height > canvas.width else plane.T
        for period, first, last, start in seen:
            rows = np.arange(int(first / step) + 1, int(last / step) - 1)
            rows = rows[: len(rows) * step // period * period // step]  # whole periods only, or the sum has a bias
            if len(rows):
                errors.append(_error(lines, rows, start=start, step=step, period=period))
    return errors


def _error(lines: Plane, rows: npt.NDArray[np.int_], *, start: float, step: int, period: int) -> float:
    beside = 0.37 * np.arange(lines.shape[1]) * step
    expected = 2 * np.pi * ((rows * step - start)[:, None] + beside[None, :]) / period
    turned = np.angle(((lines[rows].astype(float) - 128) * np.exp(-1j * expected)).sum())
    return float(turned * period / 2 / np.pi)


def test_a_push_goes_up_on_tall_canvases_and_left_on_others() -> None:
    tall, wide = (
        planes(run("push", flat(canvas, 40, 128, 128), flat(canvas, 200, 128, 128), canvas, 5)[2], canvas)[0]
        for canvas in (TALL, WIDE)
    )

    assert (tall[20].max(), tall[-20].min()) == (40, 200)
    assert (wide[:, 20].max(), wide[:, -20].min()) == (40, 200)


@pytest.mark.parametrize("canvas", [TALL, WIDE])
@pytest.mark.parametrize("frames", LENGTHS)
def test_the_edge_of_a_wipe_is_where_it_says_to_a_fiftieth_of_a_pixel(canvas: Canvas, frames: int) -> None:
    wipe = Wipe(canvas, frames=frames)
    before, after = flat(canvas, 20, 20, 20), flat(canvas, 220, 220, 220)

    errors = [
        error
        for index in range(frames)
        for error in _edge_errors(wipe.mix(before, after, index), wipe.edge(index), canvas=canvas)
    ]

    assert errors
    assert float(np.sqrt(np.mean(np.square(errors)))) <= WORST_PX


def _edge_errors(picture: Plane, edge: float, *, canvas: Canvas) -> list[float]:
    """Px by which the edge is not where it should be in each plane, where all of it is on the canvas."""
    is_tall, errors = canvas.height > canvas.width, []
    for plane, step in zip(planes(picture, canvas), (1, 2, 2), strict=True):
        lines = plane if is_tall else plane.T
        if (lines[0] == 20).all() and (lines[-1] == 220).all():
            # The last sample reaches half of its step beyond itself. In rows chroma is sited left: there a flat
            # edge ends earlier, and a slanted one crosses the columns half a pixel of its run later.
            end = max(canvas.width, canvas.height) - (0.5 if is_tall or step == 1 else 1)
            lean = 0.5 * SLANT if is_tall and step == 2 else 0
            errors.append(end - step * (lines.astype(float) - 20).sum(axis=0).mean() / 200 - lean - edge)
    return errors


def test_the_edge_of_a_wipe_is_soft_and_slanted() -> None:
    picture = run("wipe", flat(TALL, 20, 128, 128), flat(TALL, 220, 128, 128), TALL, 5)[2]

    luma = planes(picture, TALL)[0].astype(int)
    assert np.abs(np.diff(luma, axis=0)).max() < 20
    assert (luma[:, -1] > 120).sum() - (luma[:, 0] > 120).sum() == pytest.approx(SLANT * 270, abs=2)


@pytest.mark.parametrize("canvas", [TALL, WIDE])
def test_a_zoom_keeps_the_middle_of_both_pictures_where_it_is(canvas: Canvas) -> None:
    spot = _spot(canvas)

    made = run("zoom", spot, spot, canvas, 8)

    middles = [
        _middle(plane, step) for picture in made for plane, step in zip(planes(picture, canvas), (1, 2, 2), strict=True)
    ]
    expected = _middle(planes(spot, canvas)[0], 1)
    assert float(np.sqrt(np.mean(np.square(np.array(middles) - expected)))) <= WORST_PX


def _spot(canvas: Canvas) -> Plane:
    """A soft spot in the middle of the canvas, in all three planes."""
    parts = []
    for plane, step in zip(planes(flat(canvas, 0, 0, 0), canvas), (1, 2, 2), strict=True):
        x, y = _places(plane, step)
        distance = np.hypot(x - canvas.width / 2, y - canvas.height / 2)
        parts.append(np.rint(20 + 200 * np.exp(-((distance / 24) ** 2))).ravel())
    return np.concatenate(parts).astype(np.uint8)


def _middle(plane: Plane, step: int) -> tuple[float, float]:
    x, y = _places(plane, step)
    weight = plane.astype(float) - 20
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def _places(plane: Plane, step: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where the samples of a plane are, in px of the canvas; chroma is sited left."""
    y, x = np.indices(plane.shape)
    return x * step + 0.5, (y + 0.5) * step


def test_a_cut_is_nothing_to_mix() -> None:
    with pytest.raises(ValueError, match="takes no time"):
        open_mixer("cut", TALL, frames=3)
