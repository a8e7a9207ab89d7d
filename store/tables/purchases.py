"""Calls to providers: what was asked, what it used and cost, and the answer that is not bought twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now

PurchaseState = Literal["reserved", "settled", "failed", "lost"]


class Purchase(SQLModel, table=True):
    """
    One call, written before it is made.

    *state* goes from "reserved" to "settled" or "failed"; "lost" when the process that made it died and nobody
    knows whether it was paid. Money is in millionths of a US dollar: *cost* is what it may cost until it is
    settled and what it cost afterwards, None where no price is known. Rows outlive films and accounts.
    """

    __tablename__ = "purchases"

    id: str = Field(default_factory=lambda: new_id("call"), primary_key=True)
    key: str = Field(index=True)
    current_key: str | None = Field(default=None, unique=True)
    """The key while this row is the one that counts for it: a call in the making, or an answer that is kept."""
    role: str
    provider: str
    model: str
    owner_id: str | None = Field(default=None, index=True)
    video_id: str | None = Field(default=None, index=True)
    state: str = "reserved"
    units: dict[str, float] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    cost: int | None = Field(default=None, sa_column=Column(BigInteger))
    answer: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    error_code: str | None = None
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then whoever wants the same waits for it."""
    fresh_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """From then on the answer is asked for again; None keeps it for good."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Breaker(SQLModel, table=True):
    """How often in a row a provider failed, over all processes, and until when it is left alone."""

    __tablename__ = "breakers"

    provider: str = Field(primary_key=True)
    """As "role/name"."""
    failures: int = 0
    open_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
