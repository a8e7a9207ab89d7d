"""What films add up to, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.users import User
from studio.models.brief import Brief

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RENDITION = {
    "duration": 10.5,
    "video": {"size": 3_000_000_000},
    "poster": {"size": 20},
    "srt": {"size": 3},
    "vtt": {"size": 4},
}


def film(owner: User, **values: Any) -> None:
    with transaction() as session:
        videos = Videos(session, owner_id=owner.id)
        video = videos.add(Brief(title="潮汐"), owner_id=owner.id)
        if values:
            videos.change(video.id, **values)


def totals(owner: User, since: datetime) -> tuple[float, int]:
    with reading() as session:
        return Videos(session, owner_id=owner.id).finished_totals(since=since)


def counts() -> dict[str, int]:
    with reading() as session:
        return Videos.of_everyone(session).counts()


def test_without_films_there_is_nothing(owner: User) -> None:
    assert totals(owner, NOON) == (0.0, 0)
    assert counts() == {"waiting": 0, "in_the_making": 0, "completed": 0, "ended": 0}


def test_seconds_count_from_a_day_on_and_bytes_as_long_as_they_are_kept(owner: User, stranger: User) -> None:
    film(owner, completed_at=NOON, rendition=RENDITION)
    film(owner, completed_at=NOON - timedelta(days=40), rendition=RENDITION)
    film(owner, completed_at=NOON, error_code="CRASHED")
    film(stranger, completed_at=NOON, rendition=RENDITION)

    assert totals(owner, NOON - timedelta(days=1)) == (10.5, 6_000_000_054)


def test_pictures_beside_a_film_count_too(owner: User) -> None:
    thumbnails = [{"image": {"size": 100}}, {"image": {"size": 10}}]
    beside = {"animation": {"size": 1_000}, "preview": None, "thumbnails": thumbnails}
    film(owner, completed_at=NOON, rendition={"duration": 2.0, "video": {"size": 5}, **beside})

    assert totals(owner, NOON) == (2.0, 1_115)


def test_a_rendition_without_sizes_counts_no_bytes(owner: User) -> None:
    film(owner, completed_at=NOON, rendition={"duration": 2.0})

    assert totals(owner, NOON) == (2.0, 0)


def test_films_are_counted_by_how_far_they_are(owner: User, stranger: User) -> None:
    film(owner)
    film(stranger)
    film(owner, run_id="run-1")
    film(owner, pid=7)
    film(owner, run_id="run-2", completed_at=NOON, rendition=RENDITION)
    film(owner, run_id="run-3", completed_at=NOON, error_code="CRASHED")

    assert counts() == {"waiting": 2, "in_the_making": 2, "completed": 1, "ended": 1}
