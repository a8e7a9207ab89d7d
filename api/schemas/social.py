"""Bodies of `/social`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas.base import Action
from api.schemas.targets import AccountId, Options, PostTitle
from api.schemas.text import Line, Moment, Tags
from store.tables.social import Publication, SocialAccount
from studio.models.brief import Text
from studio.models.publication import Limits, Target, Visibility

PublicationStatus = Literal[
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


class Content(Action):
    """What is published; *video_url* is one of ours or a public address, and may be left out with `video_id`."""

    title: PostTitle
    description: Text = ""
    tags: Tags = ()
    video_url: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None


class PublishVideo(Action):
    """
    A film for a platform.

    *account_id* may be left out where one account is connected. *scheduled_at* is when it is sent. *visibility* is
    private where the platform has that, unless given. *options* are the platform's own: `GET /social/platforms`.
    """

    platform: Target
    content: Content
    account_id: AccountId | None = None
    video_id: Annotated[Line, Field(max_length=100)] | None = None
    scheduled_at: Moment | None = None
    visibility: Visibility | None = None
    options: Options = Field(default_factory=dict)


class PublishAccepted(BaseModel):
    """A publication that will be made."""

    publish_id: str
    status: PublicationStatus
    platform: Target


class Reschedule(Action):
    """Another time for a publication that was not begun."""

    scheduled_at: Moment


class PublicationShown(BaseModel):
    """A line of the ledger; *url* is where the film is at the platform, *bytes_sent* what that has confirmed."""

    id: str
    platform: Target
    status: PublicationStatus
    account_id: str | None
    video_id: str | None
    title: str
    visibility: Visibility
    scheduled_at: datetime | None
    retry_at: datetime | None
    attempt: int
    bytes_sent: int
    bytes_total: int
    remote_id: str | None
    url: str | None
    notes: list[str]
    error: dict[str, str] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Publication) -> PublicationShown:
        """What is shown of a row: what its publisher has written down stays sealed."""
        same = {"id", "platform", "account_id", "video_id", "scheduled_at", "retry_at", "attempt", "remote_id", "notes"}
        error = {"code": row.error_code, "message": row.error_message or ""} if row.error_code else None
        return cls(
            status=row.state,
            title=row.post.get("title", ""),
            visibility=row.post.get("visibility", "private"),
            bytes_sent=row.sent_bytes,
            bytes_total=row.total_bytes,
            url=row.remote_url,
            error=error,
            **row.model_dump(include=same | {"created_at", "started_at", "finished_at"}),
        )


class AccountShown(BaseModel):
    """An account at a platform; `expired` ones have to be connected again."""

    id: str
    platform: Target
    remote_id: str
    name: str
    status: Literal["connected", "expired"]
    scopes: list[str]
    created_at: datetime
    renewed_at: datetime

    @classmethod
    def of(cls, row: SocialAccount) -> AccountShown:
        """What is shown of a row: never the token."""
        return cls(
            status=row.state,
            **row.model_dump(include={"id", "platform", "remote_id", "name", "scopes", "created_at", "renewed_at"}),
        )


class AccountList(BaseModel):
    """The connected accounts."""

    items: list[AccountShown]


class Connecting(BaseModel):
    """Open *authorize_url* in a browser until *expires_at*; the page that it ends at says what came of it."""

    authorize_url: str
    expires_at: datetime


class PlatformShown(BaseModel):
    """
    A platform and what it takes; *reason* says what the operator has to set where it is not ready.

    In *limits* lengths are in seconds, sides in pixels, ratios width to height; null is no limit. *options* is the JSON
    schema of a publication's `options`.
    """

    platform: Target
    is_ready: bool
    reason: str
    needs_account: bool
    accounts: int
    limits: Limits
    options: dict[str, Any]


class PlatformList(BaseModel):
    """All platforms."""

    items: list[PlatformShown]
