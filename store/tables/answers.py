"""Answers to requests that carried an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, utc_now


class KeptAnswer(SQLModel, table=True):
    """What the first request with *key* was answered; the same key with another *fingerprint* is a mistake."""

    __tablename__ = "kept_answers"

    owner_id: str = Field(foreign_key="users.id", primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
