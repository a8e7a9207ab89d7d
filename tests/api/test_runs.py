"""Prefect's states in our words, and how seldom it is asked for them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus, StateAcceptDetails
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from api import runs
from store.tables.videos import Video
from tests.api.conftest import FakePrefect, a_run

BY_TYPE = {
    StateType.SCHEDULED: "pending",
    StateType.PENDING: "pending",
    StateType.RUNNING: "processing",
    StateType.CANCELLING: "processing",
    StateType.PAUSED: "awaiting_review",
    StateType.COMPLETED: "completed",
    StateType.FAILED: "failed",
    StateType.CRASHED: "failed",
    StateType.CANCELLED: "cancelled",
}


def test_every_type_of_state_has_a_word() -> None:
    assert {kind: runs.status_of(State(type=kind)) for kind in StateType} == BY_TYPE


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        (StateType.RUNNING, "Retrying", "processing"),
        (StateType.SCHEDULED, "AwaitingRetry", "processing"),
        (StateType.SCHEDULED, "Late", "pending"),
        (StateType.SCHEDULED, "AwaitingConcurrencySlot", "pending"),
        (StateType.PAUSED, "Suspended", "awaiting_review"),
        (StateType.FAILED, "TimedOut", "failed"),
        (StateType.COMPLETED, "Cached", "completed"),
    ],
)
def test_a_named_state_has_a_word(kind: StateType, name: str, status: str) -> None:
    assert runs.status_of(State(type=kind, name=name)) == status


@pytest.mark.parametrize("state", ["Running", "Completed", "Cancelled"])
def test_fifty_polls_within_a_second_cost_one_question(prefect: FakePrefect, state: str) -> None:
    prefect.runs["a"] = a_run("a", state, "processing")
    states = runs.States()
    answers = {states.get("a") for _ in range(50)}

    assert answers == {prefect.runs["a"]}
    assert len(prefect.reads) == 1


def test_fifty_polls_of_an_unknown_run_cost_one_question(prefect: FakePrefect) -> None:
    states = runs.States()
    answers = {states.get("nothing") for _ in range(50)}

    assert answers == {None}
    assert len(prefect.reads) == 1


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock that a state's age is measured by."""
    now = runs.time.monotonic()

    def advance(seconds: float) -> None:
        monkeypatch.setattr(runs.time, "monotonic", lambda: now + seconds)

    return advance


