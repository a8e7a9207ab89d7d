"""One subscription to Prefect's events: what it is told, and what it does when it is cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prefect.events import Event

from api import listening, runs
from api.runstates import States
from tests.api.conftest import FakePrefect, a_run

RUN = "27a9737e-c7c6-4adb-b5a4-68ce62074728"


def an_event(**labels: str) -> Event:
    """As Prefect 3.8.8 sends it."""
    resource = {
        "prefect.resource.id": f"prefect.flow-run.{RUN}",
        "prefect.run-count": "2",
        "prefect.state-name": "AwaitingRetry",
        "prefect.state-timestamp": "2099-11-24T16:45:56.733656+00:00",
        "prefect.state-type": "SCHEDULED",
    }
    return Event(event="prefect.flow-run.AwaitingRetry", resource={**resource, **labels})


@pytest.fixture
def states(prefect: FakePrefect) -> States:
    prefect.runs[RUN] = a_run(RUN, "Crashed", "failed")
    runs.states().get(RUN)
    prefect.reads.clear()
    return runs.states()


def test_an_event_has_name_type_and_time_of_the_state(states: States) -> None:
    listening.take(an_event())
    run = states.get(RUN)

    assert run is not None
    assert (run.status, run.state, run.run_count) == ("processing", "AwaitingRetry", 2)


@pytest.mark.parametrize(
    "labels", [{"prefect.state-type": "DREAMING"}, {"prefect.state-timestamp": "soon"}, {"prefect.run-count": ""}]
)
def test_a_state_that_cannot_be_made_out_is_read(states: States, prefect: FakePrefect, labels: dict[str, str]) -> None:
    listening.take(an_event(**labels))

    assert states.get(RUN) == prefect.runs[RUN]
    assert prefect.reads == [{RUN}]


class Socket:
    """Answers pings, or falls silent."""

    is_silent = False

    async def ping(self) -> asyncio.Future[float]:
        pong: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        if not self.is_silent:
            pong.set_result(0.0)
        return pong


class Subscriber:
    """Tells of one state after our own mark, then waits, or ends."""

    def __init__(self, *, ends: bool) -> None:
        self._websocket = Socket()
        self._ends = ends

    async def __aiter__(self) -> AsyncIterator[Event]:
        yield Event(event=listening.MARK, resource={"prefect.resource.id": listening.MARK})
        yield an_event()
        if not self._ends:
            await asyncio.sleep(60)


class NoClient:
    async def __aenter__(self) -> NoClient:
        return self

    async def __aexit__(self, *_: Any) -> None:
        pass

    async def emit(self, _event: Event) -> None:
        pass


@pytest.fixture
def subscribers(monkeypatch: pytest.MonkeyPatch) -> list[Subscriber]:
    """Those that are still to come; after the last, Prefect cannot be reached."""
    waiting: list[Subscriber] = []

    @asynccontextmanager
    async def subscribed() -> AsyncIterator[Subscriber]:
        if not waiting:
            raise ConnectionRefusedError
        yield waiting.pop(0)

    monkeypatch.setattr(listening, "_subscribed", subscribed)
    monkeypatch.setattr(listening, "get_events_client", lambda **_: NoClient())
    monkeypatch.setattr(listening, "PAUSES_S", (0.01,))
    monkeypatch.setattr(listening, "PING_EVERY_S", 0.01)
    return waiting


@pytest.fixture
def listener(states: States) -> Iterator[Any]:
    stop = threading.Event()
    thread = threading.Thread(target=listening.keep_listening, args=(stop,))
    yield thread
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def soon(claim: Any) -> bool:
    wait = threading.Event()
    return any(claim() or wait.wait(0.02) for _ in range(250))


def test_a_subscription_that_answers_vouches_for_what_it_told(
    states: States, subscribers: list[Subscriber], listener: threading.Thread
) -> None:
    subscribers.append(Subscriber(ends=False))
    listener.start()

    assert soon(lambda: states._runs[RUN].state == "AwaitingRetry")
    assert soon(lambda: states._confirmed_at > 0)


def test_it_connects_again_when_it_was_cut_and_vouches_for_nothing_meanwhile(
    states: States, subscribers: list[Subscriber], listener: threading.Thread
) -> None:
    subscribers += [Subscriber(ends=True), Subscriber(ends=True)]
    listener.start()

    assert soon(lambda: not subscribers)
    assert soon(lambda: states._listens_since == float("inf"))


def test_a_silent_server_is_given_up(
    subscribers: list[Subscriber], listener: threading.Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SILENT_S", 0.05)
    silent = Subscriber(ends=False)
    silent._websocket.is_silent = True
    subscribers += [silent, Subscriber(ends=False)]
    listener.start()

    assert soon(lambda: not subscribers)


def test_it_ends_while_prefect_cannot_be_reached(subscribers: list[Subscriber], listener: threading.Thread) -> None:
    listener.start()

    assert listener.is_alive()
