"""Run migrations on the product's database."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import store.tables  # noqa: F401  (registers every table)
from store.session import engine
from store.tables.base import UtcDateTime


def _written(kind: str, column: Any, _context: Any) -> str | Literal[False]:
    """Our own column types under their plain names."""
    if kind == "type" and isinstance(column, UtcDateTime):
        return "UtcDateTime()"
    return "sa.String()" if kind == "type" and isinstance(column, AutoString) else False


def run() -> None:
    """Apply to the open connection; batch mode because SQLite cannot alter a column."""
    with engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=_written,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
