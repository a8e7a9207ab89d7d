"""A caller's text is data in the log too."""

from __future__ import annotations

import logging
import sys

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import FORMAT, OneLine, write_one_line_each
from tests.api.conftest import FakePrefect

FORGED = "x\r\n2026-11-24 INFO api - admin logged in\x1b[2K\x85\u2028\u202e"


def written(message: str, error: Exception | None = None) -> list[str]:
    raised = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("api", logging.WARNING, "", 0, "GET %s", (message,), raised)
    return OneLine(FORMAT).format(record).splitlines()


def test_no_text_begins_a_line_or_hides_one() -> None:
    (line,) = written(FORGED)

    assert line.endswith(r"WARNING api - GET x\r\n2026-11-24 INFO api - admin logged in\x1b[2K\x85\u2028\u202e")


def test_the_text_of_an_exception_stays_below_its_record() -> None:
    try:
        raise RuntimeError(FORGED)
    except RuntimeError as error:
        first, *rest = written("/videos", error)

    assert first.endswith("WARNING api - GET /videos")
    assert rest
    assert all(line.startswith("    ") for line in rest)


def test_a_server_s_log_of_requests_has_no_queries() -> None:
    line = '%s - "%s %s HTTP/%s" %d'
    asked = ("127.0.0.1:1", "GET", "/social/callback/youtube?state=CANARY&code=CANARY", "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, line, asked, None)
    write_one_line_each()
    logging.getLogger("uvicorn.access").filter(record)

    assert record.getMessage() == '127.0.0.1:1 - "GET /social/callback/youtube HTTP/1.1" 200'


def test_the_running_api_writes_like_this(home: object, prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = logging.StreamHandler(sys.stderr)
    monkeypatch.setattr(logging, "lastResort", handler)
    monkeypatch.setattr("api.app.keep_reconciling", lambda stop: stop.wait())
    monkeypatch.setattr("api.app.keep_listening", lambda stop: stop.wait())
    with TestClient(create_app()):
        pass

    assert isinstance(handler.formatter, OneLine)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/video/generate", {"title": "a\x1b[2Kb"}, "title"),
        ("/videos", {"title": "潮汐", "tags": ["two\nlines"]}, "tags.0"),
        ("/api-keys", {"name": "two\nlines"}, "name"),
        ("/webhooks", {"url": "https://hook.example/\nHost: other"}, "url"),
        ("/auth/register", {"username": "two\nlines", "password": "password123", "email": "a@b.tw"}, "username"),
    ],
)
def test_a_line_that_is_none_is_refused(
    client: TestClient, bearer: dict[str, str], path: str, body: dict[str, object], field: str
) -> None:
    answer = client.post(path, json=body, headers=bearer)

    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [field]


def test_a_title_of_several_lines_becomes_one_line(client: TestClient, bearer: dict[str, str]) -> None:
    body = {"title": "first\r\nsecond\u2028third\x85fourth"}
    made = client.post("/videos", json=body, headers=bearer).json()["data"]

    assert made["title"] == "first second third fourth"
