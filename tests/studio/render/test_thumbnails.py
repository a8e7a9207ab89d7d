from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import RenderFailed
from studio.render.thumbnails import Still, is_outdone, rank, read_luma, score

SIZE = (480, 270)


def noise(seed: int, *, low: int = 20, high: int = 235) -> NDArray[np.uint8]:
    """Blots of a few px, as rich in edges as a busy picture."""
    blots = np.random.default_rng(seed).integers(low, high, (SIZE[0] // 6, SIZE[1] // 6), dtype=np.uint8)
    return np.asarray(cv2.resize(blots, SIZE[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def blurred(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 6), np.uint8)


def still(frame: int, luma: NDArray[np.uint8]) -> Still:
    return Still(Path(f"{frame}.jpg"), frame, luma, score(luma))


def flat(level: int) -> NDArray[np.uint8]:
    return np.full(SIZE, level, np.uint8)


def test_a_film_without_frames_has_no_thumbnails() -> None:
    assert rank([]) == []


def test_what_is_black_or_empty_scores_nothing() -> None:
    assert score(flat(5)) == 0
    assert score(flat(180)) == 0


def test_a_sharp_picture_scores_more_than_the_same_out_of_focus() -> None:
    assert score(noise(1)) > 1.5 * score(blurred(noise(1)))


def test_a_picture_rich_in_contrast_scores_more_than_a_pale_one() -> None:
    assert score(noise(1)) > 1.5 * score(noise(1, low=120, high=140))


def test_a_score_is_a_share() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (SIZE[0], SIZE[1] // 2))

    assert 0.9 < score(stripes) <= 1


def test_the_best_comes_first_and_black_does_not_come_at_all() -> None:
    ranked = rank([still(1, blurred(noise(1))), still(2, flat(4)), still(3, noise(3))])

    assert [each.frame for each in ranked] == [3, 1]
    assert ranked[0].score > ranked[1].score


def test_a_frame_like_a_better_one_falls_behind_one_that_shows_something_else() -> None:
    best, other = noise(1), cv2.flip(blurred(noise(2)), 0)
    other[: SIZE[0] // 2] = 230

    ranked = rank([still(1, best), still(2, best.copy()), still(3, np.asarray(other, np.uint8))])

    assert [each.frame for each in ranked] == [1, 3, 2]
    assert ranked[2].score == 0


def test_at_most_four_are_kept() -> None:
    assert len(rank([still(number, noise(number)) for number in range(9)])) == 4


def written(path: Path, luma: NDArray[np.uint8]) -> Path:
    cv2.imwrite(str(path), luma)
    return path


def test_the_opening_stays_the_poster_where_it_is_any_good(tmp_path: Path) -> None:
    opening = written(tmp_path / "opening.jpg", noise(1, low=60, high=200))

    assert not is_outdone(opening, [still(9, noise(2))])


@pytest.mark.parametrize("opening", [flat(3), flat(128), blurred(noise(1, low=118, high=138))])
def test_an_opening_that_shows_nothing_gives_its_place_to_the_best(tmp_path: Path, opening: NDArray[np.uint8]) -> None:
    path = written(tmp_path / "opening.jpg", opening)

    assert is_outdone(path, [still(9, noise(2)), still(8, noise(3))])


def test_a_film_without_thumbnails_has_its_opening_as_a_poster(tmp_path: Path) -> None:
    assert not is_outdone(written(tmp_path / "opening.jpg", flat(3)), [])


def test_a_picture_scores_the_same_in_any_resolution(tmp_path: Path) -> None:
    small, large = noise(1), cv2.resize(noise(1), (1080, 1920), interpolation=cv2.INTER_NEAREST)
    scores = [
        score(read_luma(written(tmp_path / f"{number}.png", np.asarray(luma, np.uint8))))
        for number, luma in enumerate((small, large))
    ]

    assert scores[0] == pytest.approx(scores[1], abs=0.02)


def test_what_is_no_picture_is_an_error_of_the_render(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")

    with pytest.raises(RenderFailed, match=r"a\.jpg cannot be read back"):
        read_luma(tmp_path / "a.jpg")
