"""Many at once: nothing is lost, nobody is turned away."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.repos.users import Users
from store.session import DatabaseAway, engine, reading, transaction
from store.tables.users import User
from studio.settings import get_settings


def test_eight_writers_at_once_lose_no_change(owner: User) -> None:
    def count(_: int) -> None:
        for _ in range(25):
            with transaction() as session:
                user = Users(session).get(owner.id)
                assert user
                # Read and written in two statements: only the lock at the beginning keeps this right on SQLite.
                if engine().dialect.name == "sqlite":
                    user.token_epoch += 1
                else:
                    user.token_epoch = User.token_epoch + 1  # type: ignore[assignment]
                session.add(user)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    with reading() as session:
        found = Users(session).get(owner.id)

    assert found
    assert found.token_epoch == 200


def test_a_reader_does_not_wait_for_a_writer(owner: User) -> None:
    with transaction() as writing:
        writing.add(User(username="new", email="a@example.com", password_hash="!"))
        writing.flush()
        with reading() as session:
            assert Users(session).by_name("new") is None

    with reading() as session:
        assert Users(session).by_name("new") is not None


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 15_000), ("synchronous", 1)]
)
def test_sqlite_is_set_up_to_be_shared(fresh_home: Path, pragma: str, value: object) -> None:
    with reading() as session:
        found = session.connection().execute(text(f"PRAGMA {pragma}")).scalar_one()

    assert found == value


def test_a_database_that_is_away_is_told_apart_from_our_own_mistakes(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    get_settings.cache_clear()
    engine.cache_clear()
    with pytest.raises(DatabaseAway, match="does not answer"), reading() as session:
        session.connection()


def test_a_connection_that_is_lost_in_the_middle_is_the_databases_fault(migrated: str) -> None:
    if migrated == "sqlite":
        pytest.skip("SQLite has no connection to lose")
    with pytest.raises(DatabaseAway), transaction() as session:
        session.connection().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with reading() as session:
        assert session.connection().execute(text("SELECT 1")).scalar_one() == 1


def test_a_database_that_somebody_else_holds_is_away(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.session.BUSY_MS", 50)
    with reading() as session:
        session.connection()
    with closing(sqlite3.connect(fresh_home / "video-system.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseAway), transaction() as session:
            session.connection()


def test_a_mistake_in_a_statement_is_ours(migrated: str) -> None:
    with pytest.raises(DBAPIError), transaction() as session:
        session.connection().execute(text("SELECT * FROM no_such_table"))


def test_a_value_that_is_there_already_is_not_the_databases_fault(owner: User) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        Users(session).add(User(username=owner.username, email="a@example.com", password_hash="!"))
