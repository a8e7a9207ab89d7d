"""Access tokens that are ours and that are not; refresh tokens that work once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient

from api import security
from store.repos.tokens import RefreshTokens
from store.session import transaction
from store.tables.base import new_id
from store.tables.users import User
from studio.settings import signing_key

LOGIN = {"username": "someone@example.com", "password": "password123"}


def a_login(user: User) -> str:
    """The family of a login of *user*."""
    with transaction() as session:
        return RefreshTokens(session).add(user_id=user.id, token_hash=new_id("hash")).family


def forged(
    user: User,
    *,
    key: bytes = b"",
    algorithm: str = "HS256",
    headers: dict[str, Any] | None = None,
    without: str = "",
    **changed: Any,
) -> str:
    """A token like ours but for what is given."""
    now = datetime.now(UTC)
    claims = {
        "iss": "video-system", "aud": "video-system", "sub": user.id, "iat": now,
        "exp": now + timedelta(hours=1), "jti": "1", "epoch": user.token_epoch,
        "family": a_login(user), **changed,
    }  # fmt: skip
    claims.pop(without, None)
    header = {"typ": "at+jwt"} if headers is None else headers
    return jwt.encode(
        claims, None if algorithm == "none" else key or signing_key(), algorithm=algorithm, headers=header
    )


def deep_header(_user: User) -> str:
    header = base64.urlsafe_b64encode(b'{"typ":' + b"[" * 12_000).decode().rstrip("=")
    return f"{header}.e30.e30"


FORGERIES: dict[str, Callable[[User], str]] = {
    "algorithm none": lambda user: forged(user, algorithm="none"),
    "hs512": lambda user: forged(user, algorithm="HS512"),
    "another key": lambda user: forged(user, key=b"x" * 64),
    "a key of its own": lambda user: forged(
        user, key=b"x" * 64, headers={"typ": "at+jwt", "jwk": {"kty": "oct", "k": "eHh4"}}
    ),
    "the id of an empty key": lambda user: forged(
        user, key=b"\x00" * 32, headers={"typ": "at+jwt", "kid": "../../../dev/null"}
    ),
    "no type": lambda user: forged(user, headers={"typ": None}),
    "another type": lambda user: forged(user, headers={"typ": "JWT"}),
    "no end": lambda user: forged(user, without="exp"),
    "expired": lambda user: forged(user, exp=datetime.now(UTC) - timedelta(seconds=1)),
    "another audience": lambda user: forged(user, aud="somebody-else"),
    "another issuer": lambda user: forged(user, iss="somebody-else"),
    "garbage": lambda _: "garbage.garbage.garbage",
    "another epoch": lambda user: forged(user, epoch=user.token_epoch + 1),
    "an epoch that is no number": lambda user: forged(user, epoch="first"),
    "no login": lambda user: forged(user, without="family"),
    "an unknown login": lambda user: forged(user, family="family_0"),
    "an unknown user": lambda user: forged(user, sub="user_0"),
    "a user that is no text": lambda user: forged(user, sub=["user"]),
    "a header of 12,000 brackets": deep_header,
    "nothing": lambda _: "",
    "a refresh token": lambda _: security.new_refresh_token(),
}


def test_a_token_made_like_ours_is_accepted(client: TestClient, user: User) -> None:
    answer = client.get("/video/task/task_1", headers={"Authorization": f"Bearer {forged(user)}"})

    assert answer.status_code == 404


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_not_accepted(client: TestClient, user: User, forgery: str) -> None:
    token = FORGERIES[forgery](user)
    answer = client.get("/video/task/task_1", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_plan_is_read_from_the_account_and_not_from_the_token(client: TestClient, user: User) -> None:
    token = forged(user, plan="admin", scope="admin", role="admin")
    answer = client.get("/users/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.json()["data"]["plan"] == "free"
    assert answer.headers["RateLimit-Policy"] == '"free";q=100;w=3600'


def test_a_token_dies_when_its_users_epoch_is_raised(client: TestClient, user: User, bearer: dict[str, str]) -> None:
    with transaction() as session:
        user.token_epoch += 1
        session.add(user)

    assert client.get("/video/task/task_1", headers=bearer).status_code == 401


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "Bearer", "bearer  ", "Token abc"])
def test_no_bearer_token_is_no_login(client: TestClient, header: str) -> None:
    answer = client.get("/video/task/task_1", headers={"Authorization": header})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")


@pytest.fixture
def pair(client: TestClient) -> dict[str, str]:
    """The tokens of a fresh login."""
    client.post("/auth/register", json={**LOGIN, "email": "someone@example.com"})
    data: dict[str, str] = client.post("/auth/login", json=LOGIN).json()["data"]
    return data


def refresh(client: TestClient, token: str) -> Any:
    return client.post("/auth/refresh", json={"refresh_token": token})


def is_logged_in(client: TestClient, access_token: str) -> bool:
    answer = client.get("/video/task/task_1", headers={"Authorization": f"Bearer {access_token}"})
    return bool(answer.status_code == 404)


def test_refresh_tokens_follow_each_other(client: TestClient, pair: dict[str, str]) -> None:
    for _ in range(3):
        answer = refresh(client, pair["refresh_token"])
        pair = answer.json()["data"]

    assert answer.status_code == 200
    assert is_logged_in(client, pair["access_token"])


def test_a_double_click_is_told_so_and_burns_nothing(client: TestClient, pair: dict[str, str]) -> None:
    following = refresh(client, pair["refresh_token"]).json()["data"]
    again = refresh(client, pair["refresh_token"])

    assert (again.status_code, again.json()["error"]["code"]) == (401, "TOKEN_JUST_ROTATED")
    assert is_logged_in(client, following["access_token"])
    assert refresh(client, following["refresh_token"]).status_code == 200


def test_a_token_that_comes_back_later_burns_its_family_and_all_access_tokens(
    client: TestClient, pair: dict[str, str], clock: Callable[[float], None]
) -> None:
    following = refresh(client, pair["refresh_token"]).json()["data"]
    clock(11)
    stolen = refresh(client, pair["refresh_token"])
    after = refresh(client, following["refresh_token"])

    assert (stolen.status_code, stolen.json()["error"]["code"]) == (401, "TOKEN_REUSED")
    assert (after.status_code, after.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")
    assert not is_logged_in(client, pair["access_token"])
    assert not is_logged_in(client, following["access_token"])


def test_a_burned_family_leaves_other_logins_their_refresh_tokens(
    client: TestClient, pair: dict[str, str], clock: Callable[[float], None]
) -> None:
    other = client.post("/auth/login", json=LOGIN).json()["data"]
    refresh(client, pair["refresh_token"])
    clock(11)
    refresh(client, pair["refresh_token"])
    answer = refresh(client, other["refresh_token"])

    assert answer.status_code == 200
    assert is_logged_in(client, answer.json()["data"]["access_token"])


def test_after_thirty_days_a_user_logs_in_again(
    client: TestClient, pair: dict[str, str], clock: Callable[[float], None]
) -> None:
    clock(20 * 86400)
    following = refresh(client, pair["refresh_token"])
    clock(31 * 86400)
    late = refresh(client, following.json()["data"]["refresh_token"])

    assert following.status_code == 200
    assert (late.status_code, late.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")


def test_of_ten_with_the_same_token_at_once_one_gets_the_next(client: TestClient, pair: dict[str, str]) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: refresh(client, pair["refresh_token"]), range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 401} == {"TOKEN_JUST_ROTATED"}


@pytest.mark.parametrize("token", ["", "vsr_0", "é\ufffe", "x" * 200])
def test_an_unknown_refresh_token_is_no_login(client: TestClient, token: str) -> None:
    answer = refresh(client, token)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")


def test_the_database_knows_only_hashes(client: TestClient, pair: dict[str, str], home: Any) -> None:
    written = b"".join(path.read_bytes() for path in home.glob("video-system.db*"))

    assert b"refresh_" in written
    assert pair["refresh_token"].encode() not in written
    assert pair["access_token"].encode() not in written
    assert b"password123" not in written
