"""Films under `/videos` against the running product: read before they are said, cancelled, tried again, followed."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.support.stack import Stack, call, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SHORT = {"resolution": "540p", "duration": 5}


def ask(stack: Stack, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {stack.token}"}
    return call(method, stack.api + path, json=body, headers=headers)


def make(stack: Stack, title: str, **brief: Any) -> str:
    answer = ask(stack, "POST", "/videos", {"title": title, **SHORT, **brief})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


def shown(stack: Stack, video_id: str) -> dict[str, Any]:
    data: dict[str, Any] = ask(stack, "GET", f"/videos/{video_id}").json()["data"]
    return data


def await_over(stack: Stack, video_id: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        film = shown(stack, video_id)
        return film if film["completed_at"] else None

    found = until(over, timeout_s=120, every_s=0.3)
    assert found is not None
    return found


def subtitles(stack: Stack, video_id: str) -> str:
    link = ask(stack, "GET", f"/videos/{video_id}/download?variant=srt&redirect=false").json()["data"]
    return "".join(call("GET", link["url"]).text.split())


def publications(stack: Stack, video_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(stack, "GET", f"/social/publications?video_id={video_id}").json()["data"]["items"]
    return found


def narrations(stack: Stack, run_id: str) -> list[str]:
    return [task["state"]["name"] for task in stack.task_runs(run_id) if task["name"].startswith("narrate")]


def test_a_script_that_was_changed_before_it_was_said_is_what_the_film_says(stack: Stack) -> None:
    video_id = make(stack, "先讀再說", script="海水每天漲兩次。\n\n月亮拉著海水走。", review=True,
                    publish=[{"platform": "folder"}])  # fmt: skip
    stack.await_status(video_id, "awaiting_review", timeout_s=90)
    [waiting] = publications(stack, video_id)
    row = stack.row(video_id)
    written = ask(stack, "GET", f"/videos/{video_id}/script").json()["data"]
    changed = ask(stack, "PUT", f"/videos/{video_id}/script", {"scenes": [{"narration": "鯨魚在深海裡唱歌。"}]})
    approved = ask(stack, "POST", f"/videos/{video_id}/approve")
    done = stack.await_status(video_id, "completed", "processing", "pending")
    again = ask(stack, "POST", f"/videos/{video_id}/approve")
    done = stack.await_status(video_id, "completed")
    until(lambda: publications(stack, video_id)[0]["status"] == "published", timeout_s=60)
    names = [task["name"].rsplit("-", 1)[0] for task in stack.task_runs(stack.flow_runs(video_id)[0]["id"])]

    assert row["pid"] is None
    assert [scene["narration"] for scene in written["scenes"]] == ["海水每天漲兩次。", "月亮拉著海水走。"]
    assert (changed.status_code, approved.status_code, again.status_code) == (200, 200, 409)
    assert (waiting["status"], done["progress"]) == ("waiting_for_video", 100)
    assert subtitles(stack, video_id).count("鯨魚在深海裡唱歌") == 1
    assert "月亮" not in subtitles(stack, video_id)
    assert names.count("open record") == 2


def test_a_script_can_be_changed_in_the_form_of_the_prefect_ui(stack: Stack) -> None:
    video_id = make(
        stack, "Changed in the form", script="The first line is old.\n\nThe second line stays.", review=True
    )
    stack.await_status(video_id, "awaiting_review", timeout_s=90)
    (run,) = stack.flow_runs(video_id)
    keys = run["state"]["state_details"]["run_input_keyset"]
    schema = call("GET", f"{stack.prefect}/flow_runs/{run['id']}/input/{keys['schema']}").json()
    address, form = (
        f"{stack.prefect}/flow_runs/{run['id']}/resume",
        {"script": "This line was written in the form.\n\nThe second line stays."},
    )
    until(lambda: call("POST", address, json={"run_input": form}).is_success, timeout_s=60, every_s=1)
    stack.await_status(video_id, "completed")
    said = ask(stack, "GET", f"/videos/{video_id}/script").json()["data"]["scenes"]

    assert schema["properties"]["script"]["default"] == "The first line is old.\n\nThe second line stays."
    assert [scene["narration"] for scene in said] == ["This line was written in the form.", "The second line stays."]
    assert "Thislinewaswritteninthe" in subtitles(stack, video_id)


def test_a_film_under_review_holds_up_nobody_and_can_be_cancelled(stack: Stack) -> None:
    waiting = make(stack, "Nobody reads it", script="Nobody is going to read this line.", review=True)
    stack.await_status(waiting, "awaiting_review", timeout_s=90)
    other = make(stack, "No need to wait", script="Another film does not wait.")
    stack.await_status(other, "completed")
    cancelled = ask(stack, "POST", f"/videos/{waiting}/cancel").json()["data"]
    (run,) = stack.flow_runs(waiting)

    assert cancelled["status"] == "cancelled"
    assert cancelled["completed_at"] is not None
    assert run["state"]["type"] == "CANCELLED"

    retried = ask(stack, "POST", f"/videos/{waiting}/retry")
    stack.await_status(waiting, "awaiting_review", "pending", "processing")
    until(lambda: shown(stack, waiting)["status"] == "awaiting_review", timeout_s=60)
    ask(stack, "POST", f"/videos/{waiting}/approve")
    stack.await_status(waiting, "completed")

    assert retried.status_code == 200


def test_a_cancelled_film_goes_on_where_it_was_and_says_nothing_twice(stack: Stack) -> None:
    script = "\n\n".join(
        f"In line {number} the sea comes in, and it goes out again." for number in ("one", "two", "three", "four")
    )
    video_id = make(stack, "Do it later", script=script)
    queued = make(stack, "Not begun", script="It is not the turn of this line.")
    stack.await_stage(video_id, "render", progress=39, timeout_s=120)
    never = ask(stack, "POST", f"/videos/{queued}/cancel").json()["data"]
    cancelled = ask(stack, "POST", f"/videos/{video_id}/cancel").json()["data"]
    early = ask(stack, "POST", f"/videos/{video_id}/retry")
    await_over(stack, video_id)
    (run,) = stack.flow_runs(video_id)
    before = narrations(stack, run["id"])
    retried = ask(stack, "POST", f"/videos/{video_id}/retry").json()["data"]
    done = await_over(stack, video_id)
    (run,) = stack.flow_runs(video_id)

    assert (never["status"], never["completed_at"] is not None) == ("cancelled", True)
    assert stack.flow_runs(queued) == []
    assert cancelled["status"] == "cancelled"
    assert early.status_code == 409
    assert retried["status"] in ("pending", "processing")
    assert done["status"] == "completed"
    assert before == ["Completed"] * 4
    assert sorted(narrations(stack, run["id"])) == ["Cached"] * 4 + ["Completed"] * 4
    assert not stack.encoders()


def test_a_film_is_followed_to_its_end(stack: Stack) -> None:
    video_id = make(stack, "Followed", script="Somebody is following this film.")
    names, ids = [], []
    headers = {"Authorization": f"Bearer {stack.token}"}
    with httpx2.stream(
        "GET", f"{stack.api}/videos/{video_id}/events", headers=headers, timeout=60, trust_env=False
    ) as answer:
        kind = answer.headers["content-type"]
        for line in answer.iter_lines():
            names += [line.removeprefix("event: ")] * line.startswith("event: ")
            ids += [line.removeprefix("id: ")] * line.startswith("id: ")
    again = call("GET", f"{stack.api}/videos/{video_id}/events", headers={**headers, "Last-Event-ID": ids[-2]}).text

    assert kind.startswith("text/event-stream")
    assert (names[0], names[-1]) == ("stage", "completed")
    assert {"stage", "progress"} < set(names)
    assert [line for line in again.splitlines() if line.startswith("event")] == ["event: completed"]


def test_a_removed_film_leaves_neither_run_nor_file(stack: Stack) -> None:
    video_id = make(stack, "Nothing stays", script="Nothing stays after this line.")
    stack.await_status(video_id, "completed")
    until(lambda: stack.flow_runs(video_id)[0]["state"]["type"] == "COMPLETED", timeout_s=20)
    url = ask(stack, "GET", f"/videos/{video_id}/download?redirect=false").json()["data"]["url"]
    removed = ask(stack, "DELETE", f"/videos/{video_id}")

    assert removed.status_code == 204
    assert ask(stack, "GET", f"/videos/{video_id}").status_code == 404
    assert call("GET", url).status_code == 404
    assert stack.flow_runs(video_id) == []
