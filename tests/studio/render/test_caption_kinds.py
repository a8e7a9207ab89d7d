"""Every kind of caption, measured on the pixels of a film."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.models.captions import CaptionKind
from studio.models.shot import CaptionLook
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle, CaptionWord
from studio.picture.captions import caption_width
from studio.render.subtitles import write_ass
from tests.studio.render.conftest import Studio, drawn, film
from tests.studio.render.measure import pictures

pytestmark = pytest.mark.usefixtures("grey")

RED = (225, 20, 30)
LOOK = CaptionLook(fill="#ffffff", highlight="#e1141e", outline="#101010", on_highlight="#ffffff")
WORDS = (("AH", 0, 10), ("ON", 10, 20), ("EX", 20, 30))


def style(kind: CaptionKind, **change: Any) -> CaptionStyle:
    given = {
        "font": "Outfit ExtraBold",
        "size_px": 30,
        "outline_px": 2.0,
        "spacing_px": 0.5,
        "centre_y_px": 220,
        "middle_y_px": 160,
        "max_width_px": 160,
    }
    return CaptionStyle.model_validate({"kind": kind, **given, **change})


def cue(*lines: tuple[tuple[str, int, int], ...], end: int = 30, look: CaptionLook = LOOK) -> CaptionCue:
    return CaptionCue(
        start_frame=0,
        end_frame=end,
        lines=tuple(
            tuple(CaptionWord(text=text, start_frame=first, end_frame=last) for text, first, last in line)
            for line in lines
        ),
        look=look,
    )


def shown(studio: Studio, kind: CaptionKind, *cues: CaptionCue, **change: Any) -> list[NDArray[np.uint8]]:
    # A ground that does not brighten: the last frame is as dark as the first.
    timeline = film(drawn(0, 30, level=0), captions=cues).model_copy(update={"caption_style": style(kind, **change)})
    return pictures(studio.render(timeline, tier="high").video)


def red(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    channels = picture.astype(int)
    return (channels[:, :, 0] > 150) & (channels[:, :, 1] < 110) & (channels[:, :, 2] < 110)


def white(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(picture.min(axis=2) > 200)


def extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_a_box_stands_behind_the_spoken_word_alone_and_moves_with_it(studio: Studio) -> None:
    spaced = (("AH ", 0, 10), ("ON ", 10, 20), ("EX", 20, 30))
    frames = shown(studio, "box", cue(spaced))
    boxes = [extent(red(frames[index])) for index in (6, 15, 25)]

    assert boxes[0][2] < (boxes[1][0] + boxes[1][2]) / 2 < boxes[2][0]
    for number, box in enumerate(boxes):
        inside = white(frames[(6, 15, 25)[number]])[box[1] : box[3] + 1, box[0] : box[2] + 1]
        left, top, right, bottom = extent(inside)
        # The letters stand in the middle of their box, with room on every side.
        assert left == pytest.approx(box[2] - box[0] - right, abs=2.5)
        assert top == pytest.approx(box[3] - box[1] - bottom, abs=2.5)
        assert min(left, top) >= 2


def test_boxes_of_two_lines_stand_on_their_own_lines(studio: Studio) -> None:
    frames = shown(studio, "box", cue((("TOP", 0, 15),), (("LOW", 15, 30),)))
    above, below = (extent(red(frames[index])) for index in (8, 22))

    assert above[3] < below[1] + 6
    assert (above[1] + below[3]) / 2 == pytest.approx(220 + 2, abs=4)


def test_the_word_on_the_box_can_be_read_in_its_own_colour(studio: Studio) -> None:
    dark = LOOK.model_copy(update={"highlight": "#ffe500", "on_highlight": "#000000"})
    picture = shown(studio, "box", cue((("MMM", 0, 30),), look=dark))[15].astype(int)
    yellow = (picture[:, :, 0] > 200) & (picture[:, :, 2] < 90)
    left, top, right, bottom = extent(yellow)

    assert picture[top + 4 : bottom - 3, left + 4 : right - 3].min() < 40


def test_a_pop_up_grows_past_its_size_and_settles(studio: Studio) -> None:
    frames = shown(studio, "pop", cue(WORDS))
    widths = [extent(white(picture) | red(picture)) for picture in frames]
    width = [right - left for left, _, right, _ in widths]

    assert width[0] < 0.92 * width[12]
    assert max(width[1:5]) > 1.02 * width[12]
    assert max(width[6:]) - min(width[6:]) <= 2


def test_a_pop_up_too_wide_is_set_smaller_and_not_cut(studio: Studio) -> None:
    long = cue((("PHOTOSYNTHESIS", 0, 30),))
    assert caption_width("PHOTOSYNTHESIS", style("pop")) > 200
    left, _, right, _ = extent(red(shown(studio, "pop", long)[20]))

    assert 140 <= right - left <= 166
    assert (left + right) / 2 == pytest.approx(90, abs=2)


def test_clean_captions_do_not_change_while_they_are_up(studio: Studio) -> None:
    frames = shown(studio, "clean", cue(WORDS))

    assert not any(red(picture).any() for picture in frames)
    assert (white(frames[5]) ^ white(frames[25])).sum() < 0.02 * white(frames[5]).sum()
    assert (
        write_ass(
            [cue(WORDS)], style=style("clean"), canvas=Canvas(width=180, height=320), start_frame=0, end_frame=30
        ).count("Dialogue")
        == 1
    )


def test_no_captions_are_burned_in_where_there_are_to_be_none(studio: Studio) -> None:
    frames = shown(studio, "none", cue(WORDS))

    assert not any(white(picture).any() for picture in frames)


@pytest.mark.parametrize("kind", ["karaoke", "pop", "box", "clean"])
def test_captions_stand_low_or_in_the_middle(studio: Studio, kind: CaptionKind) -> None:
    middle = LOOK.model_copy(update={"position": "middle"})
    low, high = (
        extent(white(picture) | red(picture))
        for picture in (shown(studio, kind, cue(WORDS))[15], shown(studio, kind, cue(WORDS, look=middle))[15])
    )

    assert low[1] - high[1] == pytest.approx(60, abs=1)
    assert shown(studio, kind, cue(WORDS, look=middle), middle_y_px=None)[15].shape == (320, 180, 3)


@pytest.mark.parametrize("kind", ["pop", "box"])
def test_a_cue_over_a_cut_goes_on_as_it_was(studio: Studio, kind: CaptionKind) -> None:
    timeline = film(drawn(0, 12, level=0), drawn(12, 30, level=0), captions=(cue(WORDS),))
    frames = pictures(studio.render(timeline.model_copy(update={"caption_style": style(kind)}), tier="high").video)
    before, after = (extent(white(frames[index]) | red(frames[index])) for index in (11, 12))

    assert before == pytest.approx(after, abs=2)
