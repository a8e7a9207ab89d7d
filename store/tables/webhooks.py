"""Who wants to be told, and what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class WebhookEndpoint(SQLModel, table=True):
    """
    An address of an account's own server.

    Its secret is made from its id and *secret_version*: no table holds one. After a rotation messages carry
    the signature of the secret before it too, until *previous_until*.
    """

    __tablename__ = "webhook_endpoints"

    id: str = Field(default_factory=lambda: new_id("hook"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", index=True)
    url: str
    description: str = ""
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    secret_version: int = 1
    previous_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first failure after the last success was."""
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_reason: str = ""


class WebhookDelivery(SQLModel, table=True):
    """
    One message to one address; its id is the message's `webhook-id` in every attempt.

    While *next_attempt_at* is set it is not over. Whoever sends it moves that time ahead first, so that nobody
    else sends it meanwhile, and somebody does should the sender die.
    """

    __tablename__ = "webhook_deliveries"

    id: str = Field(default_factory=lambda: new_id("msg"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", index=True)
    endpoint_id: str | None = Field(default=None, index=True)
    """None for the address that came with the film."""
    url: str
    event: str
    video_id: str | None = Field(default=None, index=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The message's `data`."""
    attempts: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    failures: int = 0
    """Since it was last asked for."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def status(self) -> Literal["pending", "delivered", "failed"]:
        """Whether it is over, and how."""
        if self.delivered_at:
            return "delivered"
        return "pending" if self.next_attempt_at else "failed"
