from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.errors import BadInput
from studio.picture.branding import LOGO_PX, draw_logo, logo_sprite, open_palette
from studio.picture.colour import contrast, to_hex
from studio.picture.palettes import PALETTES, READABLE

SHADES = [
    to_hex(tuple(part * 255 for part in colorsys.hls_to_rgb(hue / 12, lightness, saturation)))  # type: ignore[arg-type]
    for hue in range(12)
    for lightness in (0.03, 0.2, 0.4, 0.5, 0.65, 0.85, 0.98)
    for saturation in (0.0, 0.4, 1.0)
]


@pytest.mark.parametrize("name", PALETTES)
def test_without_a_colour_a_palette_is_itself(name: str) -> None:
    assert open_palette(name) is PALETTES[name]


def test_every_role_can_be_read_in_every_colour_of_a_brand() -> None:
    worst = {
        shade: min(open_palette("ocean", accent=shade).audit().items(), key=lambda role: role[1]) for shade in SHADES
    }

    assert {shade: found for shade, found in worst.items() if found[1] < READABLE} == {}


def test_a_brand_colour_keeps_its_hue_and_the_topics_set_piece() -> None:
    palette = open_palette("space", accent="#e4002b")
    hue, _, _ = colorsys.rgb_to_hls(*(int(palette.vivid[0][at : at + 2], 16) / 255 for at in (1, 3, 5)))

    assert palette.piece == PALETTES["space"].piece
    assert abs((hue + 0.5) % 1 - 0.5) < 0.06
    assert contrast("#ffffff", palette.vivid[0]) >= READABLE


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_sign_becomes_a_small_png(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (2000, 1000), "#e4002b").save(tmp_path / f"sign.{suffix}")
    draw_logo(tmp_path / f"sign.{suffix}", tmp_path / "out.png")

    with Image.open(tmp_path / "out.png") as found:
        assert (found.format, found.size, found.mode) == ("PNG", (LOGO_PX, LOGO_PX // 2), "RGBA")


def test_an_svg_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "sign.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5" fill="red"/></svg>'
    )
    draw_logo(tmp_path / "sign.svg", tmp_path / "out.png")

    with Image.open(tmp_path / "out.png") as found:
        pixels = np.asarray(found)
    assert pixels[0, 0, 3] == 0
    assert pixels[LOGO_PX // 2, LOGO_PX // 2].tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize("content", [b"", b"GIF89a nonsense", b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"<svg"])
@pytest.mark.parametrize("name", ["sign.png", "sign.svg"])
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadInput, match=f"{name} is no PNG, JPEG, WebP or SVG"):
        draw_logo(tmp_path / name, tmp_path / "out.png")


def test_a_sign_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"brand\.logo"):
        draw_logo(tmp_path / "none.png", tmp_path / "out.png")


def test_a_full_square_is_cut_to_the_disc_and_a_shape_stands_on_it(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 200), "#e4002b").save(tmp_path / "full.png")
    shape = Image.new("RGBA", (300, 200))
    shape.paste("#e4002b", (50, 50, 250, 150))
    shape.save(tmp_path / "shape.png")

    full, standing = (logo_sprite(tmp_path / f"{name}.png", disc_px=200) for name in ("full", "shape"))

    assert 200 <= full.width == full.height < 210
    assert standing.width < 0.7 * 200
