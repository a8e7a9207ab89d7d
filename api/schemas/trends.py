"""Bodies of `/trends`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas.base import Action
from studio.models.trend import (
    Category,
    GrowthReason,
    Headline,
    Kind,
    Method,
    Platform,
    Region,
    Trend,
    Unit,
    Window,
)

SourceState = Literal["ok", "empty", "failed", "not_ready"]
ScanStatus = Literal["waiting", "running", "complete", "partial", "failed"]


class TrendShown(BaseModel):
    """
    A keyword and its figures.

    *volume* is a count of *unit* over the window by *source*, at least so many where *is_floor*; null where no source
    counts anything. *growth* is in per cent against the window before, by *growth_source*; null with *growth_reason*.
    *coverage* is the share of the window's days that have figures. A `proxy` method means that the figure comes from
    elsewhere and stands for the platform's. *age_seconds* says how old they are.
    """

    keyword: str
    volume: int | None
    growth: float | None
    platform: Platform
    region: str
    window: Window
    rank: int
    source: str
    sources: list[str]
    method: Method
    unit: Unit
    kind: Kind
    is_floor: bool
    growth_source: str | None
    growth_method: Method | None
    growth_reason: GrowthReason | None
    coverage: float
    category: Category | None
    category_by: Literal["source", "words"] | None
    observed_at: datetime
    age_seconds: int

    @classmethod
    def of(cls, trend: Trend, *, now: datetime) -> TrendShown:
        """What is shown of *trend* at the moment *now*."""
        age = max(0, int((now - trend.observed_at).total_seconds()))
        return cls(**trend.model_dump(), age_seconds=age)


class TrendList(BaseModel):
    """What is hot, the hottest first."""

    trends: list[TrendShown]


class DayFigure(BaseModel):
    """A figure of a day, in UTC."""

    day: date
    value: float


class SeriesShown(BaseModel):
    """One source's figures of a keyword, the oldest first; days without a figure are left out."""

    source: str
    region: str
    unit: Unit
    kind: Kind
    points: list[DayFigure]


class KeywordShown(BaseModel):
    """
    All that is known of a keyword; *brief* is a body for `POST /video/generate`.

    Texts are other people's, as *headlines* and *url* say.
    """

    keyword: str
    region: str
    summary: str
    url: str
    headlines: list[Headline]
    related: list[str]
    trends: list[TrendShown]
    series: list[SeriesShown]
    brief: dict[str, Any]


class StartScan(Action):
    """A look at what is hot on *platform* in *region*, in *language* or the region's own."""

    platform: Platform = Platform.YOUTUBE
    region: Region | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)] | None = None


class ReadingShown(BaseModel):
    """What one source said in a scan, or why it said nothing."""

    source: str
    state: SourceState
    reason: str
    keywords: int
    took_ms: int
    observed_at: datetime


class ScanShown(BaseModel):
    """A scan; `partial` when a source failed, `failed` when none answered. *readings* are there once it is over."""

    id: str
    platform: Platform
    region: str
    language: str
    status: ScanStatus
    keywords: int
    reason: str
    readings: list[ReadingShown]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
