"""What the service answers about films before the public."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from video_system._models import Result, not_sent
from video_system._shapes import PlatformLimits


@dataclass(frozen=True)
class PublishAccepted(Result):
    """A publication that will be made."""

    publish_id: str
    status: str
    platform: str


@dataclass(frozen=True)
class Publication(Result):
    """A line of the ledger; *url* is where the film is at the platform."""

    id: str
    platform: str
    status: str
    title: str = ""
    visibility: str = ""
    account_id: str | None = None
    video_id: str | None = None
    scheduled_at: str | None = None
    bytes_sent: int = 0
    bytes_total: int = 0
    url: str | None = None
    notes: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    retry_at: str | None = None
    attempt: int = 0
    remote_id: str | None = None
    created_at: str = ""
    started_at: str | None = None
    finished_at: str | None = None


@dataclass(frozen=True)
class SocialAccount(Result):
    """An account at a platform."""

    id: str
    platform: str
    name: str = ""
    status: str = ""
    remote_id: str = ""
    scopes: list[str] = field(default_factory=list)
    created_at: str = ""
    renewed_at: str = ""


@dataclass(frozen=True)
class Connecting(Result):
    """Open *authorize_url* in a browser."""

    authorize_url: str
    expires_at: str


@dataclass(frozen=True)
class PlatformInfo(Result):
    """A platform and what it takes; *reason* says what is missing where it is not ready."""

    platform: str
    is_ready: bool
    reason: str = ""
    needs_account: bool = False
    accounts: int = 0
    limits: PlatformLimits = field(default_factory=not_sent)
    options: dict[str, Any] = field(default_factory=dict)
    """The JSON schema of a publication's *options*."""
