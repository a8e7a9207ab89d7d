"""Films and flow runs come together again, whatever died."""

from __future__ import annotations

import platform
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from api import films, runs
from api.prefectclient import PrefectUnavailable
from api.reconciler import keep_reconciling, reconcile
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.settings import get_settings
from tests.api.conftest import FakePrefect, a_run, run_of
from tests.support.stack import until

pytestmark = pytest.mark.usefixtures("prefect")


@pytest.fixture
def film(user: User) -> Callable[..., str]:
    """Adds a film that was asked for *age_s* seconds ago."""

    def add(*, age_s: float = 60, title: str = "潮汐", **values: Any) -> str:
        with transaction() as session:
            videos = Videos.of_everyone(session)
            video = videos.add(Brief(title=title), owner_id=user.id)
            videos.change(video.id, created_at=utc_now() - timedelta(seconds=age_s), **values)
            return video.id

    return add


def row(video_id: str) -> Video:
    with transaction() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def test_with_nothing_to_do_nothing_is_done(home: Path, prefect: FakePrefect) -> None:
    reconcile()

    assert (prefect.started, prefect.started_again) == ([], [])


def test_a_film_without_a_run_is_started_once(film: Callable[..., str], prefect: FakePrefect) -> None:
    video_id = film(age_s=4)
    for _ in range(3):
        reconcile()

    assert prefect.started == [video_id]
    assert row(video_id).run_id == run_of(video_id)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    """A machine and a plan for many films at once."""
    monkeypatch.setenv("FILMS_AT_ONCE", "8")
    get_settings.cache_clear()
    with transaction() as session:
        user.plan = "admin"
        session.add(user)


@pytest.mark.usefixtures("room")
def test_films_are_started_in_the_order_they_were_asked_for(film: Callable[..., str], prefect: FakePrefect) -> None:
    second, first, third = film(age_s=20), film(age_s=30), film(age_s=10)
    reconcile()

    assert prefect.started == [first, second, third]


def test_a_film_that_was_cancelled_before_it_began_is_not_started(
    film: Callable[..., str], prefect: FakePrefect
) -> None:
    film(cancel_requested_at=utc_now())
    reconcile()

    assert prefect.started == []


