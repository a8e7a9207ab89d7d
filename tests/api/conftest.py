"""The API in process: a database of its own for each test, and Prefect replaced at its door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import notices, runs, security
from api.app import create_app
from api.callers import callers
from api.limits import limiter
from api.prefectclient import PrefectUnavailable
from api.runstates import Run, Status
from store.repos.tokens import RefreshTokens
from store.repos.users import NO_PASSWORD, Users
from store.session import transaction
from store.tables.base import new_id, utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.plan import all_plans
from tests.store.conftest import database  # noqa: F401  (a fixture)
from tests.support.migrated import take_migrated


@pytest.fixture
def home(fresh_home: Path) -> Path:
    """A VIDEO_SYSTEM_HOME with a migrated database."""
    take_migrated(fresh_home)
    return fresh_home


@dataclass
class FakePrefect:
    """What `api.runs` asks of Prefect, answered from memory."""

    is_down: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    started_again: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    reads: list[set[str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    went_on: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    errands: list[tuple[str, str]] = field(default_factory=list)

    def start(self, video: Video) -> str:
        self._answer()
        self.started.append(video.id)
        run_id = run_of(video.id)
        self.runs.setdefault(run_id, a_run(run_id, "Scheduled", "pending"))
        if video.asks_again and self.runs[run_id].status in ("failed", "cancelled", "awaiting_review"):
            self.went_on.append(video.id)
            self.runs[run_id] = a_run(run_id, "Scheduled", "pending")
            runs.states().forget(run_id)
        return run_id

    def start_errand(self, deployment: str, *, key: str, parameters: dict[str, object] | None = None) -> str:
        self._answer()
        self.errands.append((deployment, key))
        return run_of(key)

    def cancel(self, run_id: str) -> None:
        """A run with a process takes a while to end; the others are cancelled at once."""
        self._answer()
        self.cancelled.append(run_id)
        if run_id in self.runs:
            has_process = self.runs[run_id].status == "processing"
            ended: tuple[str, Status] = ("Cancelling", "processing") if has_process else ("Cancelled", "cancelled")
            self.runs[run_id] = a_run(run_id, *ended)
        runs.states().forget(run_id)

    def remove(self, run_id: str) -> None:
        self._answer()
        self.removed.append(run_id)

    def read(self, run_ids: Iterable[str]) -> dict[str, Run]:
        self.reads.append(set(run_ids))
        self._answer()
        return {run_id: self.runs[run_id] for run_id in self.reads[-1] if run_id in self.runs}

    def start_again(self, run_id: str) -> None:
        self._answer()
        self.started_again.append(run_id)

    def declare_dead(self, run: Run) -> None:
        self._answer()
        self.dead.append(run.id)

    def missing_parts(self) -> list[str]:
        return ["prefect"] if self.is_down else self.missing

    def _answer(self) -> None:
        if self.is_down:
            raise PrefectUnavailable


def run_of(video_id: str) -> str:
    """The id that the fake gives a film's run, the same however often it is asked."""
    return str(uuid5(NAMESPACE_URL, video_id))


def a_run(run_id: str, state: str, status: Status, *, age_s: float = 0.0) -> Run:
    """A run that has been in *state* for *age_s* seconds."""
    return Run(id=run_id, status=status, state=state, since=datetime.now(UTC) - timedelta(seconds=age_s), run_count=1)


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePrefect]:
    fake = FakePrefect()
    notices.forget_asked()
    for name in ("start", "start_errand", "read", "start_again", "declare_dead", "missing_parts", "cancel", "remove"):
        monkeypatch.setattr(runs, name, getattr(fake, name))
    memories = (runs.states, callers, limiter)
    for memory in memories:
        memory.cache_clear()
    yield fake
    for memory in memories:
        memory.cache_clear()


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets PLANS."""

    def change(text: str) -> None:
        monkeypatch.setenv("PLANS", text)
        all_plans.cache_clear()

    yield change
    monkeypatch.undo()
    all_plans.cache_clear()


@pytest.fixture
def client(home: Path, prefect: FakePrefect) -> TestClient:
    """The application without its background thread; exceptions become answers, as they do for callers."""
    return TestClient(the_app(), raise_server_exceptions=False)


@cache
def the_app() -> FastAPI:
    """One for all tests, for it remembers nothing of them: the first request to each costs an eighth of a second."""
    return create_app()


@pytest.fixture
def document() -> dict[str, Any]:
    """The application's OpenAPI document, which all tests share."""
    return the_app().openapi()


@pytest.fixture
def account(home: Path) -> Callable[[str], User]:
    """Makes accounts without the cost of a password."""

    def make(username: str) -> User:
        with transaction() as session:
            return Users(session).add(User(username=username, email="a@example.com", password_hash=NO_PASSWORD))

    return make


@pytest.fixture
def user(account: Callable[[str], User]) -> User:
    return account("someone@example.com")


@pytest.fixture
def bearer(user: User) -> dict[str, str]:
    """Headers of a request by *user*."""
    return bearer_of(user)


def bearer_of(user: User) -> dict[str, str]:
    """Headers of a request after a login of *user*."""
    with transaction() as session:
        family = RefreshTokens(session).add(user_id=user.id, token_hash=new_id("hash")).family
    return {"Authorization": f"Bearer {security.access_token(user, family=family)}"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the time that refresh tokens go by."""

    def advance(seconds: float) -> None:
        monkeypatch.setattr("store.repos.tokens.utc_now", lambda: utc_now() + timedelta(seconds=seconds))

    return advance
