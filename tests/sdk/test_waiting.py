"""Waiting for a film: as long as was asked, and no longer than it helps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
import video_system

from tests.sdk.conftest import Service

Wait = Callable[..., video_system.Task]


@pytest.fixture(params=["plain", "asynchronous"])
def wait(request: pytest.FixtureRequest, service: Service) -> Wait:
    def plainly(**options: Any) -> video_system.Task:
        with video_system.VideoSystemClient("key", base_url=service.url) as client:
            return client.wait("task_1", **options)

    async def asynchronously(**options: Any) -> video_system.Task:
        async with video_system.AsyncVideoSystemClient("key", base_url=service.url) as client:
            return await client.wait("task_1", **options)

    if request.param == "plain":
        return plainly
    return lambda **options: asyncio.run(asynchronously(**options))


def film(status: str) -> dict[str, Any]:
    return {"task_id": "task_1", "status": status, "progress": 10, "video_url": None}


@pytest.mark.parametrize("every", [0.4, 30])
def test_the_whole_time_is_waited_and_no_more(service: Service, wait: Wait, every: float) -> None:
    service.answers = [film("processing")]
    begun = time.monotonic()
    with pytest.raises(video_system.WaitTimeout, match=r"the video task_1 is processing after 0\.5 s"):
        wait(timeout=0.5, every=every)

    assert 0.5 <= time.monotonic() - begun < 15
    assert len(service.asked) >= 2


def test_a_film_that_is_done_in_the_last_moment_is_no_timeout(service: Service, wait: Wait) -> None:
    service.answers = [film("processing"), film("completed")]

    assert wait(timeout=0.2, every=60).status == "completed"


def test_without_time_there_is_one_look(service: Service, wait: Wait) -> None:
    service.answers = [film("processing")]
    with pytest.raises(video_system.WaitTimeout):
        wait(timeout=0)

    assert len(service.asked) == 1


@pytest.mark.parametrize("kind", [TimeoutError, video_system.VideoSystemError])
def test_a_timeout_is_pythons_and_ours(service: Service, kind: type[Exception]) -> None:
    service.answers = [film("processing")]
    with (
        video_system.VideoSystemClient("key", base_url=service.url) as client,
        pytest.raises(kind, match="after 0 s") as caught,
    ):
        client.wait("task_1", timeout=0)

    assert getattr(caught.value, "code", "") == "TIMEOUT"


def test_a_script_that_waits_for_approval_ends_the_wait(service: Service, wait: Wait) -> None:
    service.answers = [film("processing"), film("awaiting_review")]
    told: list[str] = []
    with pytest.raises(video_system.ReviewNeeded, match="the script of task_1 waits for approve_script") as caught:
        wait(every=0.01, on_progress=lambda task: told.append(task.status))

    assert caught.value.code == "AWAITING_REVIEW"
    assert told == ["processing", "awaiting_review"]


def test_a_review_by_somebody_else_can_be_waited_through(service: Service, wait: Wait) -> None:
    service.answers = [film("awaiting_review"), film("processing"), film("completed")]

    assert wait(every=0.01, through_review=True).status == "completed"
