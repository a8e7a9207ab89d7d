"""The contract as a client sees it, against the running product."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.film import container
from tests.support.stack import Stack, call, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FACTS = "月亮的引力拉著海水。"


@pytest.fixture(scope="module")
def task_id(shared_stack: Stack) -> str:
    """A film that is done."""
    made = shared_stack.generate("為什麼會有潮汐？", FACTS, resolution="540p")
    shared_stack.await_status(made, "completed")
    return made


def test_a_title_becomes_a_film_that_can_be_downloaded(stack: Stack, task_id: str, tmp_path: Path) -> None:
    done = stack.task(task_id)
    whole = stack.get(done["video_url"])
    (tmp_path / "film.mp4").write_bytes(whole.content)
    found = container(tmp_path / "film.mp4")

    assert done == {"task_id": task_id, "status": "completed", "progress": 100, "video_url": done["video_url"]}
    assert whole.headers["content-type"] == "video/mp4"
    assert (found.width, found.height, found.fps, found.is_constant) == (540, 960, 30, True)

    part = stack.get(done["video_url"], Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])

    head = call("HEAD", done["video_url"])
    assert (head.status_code, int(head.headers["content-length"])) == (200, len(whole.content))

    again = stack.get(done["video_url"], **{"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    forged = stack.get(done["video_url"].replace("exp=", "exp=9"))
    assert (forged.status_code, forged.json()["error"]["code"]) == (403, "LINK_EXPIRED")


def test_an_operator_sees_the_run_under_its_title_with_stages_and_result(stack: Stack, task_id: str) -> None:
    (run,) = stack.flow_runs(task_id)
    names = [task["name"].split(":")[0].rsplit("-", 1)[0] for task in stack.task_runs(run["id"])]
    artifacts = call(
        "POST", f"{stack.prefect}/artifacts/filter", json={"flow_runs": {"id": {"any_": [run["id"]]}}}
    ).json()
    page = next(a["data"] for a in artifacts if a["type"] == "markdown")

    assert run["name"] == "為什麼會有潮汐？"
    assert names[0] == "open record"
    assert [n for n in names if not n.startswith("narrate")] == [
        "open record",
        "write script",
        "find footage",
        "plan shots",
        "assemble timeline",
        "render",
        "finish",
    ]
    assert {a["type"]: a["data"] for a in artifacts} == {"progress": 100, "markdown": page}
    assert all(part in page for part in ("Open the film", "Poster frame", "月亮的引力拉著海水", "Credits", "MIT"))


def started(stack: Stack, **parameters: Any) -> dict[str, Any]:
    """The end of a run that is started as the form of the Prefect UI does it."""
    deployment = call("GET", f"{stack.prefect}/deployments/name/generate-video/default").json()
    assert deployment["parameter_openapi_schema"]["required"] == ["title"]
    address = f"{stack.prefect}/deployments/{deployment['id']}/create_flow_run"
    body = {"parameters": parameters, "idempotency_key": uuid4().hex}

    # Prefect on SQLite says "database is locked" now and then; whoever fills in the form sends it again.
    def begun() -> str:
        answer = call("POST", address, json=body, timeout=60)
        return str(answer.json()["id"]) if answer.is_success else ""

    run_id = until(begun, timeout_s=120, every_s=1)

    def over() -> dict[str, Any] | None:
        answer = call("GET", f"{stack.prefect}/flow_runs/{run_id}", timeout=60)
        found: dict[str, Any] = answer.json() if answer.is_success else {"state": {"type": "UNKNOWN"}}
        return found if found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED") else None

    found = until(over, timeout_s=120)
    assert found is not None
    return found


def test_an_operator_can_start_a_film_from_the_form_and_have_it_published(stack: Stack) -> None:
    title = "Why is the sea salty?"
    run = started(stack, title=title, resolution="540p", duration=5, publish=["folder"])

    def packages() -> list[Path]:
        """What the folder target made of it; those of other films are beside it."""
        found = (stack.home / "published").glob("*/publication.json")
        return [path for path in found if title in path.read_text("utf-8")]

    assert (run["state"]["type"], run["name"]) == ("COMPLETED", title)
    assert len(until(packages, timeout_s=90, every_s=0.5)) == 1


def test_a_run_of_the_form_that_is_to_be_published_nowhere_fails_at_once_and_says_why(stack: Stack) -> None:
    run = started(stack, title="Why is the sea blue?", publish=["folder", "youtube"])

    assert run["state"]["type"] == "FAILED"
    assert (
        "publish: publish 'youtube': YOUTUBE_CLIENT_ID or YOUTUBE_CLIENT_SECRET is not set" in run["state"]["message"]
    )
    assert run["total_run_time"] < 30


def test_another_users_film_is_not_found(stack: Stack, task_id: str) -> None:
    mine, stack.token = stack.token, ""
    try:
        stack.log_in("another@example.com")
        answer = stack.get(f"/video/task/{task_id}")
    finally:
        stack.token = mine

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "title",
    [
        ("Strengths " * 30).rstrip() + "!",
        "🌊 Tides 🌕 مرحبا\nsecond line",
        "'; DROP TABLE videos; -- 100%{pts} {\\an8}Tides",
    ],
    ids=["300 characters", "emoji, right to left, two lines", "sql, ffmpeg and ass"],
)
def test_a_title_that_bites_becomes_a_right_film(stack: Stack, title: str, tmp_path: Path) -> None:
    done = stack.await_status(stack.generate(title, resolution="540p", duration=5), "completed", timeout_s=240)
    (tmp_path / "film.mp4").write_bytes(stack.get(done["video_url"]).content)

    assert container(tmp_path / "film.mp4").is_constant


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"title": ""}', "title"),
        (b'{"title": "\\ud800"}', "title"),
        (b'{"title": "\xf0\x9f\x98\x80"}', "title"),
        (b'{"title": "\\u0000"}', "title"),
        (b'{"title": 5}', "title"),
        (b"{}", "title"),
        (b'{"title": "x", "template": "nope"}', "template"),
        (b'{"title": "x", "settings": {"duration": 1e9}}', "settings.duration"),
        (b'{"title": "x", "settings": {"duration": NaN}}', "settings.duration"),
        (b'{"title": "x", "settings": {"resolution": "8k"}}', "settings.resolution"),
        (b'{"title": "x", "owner_id": "me"}', "owner_id"),
        (b"not json", "body"),
    ],
)
def test_a_bad_request_names_the_field(stack: Stack, body: bytes, field: str) -> None:
    headers = {"Authorization": f"Bearer {stack.token}", "Content-Type": "application/json"}
    answer = call("POST", f"{stack.api}/video/generate", content=body, headers=headers)
    error = answer.json()["error"]

    assert answer.status_code == 400
    assert error["details"][0]["field"].split(".")[: len(field.split("."))] == field.split(".") or field == "body"
    assert error["request_id"] == answer.headers["x-request-id"]
