"""Every query about refresh tokens."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from sqlmodel import Session, col, select, update

from store.tables.base import new_id, utc_now
from store.tables.tokens import RefreshToken

FAMILY_LIFE = timedelta(days=30)
"""After this long a user logs in again, however often the tokens were refreshed."""

GRACE = timedelta(seconds=10)
"""A double click or a lost answer sends a used token once more; within this time it is no theft."""


class Spent(Enum):
    """What became of a token that was handed in."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    JUST_ROTATED = "just rotated"
    REUSED = "reused"


class RefreshTokens:
    """Tokens by the hash of what the client holds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, *, user_id: str, token_hash: str, after: RefreshToken | None = None) -> RefreshToken:
        """A new token: the first of its family, or the one *after* another."""
        token = RefreshToken(
            user_id=user_id,
            token_hash=token_hash,
            family=after.family if after else new_id("family"),
            family_expires_at=after.family_expires_at if after else utc_now() + FAMILY_LIFE,
        )
        self._session.add(token)
        return token

    def spend(self, token_hash: str) -> tuple[Spent, RefreshToken | None]:
        """Use a token; of any number of callers with the same token at once, one is accepted."""
        now = utc_now()
        used = self._session.exec(
            update(RefreshToken)
            .where(
                col(RefreshToken.token_hash) == token_hash,
                col(RefreshToken.used_at).is_(None),
                col(RefreshToken.revoked_at).is_(None),
                col(RefreshToken.family_expires_at) > now,
            )
            .values(used_at=now)
        )
        token = self._session.exec(select(RefreshToken).where(RefreshToken.token_hash == token_hash)).first()
        if token is None or token.revoked_at or token.family_expires_at <= now:
            return Spent.UNKNOWN, None
        if used.rowcount == 1:
            return Spent.ACCEPTED, token
        is_recent = token.used_at is not None and now - token.used_at <= GRACE
        return (Spent.JUST_ROTATED if is_recent else Spent.REUSED), token

    def is_alive(self, family: str) -> bool:
        """Whether the login that *family* began with was not ended."""
        alive = select(RefreshToken.id).where(RefreshToken.family == family, col(RefreshToken.revoked_at).is_(None))
        return self._session.exec(alive.limit(1)).first() is not None

    def revoke_all(self, user_id: str) -> None:
        """Every login of the account is over."""
        self._session.exec(
            update(RefreshToken).where(col(RefreshToken.user_id) == user_id).values(revoked_at=utc_now())
        )

    def revoke_family(self, family: str) -> None:
        """Every token of the chain is dead."""
        self._session.exec(update(RefreshToken).where(col(RefreshToken.family) == family).values(revoked_at=utc_now()))
