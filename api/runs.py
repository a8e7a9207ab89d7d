"""The one door to Prefect: start a flow run, read its state, cancel it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Cancelled, Cancelling, Crashed, Scheduled

from store.tables.videos import Video

logger = logging.getLogger("api.runs")

DEPLOYMENT = "generate-video/default"
FRESH_S = 1.0
"""States younger than this are answered from memory: the server gives about a hundred answers a second."""

PATIENCE_S = 5.0
"""How long one request to Prefect may take."""

MOST_AT_ONCE = 200
"""Prefect refuses to answer about more runs than this. Source: PREFECT_SERVER_API_DEFAULT_LIMIT."""

WATCHED_S = 60.0
"""How long after the last question a run is still read along with the others."""

Status = Literal["pending", "processing", "awaiting_review", "completed", "failed", "cancelled"]

_STATUS: dict[StateType, Status] = {
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
_BY_NAME: dict[str, Status] = {"Retrying": "processing", "AwaitingRetry": "processing"}


class PrefectUnavailable(Exception):
    """The Prefect server does not answer now; what was asked for is done when it is back."""


@dataclass(frozen=True)
class Run:
    """What we need to know of a flow run."""

    id: str
    status: Status
    state: str
    since: datetime
    """When it came into this state."""
    run_count: int


def status_of(state: State[Any]) -> Status:
    """Our word for a flow run's state, decided here and nowhere else."""
    return _BY_NAME.get(state.name or "") or _STATUS[state.type]


def start(video: Video) -> str:
    """
    The id of the flow run that makes *video*, created unless it exists.

    The film's id is the idempotency key: called any number of times, by any number of processes, there is
    one run. A run that ended, or that waits for its creator, goes on if *video* asks again.

    Raises:
        PrefectUnavailable: the reconciler will do it later.
    """
    with _prefect() as client:
        run = client.create_flow_run_from_deployment(
            _deployment_id(client, DEPLOYMENT),
            parameters={**_parameters(video.brief), "video_id": video.id},
            name=video.title[:200],
            idempotency_key=video.id,
        )
        if video.asks_again and run.state:
            _go_on(client, run.id, run.state)
        return str(run.id)


def start_errand(deployment: str, *, key: str) -> None:
    """
    Start a run of a flow that needs no parameters, once for each *key*.

    Raises:
        PrefectUnavailable: ask again.
    """
    with _prefect() as client:
        client.create_flow_run_from_deployment(_deployment_id(client, deployment), idempotency_key=key)


def cancel(run_id: str) -> None:
    """Ask the worker to end a run; one that has not begun, or is suspended, is cancelled at once."""
    with _prefect() as client, suppress(ObjectNotFound):
        client.set_flow_run_state(UUID(run_id), Cancelling(), force=False)
    states().forget(run_id)


def remove(run_id: str) -> None:
    """Forget a run with everything that Prefect knows of it; one that goes on is only cancelled."""
    with _prefect() as client, suppress(ObjectNotFound):
        client.set_flow_run_state(UUID(run_id), Cancelling(), force=False)
        state = client.read_flow_run(UUID(run_id)).state
        if state is None or state.is_final():
            client.delete_flow_run(UUID(run_id))
    states().forget(run_id)


def start_again(run_id: str) -> None:
    """Put a crashed run back in the queue under the same id: finished stages are not done again."""
    with _prefect() as client:
        client.set_flow_run_state(UUID(run_id), Scheduled(name="AwaitingRetry"), force=True)
    states().forget(run_id)


def declare_dead(run: Run) -> None:
    """A run whose process is gone: cancelled when that was asked for, else crashed."""
    is_cancelling = run.state == "Cancelling"
    state: State[Any] = Cancelled() if is_cancelling else Crashed(message="its process is gone")
    with _prefect() as client:
        client.set_flow_run_state(UUID(run.id), state, force=True)
    states().forget(run.id)


