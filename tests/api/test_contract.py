"""Every operation of the contract that exists: the example bodies verbatim, keys and types to the letter."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from store.repos.videos import Videos
from store.session import transaction
from tests.api.conftest import FakePrefect, a_run, run_of

REGISTER = {"username": "user@example.com", "password": "password123", "email": "user@example.com"}
LOGIN = {"username": "user@example.com", "password": "password123"}
GENERATE = {
    "title": "影片標題",
    "description": "影片描述",
    "template": "template_id",
    "settings": {"duration": 60, "resolution": "1080p", "format": "mp4"},
}
ASSET = {"key": f"sha256/ab/ab{'0' * 62}.mp4", "kind": "video", "media_type": "video/mp4", "size": 1}
RENDITION = {
    "video": ASSET, "poster": ASSET, "srt": ASSET, "vtt": ASSET,
    "width": 1080, "height": 1920, "frames": 300, "duration": 10.0, "loudness": {"lufs": -14.0, "dbtp": -1.5},
}  # fmt: skip


def shape(value: object) -> object:
    """Keys and types of an answer."""
    return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else type(value)


def test_register_answers_201_with_the_account(client: TestClient) -> None:
    answer = client.post("/auth/register", json=REGISTER)
    data = answer.json()["data"]

    assert answer.status_code == 201
    assert answer.json() == {
        "success": True,
        "data": {"user_id": data["user_id"], "username": "user@example.com", "email": "user@example.com"},
        "message": "操作成功",
    }
    assert re.fullmatch(r"user_[0-9a-f]{32}", data["user_id"])


def test_login_answers_200_with_a_pair_of_tokens_for_an_hour(client: TestClient) -> None:
    client.post("/auth/register", json=REGISTER)
    answer = client.post("/auth/login", json=LOGIN)

    assert answer.status_code == 200
    assert shape(answer.json()) == {
        "success": bool,
        "data": {"access_token": str, "refresh_token": str, "expires_in": int},
        "message": str,
    }
    assert answer.json()["data"]["expires_in"] == 3600


def test_refresh_answers_like_login_with_other_tokens(client: TestClient) -> None:
    client.post("/auth/register", json=REGISTER)
    first = client.post("/auth/login", json=LOGIN).json()["data"]
    answer = client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    second = answer.json()["data"]

    assert answer.status_code == 200
    assert shape(second) == {"access_token": str, "refresh_token": str, "expires_in": int}
    assert not {first["access_token"], first["refresh_token"]} & {second["access_token"], second["refresh_token"]}


def test_generate_answers_202_with_the_task_and_where_it_is(client: TestClient, bearer: dict[str, str]) -> None:
    answer = client.post("/video/generate", json=GENERATE, headers=bearer)
    data = answer.json()["data"]

    assert answer.status_code == 202
    # FIRST_RATE 1.6 s of work a second of film, and 8 s besides.
    assert answer.json() == {
        "success": True,
        "data": {"task_id": data["task_id"], "status": "pending", "estimated_time": 104},
        "message": "操作成功",
    }
    assert re.fullmatch(r"task_[0-9a-f]{32}", data["task_id"])
    assert answer.headers["location"] == f"/video/task/{data['task_id']}"


def test_generate_needs_a_title_and_nothing_else(client: TestClient, bearer: dict[str, str]) -> None:
    assert client.post("/video/generate", json={"title": "影片標題"}, headers=bearer).status_code == 202


def test_generate_keeps_what_was_asked_for(client: TestClient, bearer: dict[str, str]) -> None:
    task_id = client.post("/video/generate", json=GENERATE, headers=bearer).json()["data"]["task_id"]
    with transaction() as session:
        video = Videos.of_everyone(session).get(task_id)

    assert video
    assert video.brief == {
        "title": "影片標題",
        "description": "影片描述",
        "script": "",
        "language": None,
        "template": "explainer",
        "duration": 60,
        "aspect": "9:16",
        "resolution": "1080p",
        "voice": None,
        "captions": None,
        "assets": [],
        "sources": [],
        "research": False,
        "footage": True,
        "review": False,
        "speed": None,
        "narration": None,
        "trend": None,
        "fields": {},
    }


def test_a_new_task_is_pending_without_an_address(client: TestClient, bearer: dict[str, str]) -> None:
    location = client.post("/video/generate", json=GENERATE, headers=bearer).headers["location"]
    answer = client.get(location, headers=bearer)

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "data": {"task_id": location.rsplit("/", 1)[1], "status": "pending", "progress": 0, "video_url": None},
        "message": "操作成功",
    }


def test_a_finished_task_is_completed_with_its_address(
    client: TestClient, bearer: dict[str, str], prefect: FakePrefect
) -> None:
    task_id = client.post("/video/generate", json=GENERATE, headers=bearer).json()["data"]["task_id"]
    prefect.runs[run_of(task_id)] = a_run(run_of(task_id), "Completed", "completed")
    with transaction() as session:
        Videos.of_everyone(session).change(task_id, rendition=RENDITION, progress=100)
    data = client.get(f"/video/task/{task_id}", headers=bearer).json()["data"]

    assert data == {"task_id": task_id, "status": "completed", "progress": 100, "video_url": data["video_url"]}
    assert data["video_url"].startswith(f"http://localhost:8000/media/{ASSET['key']}?exp=")


@pytest.mark.parametrize(
    ("accept_language", "message"),
    [
        (None, "操作成功"),
        ("en", "Success"),
        ("en-GB,en;q=0.9,zh;q=0.5", "Success"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "操作成功"),
        ("fr", "操作成功"),
        ("en;q=0", "操作成功"),
        ("*", "操作成功"),
        ("en;q=1.2.3", "Success"),
        ("en;q=.", "Success"),
        (",;=q,,", "操作成功"),
    ],
)
def test_a_success_speaks_the_callers_language(client: TestClient, accept_language: str | None, message: str) -> None:
    headers = {"Accept-Language": accept_language} if accept_language else {}
    answer = client.get("/health/live", headers=headers)

    assert answer.json() == {"success": True, "data": {"status": "live"}, "message": message}


@pytest.mark.parametrize(("language", "message"), [("zh-TW", "請先登入"), ("en", "Please log in first")])
def test_an_error_speaks_the_callers_language(client: TestClient, language: str, message: str) -> None:
    answer = client.get("/video/task/task_1", headers={"Accept-Language": language})

    assert answer.json() == {
        "success": False,
        "error": {
            "code": "NOT_AUTHENTICATED",
            "message": message,
            "request_id": answer.headers["x-request-id"],
        },
    }


def test_an_unknown_template_is_an_error_that_lists_the_known_ones(client: TestClient, bearer: dict[str, str]) -> None:
    answer = client.post("/video/generate", json={"title": "影片標題", "template": "nope"}, headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UNKNOWN_NAME")
    assert answer.json()["error"]["details"] == [
        {
            "field": "template",
            "message": "there is no 'nope'; known are explainer, listicle, news, product, quote, story",
            "type": "unknown_name",
        }
    ]
