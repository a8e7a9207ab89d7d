"""What is remembered of films that are gone."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime


class RemovedFilm(SQLModel, table=True):
    """That there was a film: removing it gives back neither its place in the day nor its seconds in the month."""

    __tablename__ = "removed_films"

    id: str = Field(primary_key=True)
    """The film's own."""
    owner_id: str = Field(index=True)
    asked_at: datetime = Field(index=True, sa_type=UtcDateTime)
    """When it was asked for, or for the last time retried."""
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seconds: float = 0.0
    """Length of what was made; 0 where nothing was."""
