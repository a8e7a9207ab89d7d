"""Requests an hour: exact over processes, by plan, by key and by address."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import attempts, gate
from api.limits import DatabaseStorage, Limiter
from store.repos.counters import Counters
from store.session import reading
from store.tables.users import User
from studio.errors import BadInput
from studio.models.plan import plan_of
from studio.settings import PROJECT
from tests.api.conftest import bearer_of

HEADERS = ("RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

HIT = """
import os, sys
from api.limits import Limiter
# Four processes at the price of one import: nothing is open yet that they could share.
children = []
for _ in range(4):
    if child := os.fork():
        children.append(child)
        continue
    for limit, times in zip(sys.argv[1::2], sys.argv[2::2]):
        limiter = Limiter(int(limit))
        passed = sum(not limiter.hit("somebody", policy="test").is_exceeded for _ in range(int(times)))
        os.write(1, f"{limit} {passed}\\n".encode())
    os._exit(0)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


def passed_of_four(*asked: tuple[int, int]) -> dict[int, list[int]]:
    """How often each of four processes passes under each limit, of *asked*: the limit, and the times that each tries."""
    program = [sys.executable, "-c", HIT, *(str(number) for pair in asked for number in pair)]
    said = subprocess.run(program, cwd=PROJECT, stdout=subprocess.PIPE, timeout=120, check=True, text=True).stdout
    passed: dict[int, list[int]] = {limit: [] for limit, _ in asked}
    for line in said.splitlines():
        limit, times = map(int, line.split())
        passed[limit].append(times)
    return passed


def test_every_answer_says_what_is_left(client: TestClient, bearer: dict[str, str]) -> None:
    answers = [
        client.get("/users/me", headers=bearer),
        client.get("/users/me"),
        client.get("/nowhere", headers=bearer),
        client.post("/video/generate", content=b"{", headers=bearer),
        client.get("/health/live"),
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 404, 400, 200]
    assert all(header in answer.headers for answer in answers for header in HEADERS)


def test_the_headers_count_down_by_one(client: TestClient, bearer: dict[str, str]) -> None:
    first, second = (client.get("/users/me", headers=bearer) for _ in range(2))

    assert first.headers["RateLimit-Policy"] == '"free";q=100;w=3600'
    assert first.headers["RateLimit"] == '"free";r=99;t=3600'
    assert (first.headers["X-RateLimit-Remaining"], second.headers["X-RateLimit-Remaining"]) == ("99", "98")


def test_the_request_after_the_last_is_refused_before_its_body_is_read(
    client: TestClient, bearer: dict[str, str], plans: Callable[[str], None]
) -> None:
    plans('{"free": {"requests_an_hour": 3}}')
    for _ in range(3):
        assert client.get("/users/me", headers=bearer).status_code == 200
    refused = client.post("/video/generate", content=b"{" * 5000, headers=bearer)

    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert 3590 <= int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["X-RateLimit-Remaining"] == "0"


def test_a_login_can_be_ended_however_often_it_has_asked(
    client: TestClient, bearer: dict[str, str], plans: Callable[[str], None]
) -> None:
    plans('{"free": {"requests_an_hour": 1}}')
    client.get("/users/me", headers=bearer)

    assert client.get("/users/me", headers=bearer).status_code == 429
    assert client.post("/auth/logout").status_code == 401
    ended = client.post("/auth/logout", headers=bearer)
    assert (ended.status_code, ended.headers["X-RateLimit-Remaining"]) == (204, "0")


def test_all_keys_of_an_owner_share_one_limit_which_is_not_that_of_logins(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "REQUESTS_BY_KEY", 3)
    made = [client.post("/api-keys", json={"name": name}, headers=bearer).json()["data"]["key"] for name in "ab"]
    answers = [client.get("/users/me", headers={"X-API-Key": made[n % 2]}).status_code for n in range(4)]

    assert answers == [200, 200, 200, 429]
    assert client.get("/users/me", headers=bearer).status_code == 200


