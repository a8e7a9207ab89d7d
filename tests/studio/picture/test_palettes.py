import pytest

from studio.errors import UnknownName
from studio.picture.palettes import PALETTES, READABLE, get_palette
from studio.picture.setpieces import CATALOG


def test_there_are_ten_palettes() -> None:
    assert len(PALETTES) == 10


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_is_readable_on_its_ground(name: str) -> None:
    audit = PALETTES[name].audit()

    assert {role: ratio for role, ratio in audit.items() if ratio < READABLE} == {}


def test_every_palette_has_a_set_piece() -> None:
    assert {palette.piece for palette in PALETTES.values()} <= set(CATALOG)


def test_an_unknown_palette_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="nature, space"):
        get_palette("pastel")
