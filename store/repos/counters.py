"""Every query about shared counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from store.tables.base import utc_now
from store.tables.counters import Counter


class Counters:
    """Counts by name, each in a window of its own length that begins with the first count."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: str, amount: int, *, window_s: float) -> tuple[int, datetime]:
        """
        Count *amount* more, in one statement, so that no process's count is lost.

        Returns:
            The count with it, and when the window ends.
        """
        now = utc_now()
        ends = now + timedelta(seconds=window_s)
        insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(Counter)
        is_over = col(Counter.expires_at) <= now
        statement = insert.values(key=key, count=amount, expires_at=ends).on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((is_over, amount), else_=col(Counter.count) + amount),
                "expires_at": case((is_over, ends), else_=col(Counter.expires_at)),
            },
        )
        row = self._session.execute(statement.returning(col(Counter.count), col(Counter.expires_at))).one()
        return int(row[0]), row[1]

    def get(self, key: str) -> tuple[int, datetime | None]:
        """The count now, and when its window ends; 0 and None where nothing was counted."""
        found = self._session.exec(
            select(Counter).where(Counter.key == key, col(Counter.expires_at) > utc_now())
        ).first()
        return (found.count, found.expires_at) if found else (0, None)

    def forget(self, key: str) -> None:
        """Begin anew."""
        self._session.execute(delete(Counter).where(col(Counter.key) == key))

    def prune(self) -> None:
        """Remove windows that are over."""
        self._session.execute(delete(Counter).where(col(Counter.expires_at) <= utc_now()))
