"""Prefect's states in our words, and what is asked of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
from api.prefectclient import PrefectUnavailable
from store.tables.videos import Video

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
    with temporary_settings(address), pytest.raises(PrefectUnavailable):
        runs.read([str(uuid4())])
    server.shutdown()

    assert asked == ["/api/flow_runs/filter"]


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

    monkeypatch.setattr(runs, "prefect_client", prefect)
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

        monkeypatch.setattr(runs, "prefect_client", prefect)
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
