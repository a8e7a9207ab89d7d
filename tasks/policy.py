"""Retries, time limits and caching of every task: the only place that repeats anything."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect.cache_policies import INPUTS, NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from store.session import DatabaseAway
from studio.errors import OverLimit, ProviderUnavailable, VideoSystemError
from studio.settings import get_settings

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("tasks.policy")

OUTAGE_S = 600.0
"""How long a film in the making waits for its database: what was made so far is worth more than the wait."""

AGAIN_S = 2.0

FAILURES = 5
PAUSE = timedelta(seconds=60)
"""A provider that failed so often in a row, in whichever films, is left alone so long; then one call tries it."""

PATIENCE_S = 20.0
LIMIT_WAITS = 2
"""A rate limit that ends so soon is waited for so often; after that the next provider is asked."""


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

SHARED: dict[str, Any] = {**PROVIDER, "cache_policy": INPUTS - "video_id"}
"""For calls whose result is the same whichever film asks; *video_id* only says who pays."""

SOUGHT: dict[str, Any] = {**PROVIDER, "persist_result": False, "cache_policy": NO_CACHE}
"""For calls whose result stands in the film's row, where its creator may change it."""

LOCAL: dict[str, Any] = {"persist_result": False}
"""For tasks that take milliseconds and are simply done again."""

FRESH: dict[str, Any] = {"persist_result": False, "retries": 2, "retry_delay_seconds": [1, 3]}
"""For tasks whose effect on the record must happen in every attempt."""


def wait_out_limits(call: Callable[[], T]) -> T:
    """What *call* brings, made again after a rate limit that ends soon: Prefect's own delays know no Retry-After."""
    for _ in range(LIMIT_WAITS):
        try:
            return call()
        except OverLimit as error:
            if error.retry_after is None or error.retry_after > PATIENCE_S:
                raise
            time.sleep(error.retry_after)
    return call()


GO_ON = ("llm", "footage", "imagegen")
"""Roles whose tasks go on with the next provider instead of failing, so that Prefect has nothing to try again."""

AGAIN_AFTER_S = 3.0
QUICK_S = 20.0
"""Who fails so quickly is asked once more after that: a server that is started again costs a film neither its script
nor its footage. What took longer would take as long again."""


def steadily(call: Callable[[], T], *, is_tried_again: bool = True) -> T:
    """What *call* brings, after a rate limit that ends soon and, where *is_tried_again*, after a short outage."""
    began = time.monotonic()
    try:
        return wait_out_limits(call)
    except ProviderUnavailable as error:
        is_short = time.monotonic() - began < QUICK_S and not isinstance(error, OverLimit)
        if not (is_tried_again and is_short):
            raise
    time.sleep(AGAIN_AFTER_S)
    return wait_out_limits(call)


LIMIT_PREFIX = "provider-"

POLITE = {"footage/commons": 1, "research/wikipedia": 1, "trends/wikipedia": 1, "trends/gdelt": 1, "trends/explore": 1}
"""
Wikimedia asks for one request after the other, and GDELT and Google's Explore refuse more. Source:
https://www.mediawiki.org/wiki/API:Etiquette
"""


def provider_limits() -> dict[str, int]:
    """Calls at once by "role/provider", of those that are limited."""
    return {**POLITE, **get_settings().provider_limits}


def limit_name(role: str, provider: str) -> str:
    """What Prefect's limit of a provider's calls at once is called."""
    return f"{LIMIT_PREFIX}{role}-{provider}"


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
