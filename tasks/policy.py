"""Retries, time limits and caching of every task: the only place that repeats anything."""

from __future__ import annotations

from typing import Any

from prefect.cache_policies import INPUTS
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from studio.errors import VideoSystemError


def is_retryable(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the error that ended the task says that trying again may help."""
    error = state.result(raise_on_failure=False) if state.is_failed() else None
    return isinstance(error, VideoSystemError) and error.retryable


KEPT: dict[str, Any] = {"persist_result": True, "result_serializer": "json", "cache_policy": INPUTS}
"""For tasks that cost money or minutes: a run that starts again takes their result instead of buying it again."""

PROVIDER: dict[str, Any] = {
    **KEPT,
    "retries": 2,
    "retry_delay_seconds": [2, 10],
    "retry_condition_fn": is_retryable,
}
"""For calls to somebody else's model or service."""

LOCAL: dict[str, Any] = {"persist_result": False}
"""For tasks that take milliseconds and are simply done again."""

FRESH: dict[str, Any] = {"persist_result": False, "retries": 2, "retry_delay_seconds": [1, 3]}
"""For tasks whose effect on the record must happen in every attempt."""
