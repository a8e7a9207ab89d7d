"""Connections: SQLite by default, PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from studio.errors import VideoSystemError
from studio.settings import get_settings

BUSY_MS = 15_000
"""How long a writer of SQLite waits for another: longer than any transaction of ours by far."""

CONNECT_S = 5
"""How long a connection to PostgreSQL may take: whoever asks is better told soon that it is away."""

IDLE_S = 2.0
"""After this long a connection may have died unnoticed."""

CONNECTIONS = 20
"""
That one process keeps; PostgreSQL has a hundred unless told otherwise. Those beyond what the pool keeps would be opened
and closed for every request.
"""

_SQLITES_OWN = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}


class DatabaseAway(VideoSystemError):
    """The database does not answer, or was busy for too long; the same again may work in a while."""

    code = "BUSY"
    retryable = True


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
        created = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=CONNECT_S,
            connect_args={"connect_timeout": CONNECT_S},
        )
        event.listen(created, "checkin", _note_use)
        event.listen(created, "checkout", _try_out)
        return created
    get_settings().home.mkdir(parents=True, exist_ok=True)
    created = create_engine(
        url, pool_size=CONNECTIONS, pool_timeout=BUSY_MS / 1000, connect_args={"timeout": BUSY_MS / 1000}
    )
    event.listen(created, "connect", _prepare_sqlite)
    event.listen(created, "begin", _begin_at_once)
    return created


@contextmanager
def transaction() -> Iterator[Session]:
    """
    A session that commits when the block ends well and rolls back when it does not.

    Raises:
        DatabaseAway: nothing was written, unless the connection was lost in the very commit.
    """
    with _told_apart(), Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """
    A session for queries only: on SQLite it waits for no writer.

    Raises:
        DatabaseAway: it does not answer.
    """
    with _told_apart(), Session(_reader(engine()), expire_on_commit=False) as session, session.begin():
        yield session


@lru_cache(maxsize=4)
def _reader(writer: Engine) -> Engine:
    """PostgreSQL's queries need no transaction around them: that is half of what a small one costs."""
    if writer.dialect.name == "sqlite":
        return writer.execution_options(is_reading=True)
    return writer.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _told_apart() -> Iterator[None]:
    """What is the database's fault and passes is another error than what is ours."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if _is_outage(error):
            raise DatabaseAway("the database does not answer") from error
        raise


def _is_outage(error: Exception) -> bool:
    """Whether it is the database that fails; SQLite says "operational" of mistakes in statements too."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SQLITES_OWN
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _try_out(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that was idle is tried before it is used again; of one in constant use we would know."""
    if time.monotonic() - record.info.get("used_at", math.inf) < IDLE_S:
        return
    dialect = engine().dialect
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


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
