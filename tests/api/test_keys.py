"""API keys: made, shown once, used, turned over and ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from api import keys, security
from api.callers import callers
from store.session import engine, reading, transaction
from store.tables.base import utc_now
from store.tables.keys import ApiKey
from store.tables.users import User
from tests.api.conftest import bearer_of


@pytest.fixture
def make_key(client: TestClient, bearer: dict[str, str]) -> Callable[..., dict[str, Any]]:
    """Makes a key through the API."""

    def make(**body: Any) -> dict[str, Any]:
        answer = client.post("/api-keys", json={"name": "laptop", **body}, headers=bearer)
        assert answer.status_code == 201, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    return make


def by_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_the_text_of_a_key_is_in_its_first_answer_and_nowhere_else(
    client: TestClient, bearer: dict[str, str], make_key: Callable[..., dict[str, Any]]
) -> None:
    made = make_key()
    listed = client.get("/api-keys", headers=bearer).json()["data"]["items"]
    with reading() as session:
        row = session.get(ApiKey, made["id"])

    assert made["key"].startswith("vs_live_")
    assert listed == [{name: value for name, value in made.items() if name != "key"}]
    assert row is not None
    assert made["key"] not in str(row.model_dump())


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_opens_what_its_owner_may_see(
    client: TestClient, user: User, make_key: Callable[..., dict[str, Any]], header: str
) -> None:
    key = make_key()["key"]
    value = f"Bearer {key}" if header == "Authorization" else key
    answer = client.get("/users/me", headers={header: value})

    assert answer.json()["data"]["user_id"] == user.id


def test_a_mistyped_key_is_refused_without_a_query(client: TestClient, make_key: Callable[..., dict[str, Any]]) -> None:
    key = make_key()["key"]
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    answer = client.get("/users/me", headers=by_key(wrong))

    assert answer.status_code == 401
    assert [statement for statement in statements if "api_keys" in statement] == []


def test_a_key_without_the_scope_is_forbidden(client: TestClient, make_key: Callable[..., dict[str, Any]]) -> None:
    key = make_key(scopes=["read"])["key"]
    looked = client.get("/users/me", headers=by_key(key))
    made = client.post("/video/generate", json={"title": "潮汐"}, headers=by_key(key))

    assert looked.status_code == 200
    assert (made.status_code, made.json()["error"]["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api-keys", {"name": "another"}),
        ("GET", "/api-keys", None),
        ("PATCH", "/users/me", {"name": "Somebody"}),
        ("DELETE", "/users/me", {"password": "password123"}),
        ("POST", "/auth/password", {"current_password": "a", "new_password": "password1234"}),
        ("POST", "/auth/logout", {}),
    ],
)
def test_a_key_cannot_change_the_account(
    client: TestClient, make_key: Callable[..., dict[str, Any]], method: str, path: str, body: Any
) -> None:
    answer = client.request(method, path, json=body, headers=by_key(make_key()["key"]))

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_a_revoked_key_is_dead_at_once(
    client: TestClient, bearer: dict[str, str], make_key: Callable[..., dict[str, Any]]
) -> None:
    made = make_key()
    before = client.get("/users/me", headers=by_key(made["key"]))
    client.delete(f"/api-keys/{made['id']}", headers=bearer)
    after = client.get("/users/me", headers=by_key(made["key"]))

    assert (before.status_code, after.status_code) == (200, 401)
    assert client.get("/api-keys", headers=bearer).json()["data"]["items"] == []


def test_an_expired_key_is_dead(client: TestClient, make_key: Callable[..., dict[str, Any]]) -> None:
    made = make_key(expires_at=(utc_now() + timedelta(hours=1)).isoformat())
    with transaction() as session:
        row = session.get(ApiKey, made["id"])
        assert row is not None
        row.expires_at = utc_now() - timedelta(seconds=1)
        session.add(row)
    callers.cache_clear()

    assert client.get("/users/me", headers=by_key(made["key"])).status_code == 401


def test_a_key_that_would_be_born_expired_is_refused(client: TestClient, bearer: dict[str, str]) -> None:
    body = {"name": "late", "expires_at": "2020-01-01T00:00:00Z"}
    answer = client.post("/api-keys", json=body, headers=bearer)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "expires_at"


@pytest.mark.parametrize(("overlap_s", "old"), [(0, 401), (3600, 200)])
def test_after_a_rotation_the_old_text_goes_on_as_long_as_was_asked(
    client: TestClient, bearer: dict[str, str], make_key: Callable[..., dict[str, Any]], overlap_s: int, old: int
) -> None:
    made = make_key()
    rotated = client.post(f"/api-keys/{made['id']}/rotate", json={"overlap_s": overlap_s}, headers=bearer).json()

    assert rotated["data"]["id"] == made["id"]
    assert client.get("/users/me", headers=by_key(rotated["data"]["key"])).status_code == 200
    assert client.get("/users/me", headers=by_key(made["key"])).status_code == old


def test_an_account_has_at_most_fifty_keys(
    client: TestClient, bearer: dict[str, str], user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    answers = [client.post("/api-keys", json={"name": str(n)}, headers=bearer).status_code for n in range(3)]

    assert answers == [201, 201, 400]


def test_a_key_asked_for_twice_is_made_once_and_its_text_is_not_shown_again(
    client: TestClient, bearer: dict[str, str]
) -> None:
    headers = {**bearer, "Idempotency-Key": "same"}
    first, second = (client.post("/api-keys", json={"name": "laptop"}, headers=headers) for _ in range(2))

    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert second.json()["data"]["key"] is None
    assert second.headers["Idempotent-Replayed"] == "true"


def test_no_key_reaches_the_log(
    client: TestClient, make_key: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = make_key()["key"]
    client.get("/users/me", headers=by_key(key))
    client.get("/users/me", headers=by_key(key[:-1]))

    assert key[:30] not in caplog.text


def test_the_last_use_is_known(
    client: TestClient, bearer: dict[str, str], make_key: Callable[..., dict[str, Any]]
) -> None:
    key = make_key()["key"]
    before = utc_now()
    client.get("/users/me", headers=by_key(key))
    used = client.get("/api-keys", headers=bearer).json()["data"]["items"][0]["last_used_at"]

    assert used >= before.isoformat()[:19]


def test_keys_are_made_of_192_random_bits_and_a_checksum() -> None:
    made = {security.new_api_key() for _ in range(100)}

    assert len(made) == 100
    assert all(security.is_well_formed(key) and len(key) == 64 for key in made)


def test_another_accounts_key_cannot_be_ended(
    client: TestClient, account: Callable[[str], User], make_key: Callable[..., dict[str, Any]]
) -> None:
    made = make_key()
    stranger = bearer_of(account("stranger@example.com"))

    assert client.delete(f"/api-keys/{made['id']}", headers=stranger).status_code == 404
    assert client.get("/users/me", headers=by_key(made["key"])).status_code == 200