@pytest.mark.usefixtures("room")
def test_a_film_that_prefect_refuses_does_not_hold_up_the_others(
    film: Callable[..., str], prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, other = film(age_s=20), film(age_s=10)
    crashed = film(run_id="crashed")
    prefect.runs["crashed"] = a_run("crashed", "Crashed", "failed", age_s=7)

    def start(video: Video) -> str:
        if video.id == refused:
            raise ValueError("409: the parameters do not fit the schema")
        return prefect.start(video)

    monkeypatch.setattr(runs, "start", start)
    reconcile()

    assert prefect.started == [other]
    assert prefect.started_again == [row(crashed).run_id]


def test_a_crashed_film_is_started_again_after_six_seconds(film: Callable[..., str], prefect: FakePrefect) -> None:
    video_id = film(run_id="run")
    prefect.runs["run"] = a_run("run", "Crashed", "failed", age_s=7)
    reconcile()

    assert prefect.started_again == ["run"]
    assert row(video_id).restarts == 1


@pytest.mark.parametrize(
    ("state", "status", "age_s"),
    [
        ("Crashed", "failed", 5),
        ("Failed", "failed", 60),
        ("Cancelled", "cancelled", 60),
        ("Completed", "completed", 60),
        ("Running", "processing", 60),
        ("AwaitingRetry", "processing", 60),
    ],
)
def test_what_has_not_crashed_for_long_is_left_alone(
    film: Callable[..., str], prefect: FakePrefect, state: str, status: Any, age_s: float
) -> None:
    video_id = film(run_id="run")
    prefect.runs["run"] = a_run("run", state, status, age_s=age_s)
    reconcile()

    assert prefect.started_again == []
    assert (row(video_id).restarts, row(video_id).run_id) == (0, "run")


def test_the_fourth_crash_is_the_end(film: Callable[..., str], prefect: FakePrefect, user: User) -> None:
    video_id = film(run_id="run")
    prefect.runs["run"] = a_run("run", "Crashed", "failed", age_s=7)
    for _ in range(6):
        reconcile()
    given_up = row(video_id)

    assert prefect.started_again == ["run"] * 3
    assert (given_up.restarts, given_up.error_code) == (3, "CRASHED")
    assert given_up.error_message == "the process that made this film died 4 times; retry it, or make it shorter"
    assert given_up.completed_at is not None
    assert films.task_status(row(video_id)).status == "failed"


def test_a_film_whose_run_is_gone_is_started_anew(film: Callable[..., str], prefect: FakePrefect) -> None:
    video_id = film(run_id="gone")
    reconcile()
    cleared = row(video_id).run_id
    reconcile()

    assert cleared is None
    assert prefect.started == [video_id]
    assert row(video_id).run_id == run_of(video_id)


def test_a_film_that_the_command_line_makes_now_is_not_started_elsewhere(
    film: Callable[..., str], prefect: FakePrefect
) -> None:
    process = psutil.Process()
    video_id = film(run_id="unheard-of", host=platform.node(), pid=process.pid, pid_started=process.create_time())
    reconcile()

    assert prefect.started == []
    assert row(video_id).run_id == "unheard-of"


def test_a_finished_film_whose_run_is_gone_is_left_alone(film: Callable[..., str], prefect: FakePrefect) -> None:
    video_id = film(run_id="gone", completed_at=utc_now())
    reconcile()

    assert row(video_id).run_id == "gone"


def test_while_prefect_is_away_films_keep_their_runs(film: Callable[..., str], prefect: FakePrefect) -> None:
    waiting, running = film(), film(run_id="run")
    prefect.is_down = True
    with pytest.raises(PrefectUnavailable):
        reconcile()

    assert (row(waiting).run_id, row(running).run_id) == (None, "run")


def test_rounds_go_on_when_prefect_is_back(
    film: Callable[..., str], prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.reconciler.EVERY_S", 0.01)
    video_id = film()
    film(run_id="run")
    prefect.is_down = True
    stop = threading.Event()
    thread = threading.Thread(target=keep_reconciling, args=(stop,))
    thread.start()
    try:
        until(lambda: len(prefect.reads) >= 3, timeout_s=5, every_s=0.01)
        prefect.is_down = False
        until(lambda: row(video_id).run_id, timeout_s=5, every_s=0.01)
    finally:
        stop.set()
        thread.join(5)

    assert prefect.started == [video_id]


@pytest.fixture
def orphan() -> Iterator[psutil.Process]:
    """A process that nobody waits for any more."""
    child = subprocess.Popen(["sleep", "60"])
    yield psutil.Process(child.pid)
    child.kill()
    child.wait()


def crash(film: Callable[..., str], prefect: FakePrefect, **holder: Any) -> None:
    film(run_id="run", **holder)
    prefect.runs["run"] = a_run("run", "Crashed", "failed", age_s=7)
    reconcile()


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_the_old_process_is_ended_before_its_film_is_started_again(
    film: Callable[..., str], prefect: FakePrefect, orphan: psutil.Process
) -> None:
    crash(film, prefect, host=platform.node(), pid=orphan.pid, pid_started=orphan.create_time())

    assert not is_alive(orphan)
    assert prefect.started_again == ["run"]


@pytest.mark.parametrize(
    "changed", [{"pid_started": 1.0}, {"pid_started": None}, {"host": "another-machine"}, {"pid": None}]
)
def test_a_process_that_is_not_surely_the_old_one_is_left_alone(
    film: Callable[..., str], prefect: FakePrefect, orphan: psutil.Process, changed: dict[str, Any]
) -> None:
    holder = {"host": platform.node(), "pid": orphan.pid, "pid_started": orphan.create_time(), **changed}
    crash(film, prefect, **holder)

    assert is_alive(orphan)
    assert prefect.started_again == ["run"]


def test_a_child_that_ended_by_itself_does_not_save_its_parent(
    film: Callable[..., str], prefect: FakePrefect, orphan: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = subprocess.Popen(["sleep", "60"])
    ended = psutil.Process(child.pid)
    child.kill()
    child.wait()
    monkeypatch.setattr(psutil.Process, "children", lambda *_, **__: [ended])
    crash(film, prefect, host=platform.node(), pid=orphan.pid, pid_started=orphan.create_time())

    assert not is_alive(orphan)
    assert prefect.started_again == ["run"]


@pytest.fixture
def ended() -> dict[str, Any]:
    """The columns of a process on this machine that is no more."""
    child = subprocess.Popen(["true"])
    started = psutil.Process(child.pid).create_time()
    child.wait()
    return {"host": platform.node(), "pid": child.pid, "pid_started": started}


@pytest.mark.parametrize("state", ["Running", "Retrying", "Cancelling"])
def test_a_run_whose_process_is_gone_is_declared_dead(
    film: Callable[..., str], prefect: FakePrefect, ended: dict[str, Any], state: str
) -> None:
    film(run_id="run", **ended)
    prefect.runs["run"] = a_run("run", state, "processing", age_s=7)
    reconcile()

    assert prefect.dead == ["run"]


@pytest.mark.parametrize(("age_s", "dead"), [(39, []), (41, ["run"])])
def test_a_run_that_never_opened_its_row_is_declared_dead(
    film: Callable[..., str], prefect: FakePrefect, age_s: float, dead: list[str]
) -> None:
    film(run_id="run")
    prefect.runs["run"] = a_run("run", "Running", "processing", age_s=age_s)
    reconcile()

    assert prefect.dead == dead


def test_a_run_that_waits_for_its_next_process_is_not_dead(
    film: Callable[..., str], prefect: FakePrefect, ended: dict[str, Any]
) -> None:
    film(run_id="run", **ended)
    prefect.runs["run"] = a_run("run", "AwaitingRetry", "processing", age_s=60)
    reconcile()

    assert prefect.dead == []


def test_a_run_whose_process_works_is_not_dead(
    film: Callable[..., str], prefect: FakePrefect, orphan: psutil.Process
) -> None:
    film(run_id="run", host=platform.node(), pid=orphan.pid, pid_started=orphan.create_time())
    prefect.runs["run"] = a_run("run", "Running", "processing", age_s=60)
    reconcile()

    assert prefect.dead == []


def test_a_run_on_another_machine_is_not_judged_from_here(
    film: Callable[..., str], prefect: FakePrefect, ended: dict[str, Any]
) -> None:
    film(run_id="run", **{**ended, "host": "another-machine"})
    prefect.runs["run"] = a_run("run", "Running", "processing", age_s=60)
    reconcile()

    assert prefect.dead == []


@pytest.mark.parametrize(("age_s", "again"), [(119, []), (121, ["run"])])
def test_a_run_that_no_worker_finished_submitting_is_started_again(
    film: Callable[..., str], prefect: FakePrefect, age_s: float, again: list[str]
) -> None:
    film(run_id="run")
    prefect.runs["run"] = a_run("run", "Pending", "pending", age_s=age_s)
    reconcile()

    assert prefect.started_again == again


def test_a_process_that_is_gone_already_holds_nothing_up(
    film: Callable[..., str], prefect: FakePrefect, ended: dict[str, Any]
) -> None:
    crash(film, prefect, **ended)

    assert prefect.started_again == ["run"]
