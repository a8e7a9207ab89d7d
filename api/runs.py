"""The one door to Prefect: start a flow run, read its state, cancel it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Cancelling, Crashed, Scheduled

from api.prefectclient import PrefectUnavailable, prefect_client
from api.runstates import Run, States, Status
from store.tables.videos import Video

DEPLOYMENT = "generate-video/default"

MOST_AT_ONCE = 200
"""Prefect refuses to answer about more runs than this. Source: PREFECT_SERVER_API_DEFAULT_LIMIT."""

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
    with prefect_client() as client:
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
    with prefect_client() as client:
        run = client.create_flow_run_from_deployment(
            _deployment_id(client, deployment), parameters=parameters, idempotency_key=key
        )
        return str(run.id)


def cancel(run_id: str) -> None:
    """Ask the worker to end a run; one that has not begun, or is suspended, is cancelled at once."""
    with prefect_client() as client, suppress(ObjectNotFound):
        client.set_flow_run_state(UUID(run_id), Cancelling(), force=False)
    states().forget(run_id)


def remove(run_id: str) -> None:
    """Forget a run with everything that Prefect knows of it; one that goes on is only cancelled."""
    with prefect_client() as client, suppress(ObjectNotFound):
        client.set_flow_run_state(UUID(run_id), Cancelling(), force=False)
        state = client.read_flow_run(UUID(run_id)).state
        if state is None or state.is_final():
            client.delete_flow_run(UUID(run_id))
    states().forget(run_id)


def start_again(run_id: str) -> None:
    """Put a crashed run back in the queue under the same id: finished stages are not done again."""
    with prefect_client() as client:
        client.set_flow_run_state(UUID(run_id), Scheduled(name="AwaitingRetry"), force=True)
    states().forget(run_id)


def declare_dead(run: Run) -> None:
    """A run whose process is gone: cancelled when that was asked for, else crashed."""
    is_cancelling = run.state == "Cancelling"
    state: State[Any] = Cancelled() if is_cancelling else Crashed(message="its process is gone")
    with prefect_client() as client:
        client.set_flow_run_state(UUID(run.id), state, force=True)
    states().forget(run.id)


def read(run_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these ids that exist, in as few requests as Prefect allows."""
    wanted = [UUID(run_id) for run_id in run_ids]
    if not wanted:
        return {}
    found: list[FlowRun] = []
    with prefect_client(retries=0) as client:
        for first in range(0, len(wanted), MOST_AT_ONCE):
            part = wanted[first : first + MOST_AT_ONCE]
            found += client.read_flow_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=part)), limit=len(part)
            )
    return {str(run.id): _run(run) for run in found}


def missing_parts() -> list[str]:
    """What Prefect lacks before a film could be made: nothing, "prefect", "deployment" or "worker"."""
    try:
        with prefect_client() as client:
            deployment = client.read_deployment_by_name(DEPLOYMENT)
            workers = client.read_workers_for_work_pool(deployment.work_pool_name or "")
    except ObjectNotFound:
        return ["deployment"]
    except PrefectUnavailable:
        return ["prefect"]
    return [] if any(str(worker.status).upper().endswith("ONLINE") for worker in workers) else ["worker"]


@cache
def states() -> States:
    """This process's memory of runs."""
    return States(read)


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


_DEPLOYMENT_IDS: dict[str, UUID] = {}


def _deployment_id(client: SyncPrefectClient, name: str) -> UUID:
    if name not in _DEPLOYMENT_IDS:
        try:
            _DEPLOYMENT_IDS[name] = client.read_deployment_by_name(name).id
        except ObjectNotFound as error:
            raise PrefectUnavailable from error
    return _DEPLOYMENT_IDS[name]