def read(run_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these ids that exist, in as few requests as Prefect allows."""
    wanted = [UUID(run_id) for run_id in run_ids]
    if not wanted:
        return {}
    found: list[FlowRun] = []
    with _prefect(retries=0) as client:
        for first in range(0, len(wanted), MOST_AT_ONCE):
            part = wanted[first : first + MOST_AT_ONCE]
            found += client.read_flow_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=part)), limit=len(part)
            )
    return {str(run.id): _run(run) for run in found}


def missing_parts() -> list[str]:
    """What Prefect lacks before a film could be made: nothing, "prefect", "deployment" or "worker"."""
    try:
        with _prefect() as client:
            deployment = client.read_deployment_by_name(DEPLOYMENT)
            workers = client.read_workers_for_work_pool(deployment.work_pool_name or "")
    except ObjectNotFound:
        return ["deployment"]
    except PrefectUnavailable:
        return ["prefect"]
    return [] if any(str(worker.status).upper().endswith("ONLINE") for worker in workers) else ["worker"]


class States:
    """A short memory of runs, so that any number of pollers costs Prefect one request a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._asked: dict[str, float] = {}
        self._read_at: dict[str, float] = {}

    def get(self, run_id: str) -> Run | None:
        """
        The run, at most FRESH_S old as long as Prefect answers at once; None where there is none.

        One caller reads for all; while it waits, the others have what was known before.

        Raises:
            PrefectUnavailable: it cannot be read, and was never read before.
        """
        with self._lock:
            self._asked[run_id] = time.monotonic()
        if self._is_fresh(run_id):
            return self._runs.get(run_id)
        is_reader = self._reading.acquire(blocking=run_id not in self._runs)
        if is_reader:
            try:
                if not self._is_fresh(run_id):
                    self._refresh(run_id, time.monotonic())
            finally:
                self._reading.release()
        return self._runs.get(run_id)

    def expect(self, run_ids: Iterable[str]) -> None:
        """These are asked for next: they are read together with the first."""
        with self._lock:
            self._asked.update(dict.fromkeys(run_ids, time.monotonic()))

    def forget(self, run_id: str) -> None:
        """Read the run anew when it is next asked for."""
        with self._lock:
            self._read_at.pop(run_id, None)

    def _is_fresh(self, run_id: str) -> bool:
        return time.monotonic() - self._read_at.get(run_id, -FRESH_S) < FRESH_S

    def _refresh(self, run_id: str, now: float) -> None:
        with self._lock:
            self._asked = {key: asked for key, asked in self._asked.items() if now - asked < WATCHED_S}
            self._runs = {key: run for key, run in self._runs.items() if key in self._asked}
            wanted = list(self._asked)
        try:
            self._runs = read(wanted)
        except PrefectUnavailable:
            if run_id not in self._runs:
                raise
        finally:
            # After a failure too: Prefect is not asked again for every poll while it is away.
            self._read_at = dict.fromkeys(wanted, time.monotonic())


@cache
def states() -> States:
    """This process's memory of runs."""
    return States()


def _go_on(client: SyncPrefectClient, run_id: UUID, state: State[Any]) -> None:
    if state.is_paused():
        answer = client.resume_flow_run(run_id, run_input={})
        if answer.status == SetStateStatus.REJECT:
            raise RuntimeError(f"flow run {run_id} cannot be resumed: {answer.details}")
    elif state.is_final():
        client.set_flow_run_state(run_id, Scheduled(name="AwaitingRetry"), force=True)
    states().forget(str(run_id))


def _parameters(brief: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in brief.items()}


def _run(run: FlowRun) -> Run:
    state = run.state
    return Run(
        id=str(run.id),
        status=status_of(state) if state else "pending",
        state=(state.name or state.type.value) if state else "Scheduled",
        since=state.timestamp if state else run.created or datetime.now(UTC),
        run_count=run.run_count,
    )


@contextmanager
def _prefect(*, retries: int = 1) -> Iterator[SyncPrefectClient]:
    # Left to itself the client waits for half a minute and more while the server's SQLite is locked; a caller of ours
    # is better told at once, and what was asked for is done by the reconciler.
    settings = temporary_settings({PREFECT_CLIENT_MAX_RETRIES: retries})
    try:
        with settings, get_client(httpx_settings={"timeout": PATIENCE_S}, sync_client=True) as client:
            yield client
    except ObjectNotFound:
        raise
    except PrefectHTTPStatusError as error:
        if error.response.status_code < 500:
            raise
        raise PrefectUnavailable from error
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise PrefectUnavailable from error


_DEPLOYMENT_IDS: dict[str, UUID] = {}


def _deployment_id(client: SyncPrefectClient, name: str) -> UUID:
    if name not in _DEPLOYMENT_IDS:
        try:
            _DEPLOYMENT_IDS[name] = client.read_deployment_by_name(name).id
        except ObjectNotFound as error:
            raise PrefectUnavailable from error
    return _DEPLOYMENT_IDS[name]
