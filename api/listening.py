"""One subscription to Prefect's events for each process: states are known as they change, not as they are asked for."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import httpx
from prefect.client.schemas.objects import State, StateType
from prefect.events import Event
from prefect.events.clients import PrefectEventSubscriber, get_events_client, get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from websockets.exceptions import WebSocketException

from api import runs
from api.runstates import Run

logger = logging.getLogger("api.listening")

STATES = "prefect.flow-run."
HEARTBEAT = "prefect.flow-run.heartbeat"
MARK = "video-system.listening"
"""An event of ours, sent once over each subscription: when it comes back, others come too."""

PING_EVERY_S = 0.2
LAG_S = 0.3
"""An event may come this much later than the answer to a ping sent after it. Most come within 30 ms."""

SILENT_S = 5.0
"""A connection without answers for this long is given up. After a second already, states are read as if there was none."""

CONNECT_S = 10.0
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
"""Between two attempts to connect; the last for ever."""


class Lost(Exception):
    """The subscription ended."""


def keep_listening(stop: threading.Event) -> None:
    """Listen until *stop*, again after every failure; without it states are read when they are asked for."""
    asyncio.run(_keep_listening(stop))


async def _keep_listening(stop: threading.Event) -> None:
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        listening = asyncio.create_task(_listen())
        while not stop.is_set() and not listening.done():
            await asyncio.wait((listening,), timeout=PING_EVERY_S)
        listening.cancel()
        await asyncio.wait((listening,))
        runs.states().stop_listening()
        if stop.is_set():
            return
        failures = 0 if time.monotonic() - began > CONNECT_S else failures
        _tell(listening, failures)
        await asyncio.to_thread(stop.wait, PAUSES_S[min(failures, len(PAUSES_S) - 1)])
        failures += 1


def _tell(listening: asyncio.Task[None], failures: int) -> None:
    error = None if listening.cancelled() else listening.exception()
    if isinstance(error, (Lost, OSError, httpx.HTTPError, WebSocketException)):
        # Once for an outage, however long it lasts.
        logger.log(logging.DEBUG if failures else logging.WARNING, "not listening: %r", error)
    else:
        logger.error("not listening", exc_info=error)


async def _listen() -> None:
    """
    Take in events until something goes wrong.

    Raises:
        Lost: the connection ended, or fell silent.
    """
    async with _subscribed() as subscriber:
        ways = {asyncio.create_task(_hear(subscriber)), asyncio.create_task(_ping(subscriber))}
        try:
            async with asyncio.timeout(CONNECT_S), get_events_client(reconnection_attempts=0) as client:
                await client.emit(Event(event=MARK, resource={"prefect.resource.id": MARK}))
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


@asynccontextmanager
async def _subscribed() -> AsyncIterator[PrefectEventSubscriber]:
    names = EventNameFilter(prefix=[STATES, MARK], exclude_prefix=[HEARTBEAT])
    subscriber = get_events_subscriber(filter=EventFilter(event=names), reconnection_attempts=0)
    try:
        async with asyncio.timeout(CONNECT_S):
            await subscriber.__aenter__()
        yield subscriber
    finally:
        # A farewell to a silent server would wait ten seconds for its answer.
        with suppress(Exception):
            async with asyncio.timeout(1):
                await subscriber.__aexit__(None, None, None)


async def _hear(subscriber: PrefectEventSubscriber) -> None:
    async for event in subscriber:
        if event.event == MARK:
            runs.states().listen()
        else:
            take(event)
    raise Lost("the server closed the connection")


def take(event: Event) -> None:
    """Remember what an event says of a flow run; a state that we cannot make out is read when it is asked for."""
    run_id = event.resource.id.removeprefix(STATES)
    try:
        run = _run(run_id, dict(event.resource.root))
    except (KeyError, ValueError):
        runs.states().forget(run_id)
    else:
        runs.states().hear(run)


def _run(run_id: str, told: dict[str, Any]) -> Run:
    state: State[Any] = State(type=StateType(told["prefect.state-type"]), name=told["prefect.state-name"])
    return Run(
        id=run_id,
        status=runs.status_of(state),
        state=told["prefect.state-name"],
        since=datetime.fromisoformat(told["prefect.state-timestamp"]),
        run_count=int(told["prefect.run-count"]),
    )


async def _ping(subscriber: PrefectEventSubscriber) -> None:
    # The subscriber has no public way to ask whether the server is there; left to itself it finds out after 40 s.
    websocket = subscriber._websocket
    if websocket is None:
        raise Lost("the subscriber has no connection")
    while True:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(SILENT_S):
                await (await websocket.ping())
        except TimeoutError as error:
            raise Lost(f"silent for {SILENT_S:.0f} s") from error
        runs.states().confirm(asked - LAG_S)
        await asyncio.sleep(PING_EVERY_S)
