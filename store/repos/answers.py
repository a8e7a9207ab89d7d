"""Every query about answers kept for repeated requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select, update

from store.tables.answers import KeptAnswer
from store.tables.base import utc_now

KEPT_FOR = timedelta(hours=24)
"""A program that repeats a request after longer than this means a new one."""


class KeptAnswers:
    """Answers of one owner by the key that the client chose."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def claim(self, key: str, *, fingerprint: str) -> KeptAnswer | None:
        """
        Take *key* for the request that is being done, or return what it was used for before.

        The claim is part of the caller's transaction: a request with the same key waits for its end, and
        finds either the answer or nothing.
        """
        insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(KeptAnswer)
        values = {
            "owner_id": self._owner_id,
            "key": key,
            "fingerprint": fingerprint,
            "data": {},
            "created_at": utc_now(),
        }
        self.prune()
        claimed = self._session.execute(insert.values(values).on_conflict_do_nothing().returning(col(KeptAnswer.key)))
        if claimed.first() is not None:
            return None
        return self._session.exec(
            select(KeptAnswer).where(KeptAnswer.owner_id == self._owner_id, KeptAnswer.key == key)
        ).one()

    def keep(self, key: str, data: dict[str, Any]) -> None:
        """Remember the answer for whoever asks with *key* again."""
        self._session.exec(
            update(KeptAnswer)
            .where(col(KeptAnswer.owner_id) == self._owner_id, col(KeptAnswer.key) == key)
            .values(data=data)
        )

    def prune(self) -> None:
        """Forget this owner's answers that are too old to be asked for."""
        self._session.execute(
            delete(KeptAnswer).where(
                col(KeptAnswer.owner_id) == self._owner_id, col(KeptAnswer.created_at) < utc_now() - KEPT_FOR
            )
        )
