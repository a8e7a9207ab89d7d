"""Trends: scans, what each source said in them, and a figure a day of every keyword."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from store.tables.base import UtcDateTime, new_id, utc_now

ScanState = Literal["waiting", "running", "complete", "partial", "failed"]


class TrendScan(SQLModel, table=True):
    """
    One look at what is hot on a platform in a region.

    Nothing of a scan but this row is written before it is over: then all of it is, at once. *host*, *pid* and
    *pid_started* say which process looks. *slot* is what makes two scans the same.
    """

    __tablename__ = "trend_scans"
    __table_args__ = (Index("ix_trend_scans_place", "platform", "region", "finished_at"),)

    id: str = Field(default_factory=lambda: new_id("scan"), primary_key=True)
    platform: str
    region: str
    language: str
    state: str = "waiting"
    run_id: str | None = Field(default=None, unique=True)
    slot: str | None = Field(default=None, unique=True)
    keywords: int = 0
    """How many were seen."""
    reason: str = ""
    """Why it failed, or what is missing."""
    picture: str = ""
    """Object key of its sparklines."""
    restarts: int = 0
    host: str | None = None
    pid: int | None = None
    pid_started: float | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrendReading(SQLModel, table=True):
    """What one source said in a scan, or why it said nothing: a failure is not a zero."""

    __tablename__ = "trend_readings"

    scan_id: str = Field(primary_key=True, foreign_key="trend_scans.id", ondelete="CASCADE")
    source: str = Field(primary_key=True)
    state: str
    reason: str = ""
    keywords: int = 0
    took_ms: int = 0
    observed_at: datetime = Field(sa_type=UtcDateTime)


class TrendKeyword(SQLModel, table=True):
    """A keyword under the one form that all its spellings have."""

    __tablename__ = "trend_keywords"

    id: int | None = Field(default=None, primary_key=True)
    norm: str = Field(unique=True)
    display: str
    """As it was written when it was first seen."""
    language: str = ""


class TrendSeries(SQLModel, table=True):
    """
    Figures that may be compared with one another: of one source, region, platform and unit.

    *platform* is empty where the source only stands for platforms: its figures are the same for all of them then.
    """

    __tablename__ = "trend_series"
    __table_args__ = (Index("uq_trend_series_identity", "source", "region", "platform", "unit", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    region: str
    platform: str = ""
    unit: str
    kind: str


class TrendObservation(SQLModel, table=True):
    """A keyword's figure of a day. The order of the key is that of the questions: a series over some days."""

    __tablename__ = "trend_observations"
    # SQLite keeps the rows in the order of the key then, instead of both rows and key.
    __table_args__ = ({"sqlite_with_rowid": False},)

    series_id: int = Field(primary_key=True, foreign_key="trend_series.id")
    day: date = Field(primary_key=True)
    keyword_id: int = Field(primary_key=True, foreign_key="trend_keywords.id", index=True)
    value: float


class TrendDay(SQLModel, table=True):
    """A day on which a series was asked and answered: what is not in its list then was not hot, on other days unknown."""

    __tablename__ = "trend_days"

    series_id: int = Field(primary_key=True, foreign_key="trend_series.id")
    day: date = Field(primary_key=True)


class TrendRank(SQLModel, table=True):
    """A finished row of `GET /trends/hot`, worked out when the scan ended."""

    __tablename__ = "trend_ranks"

    scan_id: str = Field(primary_key=True, foreign_key="trend_scans.id", ondelete="CASCADE")
    window: str = Field(primary_key=True)
    rank: int = Field(primary_key=True)
    keyword_id: int = Field(foreign_key="trend_keywords.id", index=True)
    category: str | None = None
    row: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """A `studio.models.trend.Trend`."""


class TrendNote(SQLModel, table=True):
    """What the newest scan that saw a keyword in a region knows of it beyond figures."""

    __tablename__ = "trend_notes"

    keyword_id: int = Field(primary_key=True, foreign_key="trend_keywords.id")
    region: str = Field(primary_key=True)
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """A `studio.models.trend.TrendDetail`."""
    noted_at: datetime = Field(sa_type=UtcDateTime, index=True)
