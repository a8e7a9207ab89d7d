"""Every query about API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import utc_now
from store.tables.keys import ApiKey

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a write for every request would be one too many."""


class ApiKeys:
    """Keys of one owner; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def _owned(self) -> SelectOfScalar[ApiKey]:
        return select(ApiKey).where(ApiKey.user_id == self._owner_id)

    def add(self, key: ApiKey) -> ApiKey:
        """A new key."""
        self._session.add(key)
        self._session.flush()
        return key

    def all(self) -> Sequence[ApiKey]:
        """Every key that was not revoked, newest first; expired ones are still shown."""
        return self._session.exec(
            self._owned().where(col(ApiKey.revoked_at).is_(None)).order_by(col(ApiKey.id).desc())
        ).all()

    def get(self, key_id: str) -> ApiKey | None:
        """The key, or None where this owner has none of that id that still works."""
        if "\x00" in key_id:
            return None
        return self._session.exec(self._owned().where(ApiKey.id == key_id, col(ApiKey.revoked_at).is_(None))).first()

    def revoke(self, key: ApiKey) -> None:
        """The key is dead, and so is the one before it."""
        key.revoked_at = utc_now()
        self._session.add(key)

    def rotate(self, key: ApiKey, *, prefix: str, key_hash: str, overlap: timedelta) -> None:
        """Put a new secret in the place of the old one, which goes on for *overlap*."""
        key.previous_hash = key.key_hash if overlap else None
        key.previous_expires_at = utc_now() + overlap if overlap else None
        key.prefix, key.key_hash = prefix, key_hash
        self._session.add(key)


def find_key(session: Session, key_hash: str) -> ApiKey | None:
    """The key of that hash if it works at this moment; the hash is what proves whose it is."""
    now = utc_now()
    key = session.exec(
        select(ApiKey).where(
            or_(col(ApiKey.key_hash) == key_hash, col(ApiKey.previous_hash) == key_hash),
            col(ApiKey.revoked_at).is_(None),
        )
    ).first()
    if key is None or _is_over(key.expires_at, now):
        return None
    return None if key.key_hash != key_hash and _is_over(key.previous_expires_at, now) else key


def is_use_worth_noting(key: ApiKey) -> bool:
    """Whether the key's last use was noted long enough ago."""
    return key.last_used_at is None or key.last_used_at < utc_now() - USED_EVERY


def note_use(session: Session, key_id: str) -> None:
    """Remember that the key was used."""
    session.exec(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=utc_now()))


def _is_over(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
