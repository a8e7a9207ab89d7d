"""Tell Prefect about our flows: work pool, deployments, and the watch over dead processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta

from prefect.automations import Automation
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.exceptions import ObjectNotFound

from deployments.limits import keep_limits
from studio.settings import PROJECT, get_settings

POOL = "video-system"
WATCH = "dead flow runs are crashed"
ERRANDS_AT_ONCE = 4
"""Flows that mostly wait for others: a film that takes minutes must not hold them up."""

SILENCE = timedelta(seconds=75)
"""Two and a half heartbeats of 30 s: one may be late under load, two in a row are not."""

_SIGNS_OF_LIFE = (
    "heartbeat", "Completed", "Failed", "Cancelled", "Crashed", "Scheduled", "Suspended", "AwaitingRetry", "Paused",
)  # fmt: skip


def deploy() -> None:
    """Create or update everything; ids and schedules of what is there already stay."""
    _keep_pool()
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    _watch_heartbeats()


def _keep_pool() -> None:
    """
    The work pool with its queues: as many slots as films are made at once, and others for what takes no core.

    The limits are the queues' and not the worker's own: a worker with a limit dies of a run that is started
    again while it still holds that run's slot (Prefect 3.8.8, CapacityLimiter).
    """
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(POOL)
        except ObjectNotFound:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=_process_template()))
        else:
            client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=None))
        _keep_queue(client, "films", slots=get_settings().films_limit)
        _keep_queue(client, "errands", slots=ERRANDS_AT_ONCE)
        keep_limits(client)


def _keep_queue(client: SyncPrefectClient, name: str, *, slots: int) -> None:
    try:
        queue = client.read_work_queue_by_name(name, work_pool_name=POOL)
    except ObjectNotFound:
        client.create_work_queue(name, concurrency_limit=slots, work_pool_name=POOL)
    else:
        client.update_work_queue(queue.id, concurrency_limit=slots)


def _process_template() -> dict[str, object]:
    from prefect.workers.process import ProcessWorker

    return ProcessWorker.get_default_base_job_template()


def _watch_heartbeats() -> None:
    """A run whose heartbeat stops for SILENCE is marked Crashed; the reconciler takes it from there."""
    trigger = EventTrigger(
        posture=Posture.Proactive,
        after={"prefect.flow-run.heartbeat"},
        expect={f"prefect.flow-run.{sign}" for sign in _SIGNS_OF_LIFE},
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        for_each={"prefect.resource.id"},
        threshold=1,
        within=SILENCE,
    )
    action = ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message="No heartbeat for 75 seconds.")
    asyncio.run(_keep(Automation(name=WATCH, trigger=trigger, actions=[action])))


async def _keep(automation: Automation) -> None:
    """Create *automation*, or bring the one of its name to the same shape."""
    try:
        found = await Automation.aread(name=automation.name)
    except ValueError:
        await automation.acreate()
        return
    found.trigger, found.actions = automation.trigger, automation.actions
    await found.aupdate()
