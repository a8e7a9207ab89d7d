"""Refresh tokens, each used once."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class RefreshToken(SQLModel, table=True):
    """
    One link of a chain of refresh tokens that began with a login.

    Only the hash is kept. A token that comes back after it was used shows that somebody copied it: its
    whole *family* dies.
    """

    __tablename__ = "refresh_tokens"

    id: str = Field(default_factory=lambda: new_id("refresh"), primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    family: str = Field(index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    family_expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
