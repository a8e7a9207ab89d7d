from __future__ import annotations

from studio.models.timeline import Timeline
from studio.render.plan import live_clips, plan_segments
from tests.studio.render.conftest import drawn, film


def spans(timeline: Timeline) -> list[tuple[int, int, int]]:
    return [(segment.start, segment.end, len(segment.clips)) for segment in plan_segments(timeline)]


def test_a_film_of_one_shot_is_one_segment() -> None:
    assert spans(film(drawn(0, 1))) == [(0, 1, 1)]


def test_a_hard_cut_is_the_border_of_two_segments() -> None:
    assert spans(film(drawn(0, 30), drawn(30, 70))) == [(0, 30, 1), (30, 70, 1)]


def test_a_transition_is_a_segment_of_its_own() -> None:
    assert spans(film(drawn(0, 30), drawn(20, 70))) == [(0, 20, 1), (20, 30, 2), (30, 70, 1)]


def test_two_dissolves_that_touch_leave_no_empty_segment_between_them() -> None:
    assert spans(film(drawn(0, 20), drawn(10, 30), drawn(20, 40))) == [
        (0, 10, 1),
        (10, 20, 2),
        (20, 30, 2),
        (30, 40, 1),
    ]


def test_a_body_of_two_frames_joins_the_shorter_dissolve_beside_it() -> None:
    assert spans(film(drawn(0, 20), drawn(14, 26), drawn(22, 40))) == [
        (0, 14, 1),
        (14, 20, 2),
        (20, 26, 2),
        (26, 40, 1),
    ]


def test_a_dissolve_of_two_frames_joins_a_body() -> None:
    assert spans(film(drawn(0, 20), drawn(18, 60))) == [(0, 20, 2), (20, 60, 1)]


def test_a_shot_of_one_frame_joins_its_neighbour() -> None:
    assert spans(film(drawn(0, 20), drawn(20, 21), drawn(21, 40))) == [(0, 20, 1), (20, 40, 2)]


def test_a_segment_counts_frames_from_the_start_of_each_clip() -> None:
    before, after = drawn(0, 30), drawn(20, 70)

    dissolve = plan_segments(film(before, after))[1]

    assert [dissolve.span(before), dissolve.span(after)] == [(20, 10), (0, 10)]


def test_a_clip_is_seen_from_its_first_frame_to_the_one_before_its_end() -> None:
    clips = (drawn(0, 23), drawn(20, 40))

    assert [live_clips(clips, frame) for frame in (0, 19, 20, 22, 23, 39)] == [[0], [0], [0, 1], [0, 1], [1], [1]]
