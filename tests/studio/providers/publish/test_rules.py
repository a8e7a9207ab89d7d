import pytest

from studio.models.brief import Aspect, Resolution
from studio.models.publication import Media, Post, Target
from studio.providers.publish import catalog
from studio.providers.publish.rules import problems_of
from studio.stages.timeline import canvas_for


def film(aspect: str, resolution: Resolution = Resolution.P1080) -> Media:
    canvas = canvas_for(Aspect(aspect), resolution)
    return Media(width=canvas.width, height=canvas.height, duration=30, fps=30, size=5_000_000, sha256="0" * 64)


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("platform", Target)
def test_every_platform_takes_every_shape_that_we_make(
    platform: Target, aspect: Aspect, resolution: Resolution
) -> None:
    found = problems_of(Post(title="Tides"), film(aspect, resolution), catalog.open(platform))

    assert [problem.message for problem in found if problem.field == "video_url"] == []


@pytest.mark.parametrize("platform", [target for target in Target if target is not Target.FOLDER])
def test_every_platform_says_what_becomes_of_a_film_of_four_to_five(platform: Target) -> None:
    assert "4:5" in catalog.open(platform).limits.words["size"]


def test_a_film_that_a_platform_would_refuse_for_its_shape_is_told() -> None:
    strip = Media(width=200, height=1920, duration=30, fps=30, size=5_000_000, sha256="0" * 64)
    (problem,) = [
        found for found in problems_of(Post(title="Tides"), strip, catalog.open("x")) if found.field == "video_url"
    ]

    assert problem.message == (
        "the film is 200x1920, which is too narrow or too wide; between 0.333333 and 3 is allowed"
    )