def test_a_token_that_is_not_valid_is_counted_by_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "REQUESTS_BY_ADDRESS", 2)
    answers = [client.get("/users/me", headers={"Authorization": f"Bearer guess{n}"}).status_code for n in range(3)]

    assert answers == [401, 401, 429]


def test_health_is_never_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "REQUESTS_BY_ADDRESS", 1)

    assert [client.get("/health/live").status_code for _ in range(3)] == [200, 200, 200]


def test_of_four_processes_exactly_the_limit_passes(database: str) -> None:
    from store.migrate import migrate

    migrate()
    passed = passed_of_four((60, 60), (1000, 1000))

    assert {limit: len(each) for limit, each in passed.items()} == {60: 4, 1000: 4}
    assert {limit: sum(each) for limit, each in passed.items()} == {60: 60, 1000: 1000}


def test_a_window_that_is_over_begins_anew(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = DatabaseStorage(block=10)
    first = [storage.incr("key", 1) for _ in range(3)]
    time.sleep(1.1)

    assert first == [1, 2, 3]
    assert storage.incr("key", 1) == 1


def test_a_busy_process_writes_seldom_and_a_quiet_one_every_time(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    add = Counters.add
    monkeypatch.setattr(
        Counters, "add", lambda self, key, amount, **rest: (taken.append(amount), add(self, key, amount, **rest))[1]
    )
    busy = Limiter(1000)
    for _ in range(31):
        busy.hit("somebody", policy="test")
    with reading() as session:
        count, _ = Counters(session).get("LIMITER/somebody/1000/1/hour")

    assert taken == [1, 2, 4, 8, 10, 10]
    assert count == 35


def test_past_the_limit_nothing_is_written(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = Limiter(2)
    for _ in range(3):
        limiter.hit("somebody", policy="test")
    monkeypatch.setattr(Counters, "add", None)

    assert limiter.hit("somebody", policy="test").is_exceeded


def test_a_plan_takes_the_operators_figures_and_keeps_the_others(plans: Callable[[str], None]) -> None:
    plans('{"free": {"films_a_day": 7}}')

    assert plan_of("free").films_a_day == 7
    assert plan_of("free").requests_an_hour == 100
    assert plan_of("paid").requests_an_hour == 1000


def test_a_figure_that_no_plan_has_is_named(plans: Callable[[str], None]) -> None:
    plans('{"free": {"films_a_week": 7}}')
    with pytest.raises(BadInput, match="PLANS: films_a_week"):
        plan_of("free")


def test_wrong_passwords_are_refused_after_five_and_other_accounts_go_on(client: TestClient) -> None:
    for name in ("one@example.com", "two@example.com"):
        body = {"username": name, "password": "password123", "email": name}
        client.post("/auth/register", json=body)
    wrong = {"username": "one@example.com", "password": "password124"}
    guesses = [client.post("/auth/login", json=wrong).status_code for _ in range(6)]
    right = client.post("/auth/login", json={**wrong, "password": "password123"})
    other = client.post("/auth/login", json={"username": "two@example.com", "password": "password123"})

    assert guesses == [401] * 5 + [429]
    assert right.status_code == 429
    assert 1 <= int(right.headers["Retry-After"]) <= 60
    assert other.status_code == 200


def test_twenty_wrong_passwords_close_an_account_for_the_rest_of_the_hour(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FAILURES", attempts.FAILURES[1:])
    for _ in range(20):
        attempts.note_failure("one@example.com", "")
    answer = client.post("/auth/login", json={"username": "One@Example.com", "password": "password123"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert int(answer.headers["Retry-After"]) > 3500


def test_new_accounts_from_one_address_are_limited(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRATIONS_AN_HOUR", "2")
    answers = [
        client.post(
            "/auth/register", json={"username": f"user{n}", "password": "password123", "email": "a@example.com"}
        )
        for n in range(3)
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["error"]["code"] == "TOO_MANY_ATTEMPTS"


def test_plans_have_the_contracts_limits(user: User) -> None:
    assert (plan_of("free").requests_an_hour, plan_of("paid").requests_an_hour, gate.REQUESTS_BY_KEY) == (
        100, 1000, 10_000,
    )  # fmt: skip
    assert bearer_of(user)
