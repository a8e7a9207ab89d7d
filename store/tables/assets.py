"""Files that an account brought along."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class StoredAsset(SQLModel, table=True):
    """
    A picture, clip or sound in the object store that belongs to an account.

    Equal files of two accounts are one object with two rows; it goes with the last of them.
    """

    __tablename__ = "assets"

    id: str = Field(default_factory=lambda: new_id("asset"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", index=True)
    key: str = Field(index=True)
    filename: str
    kind: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    width: int = 0
    height: int = 0
    duration: float = 0.0
    source_url: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
