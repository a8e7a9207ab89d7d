"""Accounts at platforms, the way to them, and the ledger of what was published."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now

AccountState = Literal["connected", "expired"]
PublicationState = Literal[
    "waiting_for_video",
    "scheduled",
    "pending",
    "uploading",
    "processing",
    "published",
    "failed",
    "cancelled",
    "withdrawing",
    "withdrawn",
]


class SocialAccount(SQLModel, table=True):
    """
    An owner's account at a platform.

    *sealed* is the token, sealed to this row (`studio/sealing.py`). *busy_until* keeps two processes from renewing
    one token at once: the second would find the first's refresh token used.
    """

    __tablename__ = "social_accounts"
    __table_args__ = (Index("uq_social_accounts_identity", "owner_id", "platform", "remote_id", unique=True),)

    id: str = Field(default_factory=lambda: new_id("account"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    platform: str
    remote_id: str
    name: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    scopes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "connected"
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    busy_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    renewed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def seal_name(self) -> str:
        """What the token is sealed to."""
        return f"{self.id}/{self.owner_id}/{self.platform}"


class Connection(SQLModel, table=True):
    """A way to an account that an owner has begun: found by the hash of its state, and gone once it was used."""

    __tablename__ = "social_connections"

    state_hash: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    platform: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The PKCE verifier, and the code once it is there, sealed to the state's hash."""
    redirect: str
    confirmation: str | None = Field(default=None, unique=True)
    """Hash of what their browser has to send before anything is connected; None until it came back with a code."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class QuotaUse(SQLModel, table=True):
    """
    What one publication uses of a platform's quota of one day: reserved first, settled when it is known.

    Bound to no owner: what was used stays used when they leave.
    """

    __tablename__ = "quota_uses"
    __table_args__ = (Index("ix_quota_uses_day", "name", "day"),)

    id: str = Field(default_factory=lambda: new_id("use"), primary_key=True)
    name: str
    day: str
    """Of the platform's own calendar, as "2026-11-30"."""
    publication_id: str
    units: int
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None while it is reserved, and for ever where its process died."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class Publication(SQLModel, table=True):
    """
    One film at one account: the row is there before the first byte, and *current_key* keeps a second one away.

    *saved* is what its publisher needs to go on, sealed to this row: upload addresses are as good as tokens.
    """

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_due", "state", "scheduled_at"),)

    id: str = Field(default_factory=lambda: new_id("pub"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    platform: str
    account_id: str | None = Field(default=None, index=True)
    """None for a folder, which needs no account."""
    video_id: str | None = Field(default=None, index=True)
    object_key: str | None = None
    """The file in the object store; None until it is made or fetched."""
    source_url: str | None = None
    """Where it is fetched from, for a film that is not ours."""
    current_key: str | None = Field(default=None, unique=True)
    """Account, platform and film of a publication that counts; None once it is gone, or failed with nothing sent."""
    post: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = "pending"
    scheduled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    run_id: str | None = Field(default=None, unique=True)
    attempt: int = 1
    """Which try this is: a retried one gets a flow run of its own."""
    saved: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sent_bytes: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    total_bytes: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    remote_id: str | None = None
    remote_url: str | None = None
    notes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    error_code: str | None = None
    error_message: str | None = None
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The platform does not want to be asked before."""
    cancel_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    restarts: int = 0
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def seal_name(self) -> str:
        """What *saved* is sealed to."""
        return f"{self.id}/{self.owner_id}/{self.account_id or ''}"

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more."""
        return self.finished_at is not None
