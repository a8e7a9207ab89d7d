"""Pages of other origins: none but those that the operator names, and they may read errors too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.middleware import MAX_BODY_BYTES
from studio.errors import BadInput
from tests.api.conftest import FakePrefect

OURS = "https://app.example.com"
EVIL = "https://evil.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
def open_to(home: object, prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], TestClient]:
    """A client of an API that is open to the pages of these origins."""

    def make(origins: str) -> TestClient:
        monkeypatch.setenv("CORS_ORIGINS", origins)
        return TestClient(create_app(), raise_server_exceptions=False)

    return make


def test_no_page_of_another_origin_may_ask_unless_it_is_named(client: TestClient) -> None:
    preflight = client.options("/videos", headers={"Origin": EVIL, **ASKS})
    answer = client.get("/version", headers={"Origin": EVIL})

    assert preflight.is_error
    assert not [name for each in (preflight, answer) for name in each.headers if name.startswith("access-control")]


def test_a_page_that_is_named_may_ask_without_cookies(open_to: Callable[[str], TestClient]) -> None:
    answer = open_to(f"http://localhost:3000, {OURS}").options("/videos", headers={"Origin": OURS, **ASKS})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", [EVIL, f"{OURS}.evil.example", "http://app.example.com", f"{OURS}:8443", "null"])
def test_a_page_that_is_not_named_gets_no_leave(open_to: Callable[[str], TestClient], origin: str) -> None:
    client = open_to(OURS)
    preflight = client.options("/videos", headers={"Origin": origin, **ASKS})
    answer = client.get("/version", headers={"Origin": origin})

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in answer.headers


def test_errors_can_be_read_by_the_page_too(open_to: Callable[[str], TestClient], bearer: dict[str, str]) -> None:
    def boom() -> None:
        raise RuntimeError("secret detail")

    client = open_to(OURS)
    client.app.add_api_route("/boom", boom)  # type: ignore[attr-defined]
    page = {"Origin": OURS, **bearer}
    answers = [
        client.get("/users/me", headers={"Origin": OURS}),
        client.get("/nowhere", headers=page),
        client.post("/video/generate", content=b"x" * (MAX_BODY_BYTES + 1), headers=page),
        client.get("/boom", headers=page),
    ]

    assert [answer.status_code for answer in answers] == [401, 404, 413, 500]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {OURS}
    assert all({"X-Request-Id", "Retry-After", "RateLimit", "Location"} <= shown(answer) for answer in answers)


def shown(answer: object) -> set[str]:
    """Headers that the page can read besides the few that all can."""
    headers: str = answer.headers["access-control-expose-headers"]  # type: ignore[attr-defined]
    return set(headers.split(", "))


@pytest.mark.parametrize("origin", ["*", "app.example.com", "https://*.example.com", f"{OURS}/", "null", "HTTPS://A.B"])
def test_what_is_no_origin_ends_the_start(open_to: Callable[[str], TestClient], origin: str) -> None:
    with pytest.raises(BadInput, match=r"CORS_ORIGINS: .* is no origin"):
        open_to(origin)
