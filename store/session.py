"""Connections: SQLite by default, PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session

from studio.settings import get_settings

BUSY_MS = 15_000
"""How long a writer of SQLite waits for another: longer than any transaction of ours by far."""


def database_url() -> str:
    """Address of the product's database, with the driver that we install."""
    settings = get_settings()
    url = settings.database_url or f"sqlite:///{settings.home / 'video-system.db'}"
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


@cache
def engine() -> Engine:
    """The process's pool of connections."""
    url = database_url()
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    get_settings().home.mkdir(parents=True, exist_ok=True)
    created = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(created, "connect", _prepare_sqlite)
    event.listen(created, "begin", _begin_at_once)
    return created


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits when the block ends well and rolls back when it does not."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session for queries only: on SQLite it waits for no writer."""
    with Session(engine().execution_options(is_reading=True), expire_on_commit=False) as session, session.begin():
        yield session


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun by us: pysqlite's own would start them too late to be serialised.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_at_once(connection: Any) -> None:
    # IMMEDIATE takes the write lock first: two readers that both decide to write cannot deadlock.
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
