"""Ask for films, with and without Prefect, and how far they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from starlette.testclient import TestClient

from api import films
from api.app import create_app
from api.errors import NotFound
from store.repos.videos import Videos
from store.session import DatabaseAway, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief
from tests.api.conftest import FakePrefect, a_run, run_of
from tests.api.test_contract import RENDITION
from tests.support.stack import free_port


def add_film(user: User, **values: Any) -> Video:
    with transaction() as session:
        videos = Videos(session, owner_id=user.id)
        video = videos.add(Brief(title="潮汐"), owner_id=user.id)
        if values:
            videos.change(video.id, **values)
        return video


def row(video_id: str) -> Video:
    with transaction() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def test_a_film_is_started_once_and_its_row_knows_the_run(
    client: TestClient, bearer: dict[str, str], prefect: FakePrefect
) -> None:
    task_id = client.post("/video/generate", json={"title": "潮汐"}, headers=bearer).json()["data"]["task_id"]

    assert prefect.started == [task_id]
    assert row(task_id).run_id == run_of(task_id)


def test_a_film_asked_for_while_prefect_is_down_is_accepted_and_kept(
    client: TestClient, bearer: dict[str, str], prefect: FakePrefect
) -> None:
    prefect.is_down = True
    answer = client.post("/video/generate", json={"title": "潮汐"}, headers=bearer)
    kept = row(answer.json()["data"]["task_id"])
    status = client.get(answer.headers["location"], headers=bearer).json()["data"]["status"]

    assert answer.status_code == 202
    assert (kept.title, kept.run_id) == ("潮汐", None)
    assert status == "pending"


def test_a_film_is_accepted_without_any_prefect_server(home: Path, user: User, bearer: dict[str, str]) -> None:
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        answer = TestClient(create_app()).post("/video/generate", json={"title": "潮汐"}, headers=bearer)

    assert answer.status_code == 202
    assert row(answer.json()["data"]["task_id"]).run_id is None


def test_a_refused_film_leaves_no_row(client: TestClient, bearer: dict[str, str]) -> None:
    client.post("/video/generate", json={"title": "潮汐", "template": "nope"}, headers=bearer)
    with transaction() as session:
        kept = Videos.of_everyone(session).all()

    assert list(kept) == []


@pytest.mark.parametrize(
    ("state", "by_prefect", "status"),
    [
        ("Scheduled", "pending", "pending"),
        ("Running", "processing", "processing"),
        ("Suspended", "awaiting_review", "awaiting_review"),
        ("Failed", "failed", "failed"),
        ("Cancelled", "cancelled", "cancelled"),
    ],
)
def test_a_films_status_is_its_runs(user: User, prefect: FakePrefect, state: str, by_prefect: Any, status: str) -> None:
    prefect.runs["run"] = a_run("run", state, by_prefect)
    video = add_film(user, run_id="run")

    assert films.task_status(row(video.id)).status == status


@pytest.mark.parametrize(("error_code", "status"), [(None, "processing"), ("CRASHED", "failed")])
def test_a_crashed_film_is_being_made_until_it_is_given_up(
    user: User, prefect: FakePrefect, error_code: str | None, status: str
) -> None:
    prefect.runs["run"] = a_run("run", "Crashed", "failed")
    video = add_film(user, run_id="run", error_code=error_code)

    assert films.task_status(row(video.id)).status == status


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"run_id": "run"}, "pending"),
        ({"run_id": "run", "stage": "render"}, "processing"),
        ({"run_id": "run", "stage": "render", "error_code": "RENDER_FAILED"}, "failed"),
        ({"run_id": "run", "stage": "done", "rendition": RENDITION}, "completed"),
        ({"error_code": "BAD_REQUEST"}, "failed"),
        ({"run_id": "run", "cancel_requested_at": utc_now()}, "cancelled"),
    ],
)
def test_without_prefect_the_row_says_how_far_a_film_is(
    user: User, prefect: FakePrefect, values: dict[str, Any], status: str
) -> None:
    prefect.is_down = True
    video = add_film(user, **values)

    assert films.task_status(row(video.id)).status == status


def test_all_who_wait_are_told_of_their_own_films_and_prefect_is_asked_once(user: User, prefect: FakePrefect) -> None:
    running, over = add_film(user, run_id="run", stage="render", progress=40), add_film(user)
    with transaction() as session:
        Videos(session, owner_id=user.id).change(over.id, completed_at=utc_now(), rendition=RENDITION, stage="done")
    prefect.runs["run"] = a_run("run", "Running", "processing")
    stranger = User(id="user_0", username="stranger@example.com", email="", password_hash="!")
    asked = [(running.id, user), (over.id, user), (running.id, stranger), ("task_\x00", user), ("\udc80", user)] * 8

    async def everybody() -> list[Any]:
        return await asyncio.gather(*(films.poll(each, owner=owner) for each, owner in asked), return_exceptions=True)

    told = asyncio.run(everybody())

    assert [(each.status, each.progress) for each in told[:2]] == [("processing", 40), ("completed", 100)]
    assert [type(each) for each in told[2:5]] == [NotFound] * 3
    assert [repr(each) for each in told] == [repr(each) for each in told[:5]] * 8
    assert prefect.reads == [{"run"}]


def test_a_database_that_is_away_is_said_of_and_asked_again_by_the_next(
    user: User, prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = add_film(user)

    def away(*_: object) -> None:
        raise DatabaseAway("the database does not answer")

    async def poll_twice() -> list[Any]:
        with monkeypatch.context() as patch:
            patch.setattr(films, "glances", away)
            first = await asyncio.gather(films.poll(video.id, owner=user), return_exceptions=True)
        return [*first, await films.poll(video.id, owner=user)]

    first, second = asyncio.run(poll_twice())

    assert isinstance(first, DatabaseAway)
    assert second.status == "pending"


def test_a_film_is_not_called_completed_before_its_link_is_there(user: User, prefect: FakePrefect) -> None:
    prefect.runs["run"] = a_run("run", "Completed", "completed")
    video = add_film(user, run_id="run", stage="finish", progress=98)
    task = films.task_status(row(video.id))

    assert (task.status, task.progress, task.video_url) == ("processing", 98, None)


def test_progress_is_a_hundred_only_when_the_film_is_there(user: User, prefect: FakePrefect) -> None:
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video = add_film(user, run_id="run", progress=100)

    assert films.task_status(row(video.id)).progress == 99


def finished(user: User, *, took_s: float, lasts_s: float, ended_ago_s: float = 0) -> None:
    ended = utc_now() - timedelta(seconds=ended_ago_s)
    add_film(
        user,
        started_at=ended - timedelta(seconds=took_s),
        completed_at=ended,
        rendition={**RENDITION, "duration": lasts_s},
    )


def test_without_films_the_estimate_is_what_was_measured_on_two_cores(user: User, prefect: FakePrefect) -> None:
    assert films.estimated_seconds(60) == 104


def test_the_estimate_goes_by_the_middle_one_of_past_films(user: User, prefect: FakePrefect) -> None:
    # Seconds of work a second of film, besides the 8 s that each costs: 2, 3 and 50.
    for took_s, lasts_s in ((28, 10), (38, 10), (508, 10)):
        finished(user, took_s=took_s, lasts_s=lasts_s)

    assert films.estimated_seconds(60) == 188


def test_the_estimate_goes_by_the_latest_twenty(user: User, prefect: FakePrefect) -> None:
    for _ in range(21):
        finished(user, took_s=1008, lasts_s=10, ended_ago_s=86400)
    for _ in range(20):
        finished(user, took_s=28, lasts_s=10)

    assert films.estimated_seconds(60) == 128


def test_twenty_failures_do_not_hide_what_films_took(user: User, prefect: FakePrefect) -> None:
    finished(user, took_s=28, lasts_s=10, ended_ago_s=3600)
    for _ in range(20):
        add_film(user, started_at=utc_now(), completed_at=utc_now(), error_code="RENDER_FAILED")

    assert films.estimated_seconds(60) == 128
