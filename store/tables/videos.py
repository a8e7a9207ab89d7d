"""Films, asked for and made."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Column, false, text
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class Video(SQLModel, table=True):
    """
    One film; its status is the state of the flow run *run_id*.

    *stage* and *progress* (0 to 100) are written by the tasks while they work, *host*, *pid* and
    *pid_started* say which process that is, so that an orphan can be found and ended. Once *completed_at*
    is set the film is over, and the row alone says how it ended.
    """

    __tablename__ = "videos"

    id: str = Field(default_factory=lambda: new_id("task"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", index=True)
    title: str
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'")))
    brief: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    run_id: str | None = Field(default=None, unique=True)
    stage: str = ""
    progress: int = 0
    script: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    timeline: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    footage: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """What was found for each scene, with its scores: the alternatives to what is shown."""
    rendition: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    previews: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """Keys of what can be watched while the film is rendered, the longest last; none once it is over."""
    warnings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    error_code: str | None = None
    error_message: str | None = None
    cancel_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asks_again: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Waits to go on under the run that it has: after a retry, or after its script was approved."""
    asked_again_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last retried; quotas count it from then."""
    review_key: str | None = None
    """Under which name the run asked for the script to be read."""
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its creator was content with the script."""
    webhook_url: str | None = None
    """Who is told of this film, beside the account's own addresses; in no flow parameter, for it may hold a secret."""
    announced: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    """What was told of it last: "awaiting_review" or how it ended."""
    restarts: int = 0
    """How often the run was started again after its process died."""
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)

    @property
    def ended_as(self) -> Literal["completed", "failed", "cancelled"]:
        """How a film that is over ended."""
        if self.cancel_requested_at:
            return "cancelled"
        if self.error_code:
            return "failed"
        return "completed" if self.rendition else "cancelled"

    @property
    def is_under_review(self) -> bool:
        """Whether its run waits, as far as the row knows, for the script to be read."""
        return self.review_key is not None and self.approved_at is None and self.pid is None
