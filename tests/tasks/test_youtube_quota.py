"""One project's quota of a day: films that do not fit wait for the next one, and nothing of them is sent before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.repos.publications import Publications, opened
from store.repos.quotas import Quotas
from store.repos.social import SocialAccounts
from store.repos.users import Users
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from studio.errors import OverQuota, ProviderNotReady, ProviderUnavailable, VideoSystemError
from studio.models.publication import Grant, Post, Published, Target, Token
from studio.providers.publish import Parcel, patience, youtube_quota
from studio.providers.publish import youtube as module
from studio.providers.publish.youtube import YouTube
from studio.providers.publish.youtube_errors import PACIFIC, until_midnight
from studio.providers.publish.youtube_quota import CAPTIONS, QUESTIONS, READING, UNITS, UPLOADS, WRITING
from tasks.desk import LedgerDesk
from tasks.lease import this_process
from tasks.publish import set_aside
from tests.api.conftest import home  # noqa: F401  (a fixture)
from tests.support.desk import Died
from tests.support.parcels import parcel
from tests.support.platforms.server import Fault, serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET, YouTubePlatform, reason

WANTED = QUESTIONS + WRITING + CAPTIONS + WRITING + READING
"""Of a film with poster, captions in one language and a playlist."""

NOON = datetime(2026, 11, 30, 12, tzinfo=PACIFIC)


class Clock:
    """The time at YouTube."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self, _: Any) -> datetime:
        return self.moment

    @property
    def day(self) -> str:
        return self.moment.date().isoformat()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(youtube_quota, "datetime", clock)
    return clock


@pytest.fixture
def google(home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubePlatform]:  # noqa: F811
    """YouTube with the quota that a project has; it refuses what goes beyond."""
    with serving(YouTubePlatform(daily_uploads=100, daily_units=10_000)) as server:
        assert isinstance(server, YouTubePlatform)
        for name in ("YOUTUBE_ROOT_URL", "GOOGLE_OAUTH_ROOT_URL"):
            monkeypatch.setenv(name, server.root)
        monkeypatch.setenv("YOUTUBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setattr(patience, "WAITS", (0.0, 0.0))
        monkeypatch.setattr(module, "POLLS_S", (0.0,))
        yield server


@pytest.fixture
def film(tmp_path: Path) -> Parcel:
    return parcel(tmp_path, Post(title="潮汐", options={"playlist_id": "PLmine-000001"}), size=9_000)


@pytest.fixture
def add(google: YouTubePlatform) -> Callable[[], Publication]:
    """Writes down a publication that this process makes."""
    with transaction() as session:
        owner_id = Users(session).operator().id
        grant = Grant(remote_id="UC1", name="Tides", token=Token(access="access-1", refresh="refresh-1"))
        account_id = SocialAccounts(session, owner_id=owner_id).keep(Target.YOUTUBE, grant).id

    def write() -> Publication:
        row = Publication(
            owner_id=owner_id, platform="youtube", account_id=account_id, state="uploading", started_at=utc_now(),
            post={"title": "潮汐", "visibility": "private"}, **this_process().columns(),
        )  # fmt: skip
        with transaction() as session:
            return Publications.of_everyone(session).add(row)

    return write


def row(publication: Publication) -> Publication:
    with reading() as session:
        found = Publications.of_everyone(session).get(publication.id)
    assert found is not None
    return found


def made(publication: Publication, film: Parcel) -> Published | VideoSystemError:
    """What a run that makes the publication, by this process, ends with."""
    with transaction() as session:
        Publications.of_everyone(session).change(publication.id, state="uploading", **this_process().columns())
    desk = LedgerDesk(row(publication), _saved=opened(row(publication)))
    try:
        return YouTube().publish(replace(film, name=publication.id), desk)
    except VideoSystemError as error:
        set_aside(publication.id, error)
        return error


def used(name: str, clock: Clock) -> int:
    with reading() as session:
        return Quotas(session).used(name, day=clock.day)


def test_a_day_on_which_nothing_was_published_has_its_whole_quota(google: YouTubePlatform, clock: Clock) -> None:
    assert (used(UPLOADS, clock), used(UNITS, clock)) == (0, 0)


def test_what_a_film_has_cost_is_what_the_platform_has_counted(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication]
) -> None:
    made(add(), film)

    assert {"uploads": used(UPLOADS, clock), "units": used(UNITS, clock)} == dict(google.used)
    assert 0 < used(UNITS, clock) < WANTED


def test_fifty_films_of_one_project_go_out_on_as_many_days_as_they_need(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication]
) -> None:
    waiting = [add() for _ in range(50)]
    days = []
    while waiting and len(days) < 9:
        with ThreadPoolExecutor(4) as pool:
            ends = list(zip(waiting, pool.map(lambda each: made(each, film), waiting), strict=True))
        left = [publication for publication, end in ends if not isinstance(end, Published)]
        assert all(isinstance(end, OverQuota) for _, end in ends if not isinstance(end, Published))
        assert {row(each).state for each in left} <= {"scheduled"}
        assert len(google.videos) == google.inserts == 50 - len(left)
        days.append(len(waiting) - len(left))
        waiting = left
        clock.moment += timedelta(days=1)
        google.begin_day()

    assert sum(days) == 50
    assert len(days) == 3
    assert min(days[:2]) >= 10_000 // WANTED - 3  # of four at once the last ones may wait for what others give back
    assert google.over_quota == 0
    assert google.refused == []


