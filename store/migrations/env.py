"""Run migrations on the product's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import store.tables  # noqa: F401  (registers every table)
from store.session import engine
from store.tables.base import UtcDateTime

LOCK = 7_083_019_445_112_837
"""Any number that nobody else locks in this database."""


def _written(kind: str, column: Any, _context: Any) -> str | Literal[False]:
    """Our own column types under their plain names."""
    if kind == "type" and isinstance(column, UtcDateTime):
        return "UtcDateTime()"
    return "sa.String()" if kind == "type" and isinstance(column, AutoString) else False


def run() -> None:
    """Apply to the open connection; batch mode because SQLite cannot alter a column."""
    with engine().connect() as connection, _without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=_written,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Whoever comes second waits and finds nothing to do; SQLite's first statement locks by itself.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()
        connection.commit()


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: others that point to its rows must not hold it up meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    # Before the transaction: within one the switch does nothing.
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


run()
