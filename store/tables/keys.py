"""API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class ApiKey(SQLModel, table=True):
    """
    A key that stands for its owner in programs.

    Only hashes are kept. After a rotation the key before it goes on until *previous_expires_at*, so that
    running programs can be changed over.
    """

    __tablename__ = "api_keys"

    id: str = Field(default_factory=lambda: new_id("key"), primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    name: str
    prefix: str
    """Its first characters, for people to tell keys apart."""
    key_hash: str = Field(unique=True)
    previous_hash: str | None = Field(default=None, unique=True)
    previous_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
