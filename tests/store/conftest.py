"""The same tests on both engines: SQLite in a folder of its own, PostgreSQL in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

from store.repos.users import NO_PASSWORD, Users
from store.session import engine, transaction
from store.tables.base import new_id
from store.tables.users import User
from studio.settings import get_settings
from tests.store.postgres import server
from tests.support.migrated import migrate_aside, take_migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database of each kind, or one in its newest shape for who asks for *migrated*; the value is the kind."""
    is_migrated = "migrated" in request.fixturenames
    if request.param == "sqlite":
        if is_migrated:
            take_migrated(fresh_home)
        yield "sqlite"
        return
    name = _create_database("TEMPLATE " + _migrated_database() if is_migrated else "")
    monkeypatch.setenv("DATABASE_URL", server().get_uri(name))
    get_settings.cache_clear()
    yield "postgresql"
    engine().dispose()
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def migrated(database: str) -> str:
    """A database in its newest shape: a copy, for migrating takes longer than most tests."""
    return database


@cache
def _migrated_database() -> str:
    name = _create_database()
    migrate_aside(DATABASE_URL=server().get_uri(name))
    return name


def _create_database(how: str = "") -> str:
    name = new_id("test")
    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}")  # type: ignore[call-overload]
        # Not UTC, as most servers are not.
        connection.execute(f"ALTER DATABASE {name} SET timezone TO 'Asia/Taipei'")  # type: ignore[call-overload]
    return name


@pytest.fixture
def owner(migrated: str) -> User:
    return add_user("owner@example.com")


@pytest.fixture
def stranger(migrated: str) -> User:
    return add_user("stranger@example.com")


def add_user(username: str) -> User:
    with transaction() as session:
        return Users(session).add(User(username=username, email="a@example.com", password_hash=NO_PASSWORD))
