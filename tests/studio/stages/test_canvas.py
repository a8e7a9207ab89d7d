import pytest

from studio.models.brief import Aspect, Resolution
from studio.picture.geometry import grid_of
from studio.stages.timeline import canvas_for

SIZES = {
    ("9:16", "540p"): (540, 960),
    ("9:16", "1080p"): (1080, 1920),
    ("16:9", "720p"): (1280, 720),
    ("1:1", "1080p"): (1080, 1080),
    ("4:5", "540p"): (540, 674),
    ("4:5", "720p"): (720, 900),
    ("4:5", "1080p"): (1080, 1350),
}


@pytest.mark.parametrize(("asked", "size"), SIZES.items(), ids=map(" ".join, SIZES))
def test_a_canvas_has_the_shape_and_the_short_side_that_were_asked_for(
    asked: tuple[str, str], size: tuple[int, int]
) -> None:
    canvas = canvas_for(Aspect(asked[0]), Resolution(asked[1]))

    assert (canvas.width, canvas.height) == size


@pytest.mark.parametrize("resolution", Resolution)
def test_no_canvas_is_narrower_than_instagrams_feed_shows_uncut(resolution: Resolution) -> None:
    canvas = canvas_for(Aspect.PORTRAIT, resolution)

    assert 4 / 5 <= canvas.width / canvas.height < 4 / 5 + 0.01


@pytest.mark.parametrize("resolution", Resolution)
def test_every_aspect_has_a_grid_of_its_own(resolution: Resolution) -> None:
    shapes = [grid_of(canvas_for(aspect, resolution)).shape for aspect in Aspect]

    assert shapes == ["tall", "wide", "square", "portrait"]
