"""A picture that can be seen through lies on a ground on which it is seen."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from studio.models.asset import Asset
from studio.models.shot import PictureShot, View
from studio.models.timeline import TimelineClip
from studio.render.backing import DARK, LIGHT, choose_backing, is_transparent
from tests.studio.render.conftest import Studio, film
from tests.studio.render.measure import pictures
from tests.studio.render.test_film import rendered

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

WHOLE = View(left=0, top=0, width=1)
CLEAR = (0, 0, 0, 0)


def disc(path: Path, colour: tuple[int, int, int, int], *, ground: tuple[int, int, int, int] = CLEAR) -> Path:
    picture = Image.new("RGBA", (360, 640), ground)
    ImageDraw.Draw(picture).ellipse((90, 230, 270, 410), fill=colour)
    picture.save(path)
    return path


def still(asset: Asset) -> TimelineClip:
    return TimelineClip(start_frame=0, end_frame=5, shot=PictureShot(picture=asset, opening=WHOLE, closing=WHOLE))


def rgb(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.removeprefix("0x")))


@pytest.mark.parametrize(
    ("colour", "ground"),
    [((20, 20, 20, 255), LIGHT), ((200, 30, 30, 255), LIGHT), ((255, 255, 255, 255), DARK)],
)
def test_a_drawing_lies_on_the_ground_on_which_it_is_seen(
    studio: Studio, colour: tuple[int, int, int, int], ground: str
) -> None:
    drawing = studio.asset(disc(studio.root / "a.png", colour), "image")

    picture = pictures(studio.render(film(still(drawing)), tier="high").video)[2]

    assert picture[20, 20].tolist() == pytest.approx(rgb(ground), abs=4)
    assert picture[160, 90].tolist() == pytest.approx(colour[:3], abs=6)


def test_thin_white_lines_lie_on_a_dark_ground(studio: Studio) -> None:
    picture = Image.new("RGBA", (360, 640), CLEAR)
    ImageDraw.Draw(picture).ellipse((90, 230, 270, 410), outline=(255, 255, 255, 255), width=3)
    picture.save(studio.root / "a.png")
    drawing = studio.asset(studio.root / "a.png", "image")

    shown = pictures(studio.render(film(still(drawing)), tier="high").video)[2]

    assert shown[20, 20].tolist() == pytest.approx(rgb(DARK), abs=4)


@pytest.mark.parametrize("suffix", ["webp", "png"])
def test_half_a_shadow_is_half_the_ground(studio: Studio, suffix: str) -> None:
    path = disc(studio.root / f"a.{suffix}", (0, 0, 0, 128))

    picture = pictures(studio.render(film(still(studio.asset(path, "image"))), tier="high").video)[2]

    assert picture[160, 90].tolist() == pytest.approx([value / 2 for value in rgb(LIGHT)], abs=6)


def test_an_edge_takes_no_colour_from_what_is_seen_through(studio: Studio) -> None:
    hidden = (255, 0, 255, 0)
    drawing = studio.asset(disc(studio.root / "a.png", (240, 200, 40, 255), ground=hidden), "image")

    picture = pictures(studio.render(film(still(drawing)), tier="high").video)[2].astype(int)

    pink = picture[:, :, 2] - picture[:, :, 1]
    assert pink.max() < 30


def test_a_palette_with_a_clear_colour_is_seen_through(tmp_path: Path) -> None:
    Image.new("P", (8, 8)).save(tmp_path / "a.png", transparency=0)
    Image.new("RGB", (8, 8)).save(tmp_path / "b.png")
    (tmp_path / "c.png").write_bytes(b"no picture")

    seen = [is_transparent(tmp_path / name) for name in ("a.png", "b.png", "c.png", "absent.png")]

    assert seen == [True, False, False, False]


def test_a_picture_of_nothing_lies_on_paper() -> None:
    assert choose_backing(bytes(16)) == LIGHT


def test_another_ground_renders_a_picture_that_is_seen_through_anew_and_no_other(
    studio: Studio, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = studio.asset(disc(studio.root / "a.png", (20, 20, 20, 255)), "image")
    Image.new("RGB", (360, 640), (90, 20, 20)).save(studio.root / "b.png")
    whole = studio.asset(studio.root / "b.png", "image")
    for each in (clear, whole):
        studio.render(film(still(each)))
    monkeypatch.setattr("studio.render.segments.LIGHT", "0xFFFFFF")
    caplog.set_level(logging.INFO, "studio.render")

    for each in (clear, whole):
        studio.render(film(still(each)))

    assert rendered(caplog.records) == ["rendered", "cached"]
