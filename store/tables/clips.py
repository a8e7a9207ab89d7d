"""Which found pictures and clips an owner's films have shown already."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, utc_now


class ClipUse(SQLModel, table=True):
    """A picture or clip of a source in a film of an owner."""

    __tablename__ = "clip_uses"

    video_id: str = Field(primary_key=True)
    clip: str = Field(primary_key=True)
    """As "source/id"."""
    owner_id: str = Field(index=True)
    used_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
