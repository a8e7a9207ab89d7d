"""Whoever wants to know hears of a film from the product itself: Prefect, worker and API are real."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from standardwebhooks import Webhook

from studio.settings import PROJECT
from tests.support.receiver import receiver
from tests.support.stack import Stack, until

sys.path.insert(0, str(PROJECT / "sdk" / "python"))

from video_system import verify_webhook

pytestmark = pytest.mark.slow


def hook(stack: Stack, url: str, *events: str) -> dict[str, Any]:
    answer = stack.post("/webhooks", {"url": url, "events": list(events)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


def delivered(stack: Stack, query: str) -> list[dict[str, Any]]:
    """The messages of the log, once none of them waits."""

    def ask() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = stack.get(f"/webhook-deliveries?{query}").json()["data"]["items"]
        return items if items and all(item["status"] != "pending" for item in items) else None

    found = until(ask, timeout_s=90, every_s=0.5)
    assert found is not None
    return found


def test_a_finished_film_is_told_again_after_a_failure_with_a_link_that_works(stack: Stack) -> None:
    answer = stack.post("/videos", {"title": "Tides", "script": "The sea rises.", "resolution": "540p"})
    video_id = answer.json()["data"]["id"]
    # Films of the tests before may be told of now.
    with receiver(503, 200, about=video_id) as (url, came):
        made = hook(stack, url, "video.completed")
        stack.await_status(video_id, "completed")
        # Others may listen too: this product has also run the examples of the SDKs.
        (log,) = delivered(stack, f"video_id={video_id}&webhook_id={made['id']}")
    messages = [verify_webhook(body, headers, made["secret"]) for headers, body in came]

    assert [attempt["status"] for attempt in log["attempts"]] == [503, 200]
    assert {headers["webhook-id"] for headers, _ in came} == {log["id"]}
    assert [message["type"] for message in messages] == ["video.completed"] * 2
    assert messages[1]["data"]["id"] == video_id
    assert stack.get(messages[1]["data"]["video_url"]).headers["content-type"] == "video/mp4"


def test_a_message_does_not_wait_for_a_film_in_the_making(stack: Stack) -> None:
    with receiver() as (url, came):
        made = hook(stack, url, "video.failed")
        facts = " ".join(f"The moon pulls on shore number {n}, and the sea rises there." for n in range(24))
        video_id = stack.generate("Tides", facts, resolution="540p")
        # Whichever stage: what was said before is not said again, and then narration is over at once.
        until(lambda: stack.row(video_id)["stage"], timeout_s=90)
        stack.post(f"/webhooks/{made['id']}/test", {})
        delivered(stack, f"webhook_id={made['id']}")
        stage = stack.row(video_id)["completed_at"]
        stack.post(f"/videos/{video_id}/cancel", {})
    headers, body = came[0]

    assert Webhook(made["secret"]).verify(body, headers)["type"] == "webhook.test"
    assert stage is None


def test_a_film_that_was_cancelled_is_told_to_the_address_that_came_with_it(stack: Stack) -> None:
    with receiver() as (url, came):
        answer = stack.post("/videos", {"title": "Tides", "webhook_url": f"{url}?token=canary-in-a-url"})
        video_id = answer.json()["data"]["id"]
        stack.post(f"/videos/{video_id}/cancel", {})
        (log,) = delivered(stack, f"video_id={video_id}")
    parameters = [run["parameters"] for run in stack.flow_runs(video_id)]

    assert (log["event"], log["status"], log["webhook_id"], len(came)) == ("video.cancelled", "delivered", None, 1)
    assert "canary-in-a-url" not in str(parameters)