def test_a_film_that_does_not_fit_waits_until_after_midnight_in_california_with_a_note(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("YOUTUBE_DAILY_QUOTA", str(WANTED + 100))
    made(add(), film)
    asked = len(google.asked)
    late = add()
    made(late, film)
    after = row(late)

    assert len(google.asked) == asked
    assert (after.state, after.error_code, after.saved) == ("scheduled", "UPSTREAM_RATE_LIMITED", None)
    assert f"{used(UNITS, clock)} of the {WANTED + 100} youtube units of 2026-11-30 (YOUTUBE_DAILY_QUOTA) are used" in (
        after.error_message or ""
    )
    assert f"this film needs {WANTED}; nothing was sent" in (after.error_message or "")
    assert after.retry_at is not None
    wait_s = (after.retry_at - utc_now()).total_seconds()
    assert until_midnight(NOON) < wait_s <= until_midnight(NOON) + 60
    clock.moment += timedelta(days=1)
    assert isinstance(made(late, film), Published)


def test_upload_sessions_are_counted_by_themselves_and_who_gets_none_gives_its_units_back(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("YOUTUBE_DAILY_UPLOADS", "2")
    ends = [made(add(), film) for _ in range(2)]
    units = used(UNITS, clock)
    third = made(add(), film)

    assert [type(end) for end in ends] == [Published, Published]
    assert isinstance(third, OverQuota)
    assert "2 of the 2 youtube uploads of 2026-11-30 (YOUTUBE_DAILY_UPLOADS) are used" in str(third)
    assert (google.inserts, used(UPLOADS, clock), used(UNITS, clock)) == (2, 2, units)


@pytest.mark.parametrize(
    ("fault", "uploads"),
    [
        (Fault("POST /upload/youtube/v3/videos", "status", times=9, status=503), 0),
        (Fault("POST /upload/youtube/v3/videos", "status", status=403, body=reason("quotaExceeded")), 0),
        (Fault("POST /upload/youtube/v3/videos", "status", status=400, body=reason("invalidTitle")), 1),
        (Fault("POST /upload/youtube/v3/videos", "lost answer", times=9), 3),
    ],
    ids=["down", "over quota", "refused", "unanswered"],
)
def test_a_session_that_was_not_given_is_given_back_unless_it_may_have_been_counted(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication], fault: Fault, uploads: int
) -> None:
    google.faults.append(fault)
    end = made(add(), film)

    assert isinstance(end, VideoSystemError)
    assert (used(UPLOADS, clock), used(UNITS, clock)) == (uploads, 0)


class Mortal(LedgerDesk):
    """Dies when the video's id was to be written down."""

    def save(self, **values: Any) -> None:
        if "video_id" in values:
            raise Died
        super().save(**values)


def test_what_a_process_had_reserved_when_it_died_counts_and_the_next_one_reserves_its_own(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication]
) -> None:
    publication = add()
    with pytest.raises(Died):
        YouTube().publish(film, Mortal(row(publication)))
    left = used(UPLOADS, clock), used(UNITS, clock)
    end = made(publication, film)

    assert left == (1, WANTED)
    assert isinstance(end, Published)
    assert (len(google.videos), google.inserts, used(UPLOADS, clock)) == (1, 1, 1)
    assert used(UNITS, clock) - WANTED <= google.used["units"] < used(UNITS, clock)


def test_a_removal_is_never_put_off_and_counts(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publication = add()
    end = made(publication, film)
    assert isinstance(end, Published)
    before = used(UNITS, clock)
    monkeypatch.setenv("YOUTUBE_DAILY_QUOTA", str(before))
    YouTube().withdraw(end, LedgerDesk(row(publication), is_closing=True))

    assert google.videos == {}
    assert used(UNITS, clock) - before == WRITING


def test_a_film_that_would_fit_into_no_day_fails_and_names_the_setting(
    google: YouTubePlatform, film: Parcel, add: Callable[[], Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOUTUBE_DAILY_QUOTA", "500")
    publication = add()
    end = made(publication, film)

    assert isinstance(end, ProviderNotReady)
    assert f"YOUTUBE_DAILY_QUOTA is 500, and this film needs {WANTED}; 0 does not count" in str(end)
    assert row(publication).state == "failed"
    assert google.asked == []


def test_a_quota_of_zero_counts_nothing(
    google: YouTubePlatform, clock: Clock, film: Parcel, add: Callable[[], Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("YOUTUBE_DAILY_QUOTA", "YOUTUBE_DAILY_UPLOADS"):
        monkeypatch.setenv(name, "0")
    google.daily_uploads = 1
    first, second = made(add(), film), made(add(), film)

    assert isinstance(first, Published)
    assert isinstance(second, ProviderUnavailable)
    assert not isinstance(second, OverQuota)
    assert (google.over_quota, used(UPLOADS, clock), used(UNITS, clock)) == (1, 0, 0)