def test_after_a_second_the_state_is_read_anew(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Pending", "pending")
    states = runs.States()
    states.get("a")
    prefect.runs["a"] = a_run("a", "Running", "processing")
    later(1.5)

    assert states.get("a") == prefect.runs["a"]


def test_all_watched_runs_are_read_in_one_question(prefect: FakePrefect, later: Any) -> None:
    states = runs.States()
    for run_id in "abc":
        states.get(run_id)
    later(1.5)
    prefect.reads.clear()
    for run_id in "abc":
        states.get(run_id)

    assert prefect.reads == [{"a", "b", "c"}]


def test_a_run_that_nobody_asks_for_is_not_read_any_more(prefect: FakePrefect, later: Any) -> None:
    states = runs.States()
    states.get("a")
    later(61)
    states.get("b")

    assert prefect.reads[-1] == {"b"}


def test_a_run_that_is_gone_is_not_remembered(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = runs.States()
    states.get("a")
    del prefect.runs["a"]
    later(1.5)

    assert states.get("a") is None


def test_while_prefect_is_away_the_last_known_state_stands(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = runs.States()
    known = states.get("a")
    prefect.is_down = True
    later(1.5)

    assert states.get("a") == known


def test_what_is_known_is_recalled_without_asking(prefect: FakePrefect) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = runs.States()
    known = states.get("a")

    assert states.recall("a") == known
    assert len(prefect.reads) == 1


@pytest.mark.parametrize("make_unknown", ["never read", "too old", "forgotten"])
def test_what_is_not_known_well_enough_is_not_recalled(prefect: FakePrefect, later: Any, make_unknown: str) -> None:
    states = runs.States()
    if make_unknown != "never read":
        states.get("a")
    if make_unknown == "too old":
        later(1.5)
    if make_unknown == "forgotten":
        states.forget("a")

    with pytest.raises(runs.Unread):
        states.recall("a")


def test_while_one_poll_waits_for_prefect_the_others_have_what_was_known(
    prefect: FakePrefect, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = runs.States()
    known = states.get("a")
    asked, answer = threading.Event(), threading.Event()

    def slow(run_ids: Iterable[str]) -> dict[str, runs.Run]:
        asked.set()
        answer.wait(10)
        return prefect.read(run_ids)

    monkeypatch.setattr(runs, "read", slow)
    later(1.5)
    reader = threading.Thread(target=states.get, args=("a",))
    reader.start()
    asked.wait(10)
    others = [states.get("a") for _ in range(20)]
    answer.set()
    reader.join(10)

    assert others == [known] * 20


@pytest.fixture
def listening(prefect: FakePrefect) -> runs.States:
    """A memory that hears of run "a" what happens, which is Pending and was read."""
    prefect.runs["a"] = a_run("a", "Pending", "pending", age_s=60)
    states = runs.States()
    states.listen()
    states.get("a")
    prefect.reads.clear()
    return states


def test_while_events_are_heard_nothing_is_read(prefect: FakePrefect, listening: runs.States, later: Any) -> None:
    later(3)
    listening.confirm(runs.time.monotonic())
    listening.get("a")

    assert prefect.reads == []


def test_a_run_that_is_recalled_is_read_on(prefect: FakePrefect, listening: runs.States, later: Any) -> None:
    later(4)
    listening.confirm(runs.time.monotonic())
    listening.recall("a")
    later(62)
    listening.get("b")

    assert prefect.reads[-1] == {"a", "b"}


def test_a_run_is_read_now_and_then_in_case_an_event_was_lost(
    prefect: FakePrefect, listening: runs.States, later: Any
) -> None:
    later(6)
    listening.confirm(runs.time.monotonic())
    prefect.runs["a"] = a_run("a", "Running", "processing")

    assert listening.get("a") == prefect.runs["a"]


@pytest.mark.parametrize("silent", [True, False])
def test_a_second_after_the_subscription_was_cut_states_are_read_again(
    prefect: FakePrefect, listening: runs.States, later: Any, silent: bool
) -> None:
    listening.confirm(runs.time.monotonic())
    if not silent:
        listening.stop_listening()
    later(1.5)
    prefect.runs["a"] = a_run("a", "Running", "processing")

    assert listening.get("a") == prefect.runs["a"]


def test_after_connecting_again_everything_is_read_once(
    prefect: FakePrefect, listening: runs.States, later: Any
) -> None:
    later(2)
    listening.listen()
    listening.confirm(runs.time.monotonic())
    for _ in range(20):
        listening.get("a")

    assert prefect.reads == [{"a"}]


def test_a_newer_event_changes_what_is_known(listening: runs.States) -> None:
    heard = a_run("a", "Running", "processing")
    listening.hear(heard)

    assert listening.get("a") == heard


def test_an_older_event_or_the_same_again_changes_nothing(prefect: FakePrefect, listening: runs.States) -> None:
    listening.hear(a_run("a", "Scheduled", "pending", age_s=90))
    listening.hear(prefect.runs["a"])

    assert listening.get("a") == prefect.runs["a"]


def test_events_of_runs_that_nobody_asked_for_are_not_kept(listening: runs.States) -> None:
    for number in range(1000):
        listening.hear(a_run(f"run {number}", "Running", "processing"))

    assert listening._runs.keys() == {"a"}
    assert listening._read_at.keys() == {"a"}


def test_a_new_run_is_read_without_those_that_are_known(prefect: FakePrefect, listening: runs.States) -> None:
    listening.confirm(runs.time.monotonic())
    listening.get("b")

    assert prefect.reads == [{"b"}]


def test_an_event_overtakes_the_reading_that_it_came_in(
    prefect: FakePrefect, listening: runs.States, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = a_run("a", "Running", "processing")

    def slow(run_ids: Iterable[str]) -> dict[str, runs.Run]:
        found = prefect.read(run_ids)
        listening.hear(heard)
        return found

    monkeypatch.setattr(runs, "read", slow)
    later(1.5)

    assert listening.get("a") == heard


def test_what_is_forgotten_while_it_is_read_is_read_again(
    prefect: FakePrefect, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = runs.States()

    def slow(run_ids: Iterable[str]) -> dict[str, runs.Run]:
        found = prefect.read(run_ids)
        states.forget("a")
        return found

    monkeypatch.setattr(runs, "read", slow)
    states.get("a")
    states.get("a")

    assert len(prefect.reads) == 2


def test_a_busy_server_is_given_up_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Busy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(503)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = {PREFECT_API_URL: f"http://127.0.0.1:{server.server_port}/api"}
    with temporary_settings(address), pytest.raises(runs.PrefectUnavailable):
        runs.read([str(uuid4())])
    server.shutdown()

    assert asked == ["/api/flow_runs/filter"]


def test_a_run_that_was_never_read_is_an_error_while_prefect_is_away(prefect: FakePrefect) -> None:
    prefect.is_down = True

    with pytest.raises(runs.PrefectUnavailable):
        runs.States().get("a")


def test_what_was_forgotten_is_read_at_once(prefect: FakePrefect) -> None:
    states = runs.States()
    states.get("a")
    states.forget("a")
    states.get("a")

    assert len(prefect.reads) == 2


class PickyServer:
    """Answers about flow runs like Prefect 3.8.8: no more than 200 at a time."""

    def __init__(self) -> None:
        self.limits: list[int] = []

    def read_flow_runs(self, *, flow_run_filter: Any, limit: int) -> list[FlowRun]:
        if limit > 200:
            raise ValueError("Invalid limit: must be less than or equal to 200.")
        self.limits.append(limit)
        return [FlowRun(id=run_id, flow_id=uuid4()) for run_id in flow_run_filter.id.any_]


def test_more_runs_than_prefect_answers_at_once_are_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    server = PickyServer()

    @contextmanager
    def prefect(**_: Any) -> Iterator[PickyServer]:
        yield server

    monkeypatch.setattr(runs, "_prefect", prefect)
    wanted = [str(uuid4()) for _ in range(450)]
    found = runs.read(wanted)

    assert set(found) == set(wanted)
    assert server.limits == [200, 200, 50]


class OneRun:
    """A Prefect that knows one run, or none."""

    def __init__(self, state: StateType | None) -> None:
        self.run = FlowRun(id=uuid4(), flow_id=uuid4(), state=State(type=state)) if state else None
        self.calls: list[str] = []

    def create_flow_run_from_deployment(self, *_args: Any, **_options: Any) -> FlowRun:
        assert self.run
        return self.run

    def resume_flow_run(self, _run_id: Any, *, run_input: dict[str, Any]) -> OrchestrationResult[Any]:
        self.calls.append(f"resume {run_input}")
        return OrchestrationResult(state=None, status=SetStateStatus.ACCEPT, details=StateAcceptDetails())

    def set_flow_run_state(self, _run_id: Any, state: State, *, force: bool) -> None:
        if self.run is None:
            raise ObjectNotFound(Exception("gone"))
        self.calls.append(f"{state.name} {force}")

    def read_flow_run(self, _run_id: Any) -> FlowRun:
        assert self.run
        return self.run

    def delete_flow_run(self, _run_id: Any) -> None:
        self.calls.append("delete")


@pytest.fixture
def one_run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a Prefect with one run in the place of the real one."""

    def put(state: StateType | None) -> OneRun:
        server = OneRun(state)

        @contextmanager
        def prefect(**_: Any) -> Iterator[OneRun]:
            yield server

        monkeypatch.setattr(runs, "_prefect", prefect)
        monkeypatch.setattr(runs, "_deployment_id", lambda *_: uuid4())
        return server

    return put


@pytest.mark.parametrize(
    ("state", "asks_again", "calls"),
    [
        (StateType.SCHEDULED, False, []),
        (StateType.FAILED, False, []),
        (StateType.PAUSED, False, []),
        (StateType.PAUSED, True, ["resume {}"]),
        (StateType.FAILED, True, ["AwaitingRetry True"]),
        (StateType.CANCELLED, True, ["AwaitingRetry True"]),
        (StateType.RUNNING, True, []),
        (StateType.SCHEDULED, True, []),
    ],
)
def test_a_run_goes_on_only_if_its_film_asks_again(
    one_run: Any, state: StateType, asks_again: bool, calls: list[str]
) -> None:
    server = one_run(state)
    video = Video(owner_id="user", title="潮汐", brief={}, asks_again=asks_again)

    assert runs.start(video) == str(server.run.id)
    assert server.calls == calls


@pytest.mark.parametrize(
    ("state", "calls"),
    [
        (StateType.COMPLETED, ["Cancelling False", "delete"]),
        (StateType.RUNNING, ["Cancelling False"]),
        (None, []),
    ],
)
def test_a_run_is_forgotten_once_it_has_ended(one_run: Any, state: StateType | None, calls: list[str]) -> None:
    server = one_run(state)
    runs.remove(str(uuid4()))

    assert server.calls == calls


def test_a_run_that_is_gone_is_cancelled_already(one_run: Any) -> None:
    server = one_run(None)
    runs.cancel(str(uuid4()))

    assert server.calls == []
