import cv2
import numpy as np
import pytest

from studio.picture.compositor import Sprite
from studio.picture.icons import DARK, STRAIGHT_EDGED, UNFIT, emoji, hero_icon, icon_names
from studio.picture.iconwords import EXCLUDED, find_icon

BRIGHTEST = 0.45
"""Of red, green and blue, where an icon is nearly black."""


def dark_share(icon: Sprite) -> float:
    """Share of the ink that is nearly black."""
    solid = icon.half_alpha > 200
    ink = icon.half_alpha[solid] / np.float32(255)
    luma = (cv2.resize(icon.y, solid.shape[::-1], interpolation=cv2.INTER_AREA)[solid] / ink - 16) / 219
    blue, red = ((plane[solid] / ink - 128) / 224 for plane in (icon.u, icon.v))
    brightest = np.max([luma + 1.5748 * red, luma + 1.8556 * blue, luma - 0.468 * red - 0.187 * blue], axis=0)
    return float((brightest < BRIGHTEST).mean())


def test_every_icon_on_a_list_exists() -> None:
    assert icon_names() >= DARK | UNFIT | STRAIGHT_EDGED


def test_every_hero_that_is_nearly_black_has_a_light_behind_it() -> None:
    heroes = {name for name in icon_names() if not EXCLUDED.search(name)} - STRAIGHT_EDGED - UNFIT
    black = {name for name in heroes if dark_share(emoji(name, 32)) > 0.8}

    assert black <= DARK
    assert len(black) > 5


@pytest.mark.parametrize("name", sorted(DARK))
def test_a_dark_icon_stands_on_a_light_disc(name: str) -> None:
    sprite = hero_icon(name, 112)

    assert sprite.alpha[sprite.height // 2, 8] > 200
    assert sprite.alpha[6, 6] == 0
    assert dark_share(sprite) < 0.5


def test_what_reads_badly_as_a_hero_is_not_chosen() -> None:
    assert find_icon("Inside the coffin of a king", chinese=False) == "crown"
    assert find_icon("木乃伊的祕密", chinese=True) == "locked"
