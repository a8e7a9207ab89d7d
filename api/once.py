"""A request that carries an Idempotency-Key is done once, however often it arrives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from api.errors import IdempotencyKeyReused
from store.repos.answers import KeptAnswers

REPLAYED = "Idempotent-Replayed"
"""Header of an answer that was given before."""


@dataclass
class Once:
    """
    One request that makes something; *is_replay* once it turns out to have been done.

    `claim` and `keep` belong into the transaction that does the work: then either both are remembered or
    neither, and a request that comes while the first is being done waits for it.
    """

    key: str | None
    fingerprint: str
    is_replay: bool = False

    def claim(self, session: Session, *, owner_id: str) -> dict[str, Any] | None:
        """
        What this request was answered before, or None: then do it.

        Raises:
            IdempotencyKeyReused: the key came with another request.
        """
        if self.key is None:
            return None
        kept = KeptAnswers(session, owner_id=owner_id).claim(self.key, fingerprint=self.fingerprint)
        if kept is None:
            return None
        if kept.fingerprint != self.fingerprint:
            raise IdempotencyKeyReused
        self.is_replay = True
        return dict(kept.data)

    def keep(self, session: Session, *, owner_id: str, data: dict[str, Any]) -> None:
        """Remember the answer."""
        if self.key is not None:
            KeptAnswers(session, owner_id=owner_id).keep(self.key, data)

    @property
    def headers(self) -> dict[str, str]:
        """What to add to the answer."""
        return {REPLAYED: "true"} if self.is_replay else {}


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    """Two requests with the same fingerprint ask for the same."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()
