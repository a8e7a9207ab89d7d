"""From a title to a published film, without a key: by one request, at a time, and whatever dies."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.stack import Stack, call, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

FACTS = "月亮的引力拉著海水。"


def publication(stack: Stack, video_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = stack.get(f"/social/publications?video_id={video_id}").json()["data"]["items"]
    assert len(found) == 1, found
    return found[0]


def published(stack: Stack, video_id: str, *, timeout_s: float = 90) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        shown = publication(stack, video_id)
        assert shown["status"] != "failed", shown
        return shown if shown["status"] == "published" else None

    found = until(ask, timeout_s=timeout_s, every_s=0.3)
    assert found is not None
    return found


def packages(stack: Stack, publish_id: str) -> list[Path]:
    return list((stack.home / "published").glob(f"*{publish_id}"))


@pytest.fixture(scope="module")
def film(shared_stack: Stack) -> str:
    """A finished film that was not published."""
    answer = shared_stack.post("/videos", {"title": "Tides", "script": "The sea rises.", "resolution": "540p"})
    video_id = str(answer.json()["data"]["id"])
    shared_stack.await_status(video_id, "completed", timeout_s=180)
    return video_id


def test_one_request_makes_a_film_and_publishes_it(stack: Stack) -> None:
    body = {"title": "為什麼會有潮汐？", "description": FACTS, "resolution": "540p", "tags": ["海洋"],
            "publish": [{"platform": "folder"}]}  # fmt: skip
    video_id = stack.post("/videos", body).json()["data"]["id"]
    before = publication(stack, video_id)["status"]
    stack.await_status(video_id, "completed", timeout_s=180)
    shown = published(stack, video_id)
    [package] = packages(stack, shown["id"])
    video = stack.get(stack.get(f"/video/task/{video_id}").json()["data"]["video_url"]).content
    text = (package / "description.txt").read_text("utf-8")

    assert before == "waiting_for_video"
    assert hashlib.sha256((package / "video.mp4").read_bytes()).digest() == hashlib.sha256(video).digest()
    assert sorted(path.name for path in package.iterdir()) == [
        "captions.zh-TW.srt", "description.txt", "poster.jpg", "publication.json", "video.mp4",
    ]  # fmt: skip
    assert "#海洋" in text
    assert "Noto Sans TC" in text
    assert json.loads((package / "publication.json").read_text("utf-8"))["post"]["title"] == "為什麼會有潮汐？"
    assert shown["bytes_sent"] == shown["bytes_total"] == len(video)


def test_what_is_scheduled_is_published_at_its_time_after_everything_was_started_again(stack: Stack, film: str) -> None:
    at = datetime.now(UTC) + timedelta(seconds=15)
    body = {"platform": "folder", "video_id": film, "scheduled_at": at.isoformat(), "content": {"title": "潮汐"}}
    answer = stack.post("/social/publish", body)
    for name in ("api", "worker", "prefect"):
        stack.kill(name)
    stack.start_prefect()
    stack.start_api()
    stack.start_worker()
    stack.await_ready()
    shown = published(stack, film, timeout_s=120)

    assert answer.json()["data"]["status"] == "scheduled"
    assert shown["started_at"] >= at.isoformat().replace("+00:00", "Z")
    assert len(packages(stack, shown["id"])) == 1


def test_what_was_published_is_removed_and_may_be_published_again_by_a_process_that_is_killed(
    stack: Stack, film: str
) -> None:
    first = published(stack, film)
    answer = withdrawn(stack, first["id"])
    gone = packages(stack, first["id"])
    body = {"platform": "folder", "video_id": film, "content": {"title": "潮汐"}}
    second = ""
    while not second or not is_killed(stack, second):
        if second:
            withdrawn(stack, second)
        second = str(stack.post("/social/publish", body).json()["data"]["publish_id"])
    await_state(stack, second, "published", timeout_s=90)

    assert answer.status_code == 202
    assert gone == []
    assert second != first["id"]
    assert len(packages(stack, second)) == 1


def withdrawn(stack: Stack, publish_id: str) -> httpx2.Response:
    """The answer to a publication's end, once that is carried out."""
    await_state(stack, publish_id, "published", timeout_s=60)
    address = f"{stack.api}/social/publications/{publish_id}"
    answer = call("DELETE", address, headers={"Authorization": f"Bearer {stack.token}"})
    await_state(stack, publish_id, "withdrawn", timeout_s=60)
    return answer


def is_killed(stack: Stack, publish_id: str) -> bool:
    """Whether the process that makes the publication could be killed before it was done: it takes a moment."""
    pid, _ = until(lambda: held(stack, publish_id), timeout_s=60, every_s=0.02) or (0, False)
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    _, is_over = held(stack, publish_id) or (0, True)
    os.kill(pid, signal.SIGCONT if is_over else signal.SIGKILL)
    return not is_over


def held(stack: Stack, publish_id: str) -> tuple[int, bool] | None:
    """The process that makes the publication and whether it is over; None before one does."""
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        statement = "SELECT pid, finished_at IS NOT NULL FROM publications WHERE id = ?"
        pid, is_over = connection.execute(statement, (publish_id,)).fetchone()
    return (int(pid), bool(is_over)) if pid else None


def await_state(stack: Stack, publish_id: str, wanted: str, *, timeout_s: float) -> None:
    seen: list[dict[str, Any]] = []

    def ask() -> bool:
        seen[:] = [stack.get(f"/social/publications/{publish_id}").json()["data"]]
        return bool(seen[0]["status"] == wanted)

    try:
        until(ask, timeout_s=timeout_s, every_s=0.3)
    except AssertionError as error:
        raise AssertionError(f"not {wanted} within {timeout_s:.0f} s: {seen}") from error
