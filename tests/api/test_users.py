"""The caller's own account: seen, changed, left, removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables import ApiKey, KeptAnswer, RefreshToken, StoredAsset, User, Video
from store.tables.base import utc_now
from studio.models.brief import Brief
from studio.providers.storage import open_storage, store_file
from studio.settings import get_settings
from tests.api.conftest import FakePrefect

ACCOUNT = {"username": "someone@example.com", "password": "password123", "email": "someone@example.com"}


@pytest.fixture
def tokens(client: TestClient) -> dict[str, str]:
    """What a fresh account's login was answered."""
    client.post("/auth/register", json=ACCOUNT)
    return log_in(client)


def log_in(client: TestClient, password: str = "password123") -> dict[str, str]:
    body = {"username": ACCOUNT["username"], "password": password}
    data: dict[str, str] = client.post("/auth/login", json=body).json()["data"]
    return data


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def status(client: TestClient, tokens: dict[str, str]) -> int:
    return client.get("/users/me", headers=bearer(tokens)).status_code


def test_an_account_sees_itself(client: TestClient, tokens: dict[str, str]) -> None:
    data = client.get("/users/me", headers=bearer(tokens)).json()["data"]

    assert {name: value for name, value in data.items() if name not in ("user_id", "created_at")} == {
        "username": "someone@example.com",
        "email": "someone@example.com",
        "name": "",
        "language": "zh-TW",
        "plan": "free",
    }


def test_name_and_language_change_apart(client: TestClient, tokens: dict[str, str]) -> None:
    client.patch("/users/me", json={"name": "小美"}, headers=bearer(tokens))
    data = client.patch("/users/me", json={"language": "en"}, headers=bearer(tokens)).json()["data"]

    assert (data["name"], data["language"]) == ("小美", "en")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"plan": "paid"}, "plan"),
        ({"token_epoch": 0}, "token_epoch"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_is_not_the_callers_to_set_is_refused(
    client: TestClient, tokens: dict[str, str], body: dict[str, Any], field: str
) -> None:
    answer = client.patch("/users/me", json=body, headers=bearer(tokens))

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field


def test_a_logout_ends_its_own_login_and_no_other(client: TestClient, tokens: dict[str, str]) -> None:
    other = log_in(client)
    answer = client.post("/auth/logout", json={}, headers=bearer(tokens))

    assert (answer.status_code, answer.content) == (204, b"")
    assert (status(client, tokens), status(client, other)) == (401, 200)
    assert client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert client.post("/auth/refresh", json={"refresh_token": other["refresh_token"]}).status_code == 200


def test_answers_are_in_the_accounts_language_unless_the_request_names_one(
    client: TestClient, tokens: dict[str, str]
) -> None:
    client.patch("/users/me", json={"language": "en"}, headers=bearer(tokens))

    def said(**headers: str) -> tuple[str, str]:
        known = client.get("/users/me", headers={**bearer(tokens), **headers}).json()["message"]
        missing = client.get("/videos/nothing", headers={**bearer(tokens), **headers}).json()["error"]["message"]
        return known, missing

    assert said() == said(**{"Accept-Language": "fr"}) == ("Success", "Not found")
    assert said(**{"Accept-Language": "zh-TW"}) == ("操作成功", "找不到資源")


def test_a_logout_needs_no_body(client: TestClient, tokens: dict[str, str]) -> None:
    assert client.post("/auth/logout", headers=bearer(tokens)).status_code == 204
    assert status(client, tokens) == 401


def test_a_logout_everywhere_ends_every_login(client: TestClient, tokens: dict[str, str]) -> None:
    other = log_in(client)
    client.post("/auth/logout", json={"all": True}, headers=bearer(tokens))

    assert (status(client, tokens), status(client, other)) == (401, 401)


def test_a_new_password_ends_every_login_at_once(client: TestClient, tokens: dict[str, str]) -> None:
    other = log_in(client)
    body = {"current_password": "password123", "new_password": "password456"}
    answer = client.post("/auth/password", json=body, headers=bearer(tokens))

    assert answer.status_code == 204
    assert (status(client, tokens), status(client, other)) == (401, 401)
    assert client.post("/auth/login", json={"username": ACCOUNT["username"], "password": "password123"}).is_error
    assert status(client, log_in(client, "password456")) == 200


def test_the_current_password_must_be_right(client: TestClient, tokens: dict[str, str]) -> None:
    body = {"current_password": "password124", "new_password": "password456"}
    answer = client.post("/auth/password", json=body, headers=bearer(tokens))

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_CREDENTIALS")
    assert status(client, tokens) == 200


def a_film(owner_id: str, folder: Path, text: str, **values: Any) -> tuple[str, str]:
    """A film with one object of its own: its id and the object's key."""
    path = folder / "film.txt"
    path.write_text(text)
    key = store_file(open_storage(get_settings()), path, kind="text").key
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="潮汐"), owner_id=owner_id)
        videos.change(video.id, timeline={"voice": [{"audio": {"key": key}}]}, **values)
    return video.id, key


def test_a_removed_account_leaves_no_rows_objects_or_runs(
    client: TestClient, tokens: dict[str, str], tmp_path: Path, prefect: FakePrefect
) -> None:
    user_id = client.get("/users/me", headers=bearer(tokens)).json()["data"]["user_id"]
    client.post("/api-keys", json={"name": "laptop"}, headers={**bearer(tokens), "Idempotency-Key": "one"})
    _, done = a_film(user_id, tmp_path, "done", run_id="done", completed_at=utc_now())
    _, going = a_film(user_id, tmp_path, "going", run_id="going")
    answer = client.request("DELETE", "/users/me", json={"password": "password123"}, headers=bearer(tokens))
    with reading() as session:
        rows = [
            len(session.exec(select(table)).all())
            for table in (User, RefreshToken, ApiKey, KeptAnswer, Video, StoredAsset)
        ]

    assert answer.status_code == 204
    assert rows == [0, 0, 0, 0, 0, 0]
    assert prefect.removed == ["going", "done"]
    assert [open_storage(get_settings()).exists(key) for key in (done, going)] == [False, False]
    assert status(client, tokens) == 401


def test_what_another_accounts_film_is_made_of_stays(
    client: TestClient, tokens: dict[str, str], tmp_path: Path, account: Callable[[str], User]
) -> None:
    user_id = client.get("/users/me", headers=bearer(tokens)).json()["data"]["user_id"]
    _, key = a_film(user_id, tmp_path, "shared", completed_at=utc_now())
    a_film(account("other@example.com").id, tmp_path, "shared", completed_at=utc_now())
    client.request("DELETE", "/users/me", json={"password": "password123"}, headers=bearer(tokens))

    assert open_storage(get_settings()).exists(key)


def test_a_wrong_password_removes_nothing(client: TestClient, tokens: dict[str, str]) -> None:
    answer = client.request("DELETE", "/users/me", json={"password": "password124"}, headers=bearer(tokens))

    assert answer.status_code == 401
    assert status(client, tokens) == 200
