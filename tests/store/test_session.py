"""Many at once: nothing is lost, nobody is turned away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from store.repos.users import Users
from store.session import engine, reading, transaction
from store.tables.users import User


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
