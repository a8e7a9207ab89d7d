"""The one door to Prefect: start a flow run, read its state, cancel it."""

from __future__ import annotations

import logging
import math
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import certifi
import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.context import SettingsContext, get_settings_context
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import (
    PREFECT_API_SSL_CERT_FILE,
    PREFECT_API_TLS_INSECURE_SKIP_VERIFY,
    PREFECT_CLIENT_MAX_RETRIES,
    Settings,
    temporary_settings,
)
from prefect.states import Cancelled, Cancelling, Crashed, Scheduled

from store.tables.videos import Video

logger = logging.getLogger("api.runs")

DEPLOYMENT = "generate-video/default"
FRESH_S = 0.8
"""
States younger than this are answered from memory: the server gives about a hundred answers a second. With the time that
reading them takes none is older than a second.
"""

SWEEP_S = 5.0
"""How often runs are read whose events are heard: the server drops events when a subscriber is 256 behind."""

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


class Unread(Exception):
    """A state that Prefect would have to be asked for."""


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


def start_errand(deployment: str, *, key: str, parameters: dict[str, Any] | None = None) -> str:
    """
    The id of a run of *deployment*, created once for each *key*.

    Raises:
        PrefectUnavailable: ask again.
    """
    with _prefect() as client:
        run = client.create_flow_run_from_deployment(
            _deployment_id(client, deployment), parameters=parameters, idempotency_key=key
        )
        return str(run.id)


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
    """
    A short memory of runs, so that any number of pollers costs Prefect one request a second, or fewer.

    Whoever listens to Prefect's events vouches for it: as long as `confirm` is called, what was read after `listen` is
    as good as new, and is read again only every SWEEP_S in case that an event was lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._asked: dict[str, float] = {}
        self._read_at: dict[str, float] = {}
        self._being_read: set[str] = set()
        self._rests_until = -math.inf
        self._swept_at = -math.inf
        self._listens_since = math.inf
        self._confirmed_at = -math.inf

    def get(self, run_id: str) -> Run | None:
        """
        The run, at most FRESH_S old as long as Prefect answers at once; None where there is none.

        One caller reads for all; while it waits, the others have what was known before.

        Raises:
            PrefectUnavailable: it cannot be read, and was never read before.
        """
        with self._lock:
            self._asked[run_id] = time.monotonic()
        if not self._is_fresh(run_id) and self._reading.acquire(blocking=run_id not in self._runs):
            try:
                if not self._is_fresh(run_id):
                    self._refresh(run_id)
            finally:
                self._reading.release()
        return self._runs.get(run_id)

    def recall(self, run_id: str) -> Run | None:
        """
        What `get` would answer, without asking anybody.

        Raises:
            Unread: it is not known well enough.
        """
        if not self._is_fresh(run_id):
            raise Unread(run_id)
        with self._lock:
            self._asked[run_id] = time.monotonic()
        return self._runs.get(run_id)

    def expect(self, run_ids: Iterable[str]) -> None:
        """These are asked for next: they are read together with the first."""
        with self._lock:
            self._asked.update(dict.fromkeys(run_ids, time.monotonic()))

    def forget(self, run_id: str) -> None:
        """Read the run anew when it is next asked for, even if it is being read now."""
        with self._lock:
            self._distrust(run_id)

    def hear(self, run: Run) -> None:
        """
        Take *run* from an event, unless what is known is newer.

        Of a run that nobody asked for nothing is kept; one that was not there when it was read is read again.
        """
        with self._lock:
            known = self._runs.get(run.id)
            if known is None:
                self._distrust(run.id)
            elif run.since > known.since:
                self._runs[run.id] = run
                self._being_read.discard(run.id)

    def listen(self) -> None:
        """From now on every event is heard; of what happened before some may have been missed."""
        with self._lock:
            self._listens_since = time.monotonic()

    def confirm(self, moment: float) -> None:
        """Everything that happened until *moment*, on the monotonic clock, has been heard."""
        self._confirmed_at = moment

    def stop_listening(self) -> None:
        """Events may be missed from now on."""
        with self._lock:
            self._listens_since = math.inf

    def _is_fresh(self, run_id: str) -> bool:
        now, read_at = time.monotonic(), self._read_at.get(run_id)
        if read_at is None:
            return False
        return now - read_at < FRESH_S or now < self._rests_until or self._is_vouched_for(read_at, now)

    def _is_vouched_for(self, read_at: float, now: float) -> bool:
        is_heard = read_at >= self._listens_since and now - self._confirmed_at < FRESH_S
        return is_heard and now - self._swept_at < SWEEP_S

    def _refresh(self, run_id: str) -> None:
        began = time.monotonic()
        wanted = self._choose(began)
        try:
            self._take(wanted, read(wanted), began)
            # Half of the time at most is spent on reading, however slow Prefect is.
            self._rests_until = 2 * time.monotonic() - began
        except PrefectUnavailable:
            # Prefect is not asked again for every poll while it is away.
            self._rests_until = time.monotonic() + FRESH_S
            with self._lock:
                self._read_at = dict.fromkeys(wanted, -math.inf) | self._read_at
            if run_id not in self._runs:
                raise

    def _choose(self, now: float) -> set[str]:
        """Which runs to read: all that were asked for lately, but those that events vouch for."""
        with self._lock:
            self._asked = {key: asked for key, asked in self._asked.items() if now - asked < WATCHED_S}
            self._runs = {key: run for key, run in self._runs.items() if key in self._asked}
            self._read_at = {key: read_at for key, read_at in self._read_at.items() if key in self._asked}
            vouched = {key for key, read_at in self._read_at.items() if self._is_vouched_for(read_at, now)}
            wanted = self._asked.keys() - vouched
            self._being_read = set(wanted)
            return wanted

    def _take(self, wanted: set[str], found: dict[str, Run], began: float) -> None:
        with self._lock:
            for run_id in wanted:
                # What was forgotten, or heard of, while it was read is not as it was read.
                if run_id in self._being_read or run_id not in self._runs:
                    self._runs.pop(run_id, None)
                    self._runs.update({run_id: found[run_id]} if run_id in found else {})
            self._read_at.update(dict.fromkeys(self._being_read, began))
            if began - self._swept_at >= SWEEP_S or wanted >= self._read_at.keys():
                self._swept_at = began
            self._being_read = set()

    def _distrust(self, run_id: str) -> None:
        self._read_at.pop(run_id, None)
        self._being_read.discard(run_id)


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
    try:
        transport = {"timeout": PATIENCE_S, "verify": _certificates()}
        with _settings(retries), get_client(httpx_settings=transport, sync_client=True) as client:
            yield client
    except ObjectNotFound:
        raise
    except PrefectHTTPStatusError as error:
        if error.response.status_code < 500:
            raise
        raise PrefectUnavailable from error
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise PrefectUnavailable from error


@cache
def _certificates() -> ssl.SSLContext:
    """Those that the client would read for itself, which takes 24 ms of a core for every question."""
    context = ssl.create_default_context(cafile=PREFECT_API_SSL_CERT_FILE.value() or certifi.where())
    if PREFECT_API_TLS_INSECURE_SKIP_VERIFY.value():
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


_SETTINGS: dict[int, tuple[Settings, Settings]] = {}


@contextmanager
def _settings(retries: int) -> Iterator[None]:
    """Prefect's settings but for the retries: made once, for reading them all anew holds up every poll for 20 ms."""
    around = get_settings_context()
    made = _SETTINGS.get(retries)
    if made is None or made[0] is not around.settings:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: retries}) as changed:
            made = _SETTINGS[retries] = (around.settings, changed)
    with SettingsContext(profile=around.profile, settings=made[1]):
        yield


_DEPLOYMENT_IDS: dict[str, UUID] = {}


def _deployment_id(client: SyncPrefectClient, name: str) -> UUID:
    if name not in _DEPLOYMENT_IDS:
        try:
            _DEPLOYMENT_IDS[name] = client.read_deployment_by_name(name).id
        except ObjectNotFound as error:
            raise PrefectUnavailable from error
    return _DEPLOYMENT_IDS[name]
