"""Accounts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now

OPERATOR = "operator"
"""The account that films started outside the API belong to: the command line and the Prefect UI."""


class User(SQLModel, table=True):
    """Somebody who owns films."""

    __tablename__ = "users"

    id: str = Field(default_factory=lambda: new_id("user"), primary_key=True)
    username: str = Field(unique=True)
    email: str
    password_hash: str
    plan: str = "free"
    name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What the account is called by people."""
    language: str = "zh-TW"
    token_epoch: int = 0
    """Raised at logout and password change: access tokens of an earlier epoch are dead."""
    webhook_secret_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Which secret signs what goes to addresses that come with films."""
    webhook_previous_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
