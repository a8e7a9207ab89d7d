from __future__ import annotations

from studio.models.timeline import Timeline
from studio.render.moments import LOOKED_AT, excerpts, thumbnail_frames
from tests.studio.render.conftest import drawn, film


def even(shots: int, *, frames: int, overlap: int = 8) -> Timeline:
    """Shots of *frames* frames each, which overlap."""
    starts = [number * (frames - overlap) for number in range(shots)]
    return film(*(drawn(start, start + frames) for start in starts))


def in_transitions(timeline: Timeline) -> set[int]:
    pairs = zip(timeline.clips, timeline.clips[1:], strict=False)
    return {frame for before, after in pairs for frame in range(after.start_frame, before.end_frame)}


def test_a_film_of_one_frame_has_one_moment() -> None:
    assert thumbnail_frames(film(drawn(0, 1))) == [0]
    assert excerpts(film(drawn(0, 1))) == [range(1)]


def test_each_shot_is_looked_at_twice() -> None:
    assert thumbnail_frames(film(drawn(0, 100), drawn(100, 200))) == [50, 85, 150]


def test_no_thumbnail_is_taken_in_a_transition_or_at_an_end() -> None:
    timeline = even(5, frames=150)

    frames = thumbnail_frames(timeline)

    assert len(frames) == LOOKED_AT
    assert not set(frames) & in_transitions(timeline)
    assert frames[0] >= 15
    assert frames[-1] < timeline.frames - 15


def test_of_a_long_film_so_many_frames_are_looked_at_from_its_beginning_to_its_end() -> None:
    timeline = even(60, frames=150)

    frames = thumbnail_frames(timeline)

    assert len(frames) == LOOKED_AT
    assert frames[0] < 150
    assert frames[-1] > timeline.frames - 150
    assert frames == sorted(set(frames))


def test_four_shots_of_a_film_are_excerpted_for_less_than_three_seconds() -> None:
    timeline = even(9, frames=90)

    parts = excerpts(timeline)

    assert [len(part) for part in parts] == [21, 21, 21, 21]
    assert not {frame for part in parts for frame in part} & in_transitions(timeline)
    assert parts[-1].stop <= timeline.frames


def test_a_film_of_one_long_shot_is_excerpted_all_over() -> None:
    assert excerpts(film(drawn(0, 400))) == [range(11, 32), range(111, 132), range(211, 232), range(311, 332)]


def test_a_film_no_longer_than_its_excerpts_is_shown_whole() -> None:
    assert excerpts(film(drawn(0, 40), drawn(40, 84))) == [range(84)]
