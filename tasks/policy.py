"""Retries, time limits and caching of every task: the only place that repeats anything."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect.cache_policies import INPUTS
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from store.session import DatabaseAway
from studio.errors import VideoSystemError

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("tasks.policy")

OUTAGE_S = 600.0
"""How long a film in the making waits for its database: what was made so far is worth more than the wait."""

AGAIN_S = 2.0


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


def patient(work: Callable[P, T]) -> Callable[P, T]:
    """*work* on the database, done again while that is away; it must not matter if a lost answer makes it twice."""

    @wraps(work)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        deadline = time.monotonic() + OUTAGE_S
        while True:
            try:
                return work(*args, **kwargs)
            except DatabaseAway:
                if time.monotonic() > deadline:
                    raise
                logger.warning("waiting for the database")
                time.sleep(AGAIN_S)

    return again
