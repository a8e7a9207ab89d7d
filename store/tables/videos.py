"""Films, asked for and made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now


class Video(SQLModel, table=True):
    """
    One film; its status is the state of the flow run *run_id*.

    *stage* and *progress* (0 to 100) are written by the tasks while they work, *host*, *pid* and
    *pid_started* say which process that is, so that an orphan can be found and ended.
    """

    __tablename__ = "videos"

    id: str = Field(default_factory=lambda: new_id("task"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", index=True)
    title: str
    brief: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    run_id: str | None = Field(default=None, unique=True)
    stage: str = ""
    progress: int = 0
    script: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    timeline: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    rendition: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    warnings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    error_code: str | None = None
    error_message: str | None = None
    cancel_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    restarts: int = 0
    """How often the run was started again after its process died."""
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
