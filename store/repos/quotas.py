"""Every query about what publications use of a platform's quotas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select, text

from store.tables.base import utc_now
from store.tables.social import QuotaUse
from studio.errors import OverQuota, ProviderNotReady
from studio.models.publication import Allowance

_LOCK = 0x7669_6465_6F03
"""PostgreSQL's advisory locks have numbers; this one is the quotas'."""

KEPT_FOR = timedelta(days=3)
"""Longer than a day is anywhere."""


class Quotas:
    """What was reserved and used. It serves workers, who act for everyone: a quota is shared by all owners."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def used(self, name: str, *, day: str) -> int:
        """Units of that day which are used or reserved."""
        total = select(func.coalesce(func.sum(col(QuotaUse.units)), 0))
        return int(self._session.exec(total.where(QuotaUse.name == name, QuotaUse.day == day)).one())

    def reserve(self, wanted: Allowance, *, use_id: str, publication_id: str) -> None:
        """
        Set *wanted* aside under *use_id*, once.

        Raises:
            OverQuota: it does not fit into the day any more.
            ProviderNotReady: it would fit into no day.
        """
        self._lock()
        if self._session.get(QuotaUse, use_id):
            return
        if wanted.units > wanted.most:
            message = f"{wanted.setting} is {wanted.most}, and this film needs {wanted.units}; 0 does not count"
            raise ProviderNotReady("publish", wanted.platform, message)
        used = self.used(wanted.name, day=wanted.day)
        if used + wanted.units > wanted.most:
            message = (
                f"{used} of the {wanted.most} {wanted.name} of {wanted.day} ({wanted.setting}) are used, and this "
                f"film needs {wanted.units}; nothing was sent, it is tried again when the day is over"
            )
            raise OverQuota("publish", wanted.platform, message, retry_after=wanted.ends_in_s)
        self._session.execute(delete(QuotaUse).where(col(QuotaUse.created_at) < utc_now() - KEPT_FOR))
        self._add(wanted, use_id=use_id, publication_id=publication_id)

    def settle(self, used: Allowance, *, use_ids: Sequence[str], use_id: str, publication_id: str) -> None:
        """*used* instead of what was reserved under *use_ids*, or under a new *use_id* where nothing was."""
        reserved = self._session.exec(select(QuotaUse).where(col(QuotaUse.id).in_(list(use_ids)))).all()
        left = used.units
        for number, row in enumerate(reserved):
            row.units, row.settled_at = (left if number == 0 else 0), utc_now()
            self._session.add(row)
            left = 0
        if left and not self._session.get(QuotaUse, use_id):
            self._add(used, use_id=use_id, publication_id=publication_id).settled_at = utc_now()

    def _add(self, allowance: Allowance, *, use_id: str, publication_id: str) -> QuotaUse:
        row = QuotaUse(
            id=use_id,
            name=allowance.name,
            day=allowance.day,
            publication_id=publication_id,
            units=allowance.units,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def _lock(self) -> None:
        """Let nobody else look and reserve until the transaction ends; SQLite's has that from its beginning."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
