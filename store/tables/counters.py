"""Counts that all processes share."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime


class Counter(SQLModel, table=True):
    """How often something happened since its window began; over when *expires_at* has passed."""

    __tablename__ = "counters"

    key: str = Field(primary_key=True)
    count: int
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
