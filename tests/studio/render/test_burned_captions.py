"""Captions read back from the pixels of a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.models.timeline import CaptionCue
from tests.studio.render.conftest import Studio, cue, drawn, film
from tests.studio.render.measure import pictures

pytestmark = pytest.mark.usefixtures("grey")

YELLOW = (255, 229, 0)


def shown(studio: Studio, *cues: CaptionCue) -> list[NDArray[np.uint8]]:
    return pictures(studio.render(film(drawn(0, 30), drawn(30, 60), captions=cues), tier="high").video)


def yellow(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where the highlight is: red and green high, blue low."""
    red, green, blue = (picture[:, :, channel].astype(int) for channel in range(3))
    return (red > 200) & (green > 180) & (blue < 90)


def inked_rows(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """First and last row that the grey ground does not fill."""
    rows = np.flatnonzero((np.ptp(picture.astype(int).mean(axis=2), axis=1)) > 60)
    return int(rows[0]), int(rows[-1])


def test_a_caption_is_on_screen_from_its_first_frame_to_the_one_before_its_end(studio: Studio) -> None:
    film_frames = shown(studio, cue(9, 21, ("MMM", 9, 21)))

    assert [index for index, picture in enumerate(film_frames) if np.ptp(picture) > 60] == list(range(9, 21))


def test_a_caption_over_a_cut_is_on_screen_all_the_time(studio: Studio) -> None:
    film_frames = shown(studio, cue(12, 48, ("MMM", 12, 48)))

    assert [index for index, picture in enumerate(film_frames) if np.ptp(picture) > 60] == list(range(12, 48))


def test_a_caption_stands_in_the_middle_of_its_band(studio: Studio) -> None:
    top, bottom = inked_rows(shown(studio, cue(0, 30, ("MMM", 0, 30)))[10])

    assert (top + bottom) / 2 == pytest.approx(220, abs=4)


def test_only_the_spoken_word_has_the_highlight_and_its_exact_colour(studio: Studio) -> None:
    film_frames = shown(studio, cue(0, 30, ("MM ", 0, 15), ("MM", 15, 30)))

    first, second = (np.flatnonzero(yellow(film_frames[index]).any(axis=0)) for index in (8, 22))
    assert first.max() < 90 < second.min()
    inside = film_frames[22][yellow(film_frames[22])]
    assert np.median(inside, axis=0).tolist() == pytest.approx(YELLOW, abs=12)


def test_chinese_is_drawn_with_our_own_font(studio: Studio) -> None:
    known, unknown = (shown(studio, cue(0, 30, (text, 0, 30)))[10] for text in ("夕陽", "\ue000\ue001"))

    assert yellow(known).sum() > 100
    assert not np.array_equal(yellow(known), yellow(unknown))


HOSTILE = (
    r"{\an8}",
    r"{\pos(10,10)}",
    "%{pts}",
    "'; movie=/etc/passwd [x]",
    "',drawtext=textfile=/etc/passwd,drawtext=text='",
    r"\N\N\N",
    r"a\{\fs90}",
    "{\\p1}m 0 0 l 100 0 100 300 0 300{\\p0}",
    "Dialogue: 0,0:00:00.00,0:00:09.00,Look0,,0,0,0,,x",
)


def test_hostile_text_changes_nothing_but_the_letters_of_its_line(studio: Studio) -> None:
    plain_top, plain_bottom = inked_rows(shown(studio, cue(0, 30, ("Xyj{}", 0, 30)))[10])
    cues = [cue(n * 10 + 1, n * 10 + 10, (text, n * 10 + 1, n * 10 + 10)) for n, text in enumerate(HOSTILE)]
    timeline = film(drawn(0, 30), drawn(30, 60), drawn(60, 90), captions=cues)

    film_frames = pictures(studio.render(timeline, tier="high").video)

    for text, picture in zip(HOSTILE, film_frames[5::10], strict=True):
        top, bottom = inked_rows(picture)
        assert top >= plain_top - 3, text
        assert bottom <= plain_bottom + 3, text
        assert yellow(picture).any(), text
    assert all(np.ptp(picture) < 60 for picture in film_frames[::10])


def test_a_folder_of_any_name_will_do(tmp_path: Path) -> None:
    odd = Studio(tmp_path / 'it\'s [a] %03d, <b> & "c": d=e;\\夕')
    odd.root.mkdir()

    assert yellow(shown(odd, cue(0, 30, ("夕陽", 0, 30)))[10]).sum() > 100
