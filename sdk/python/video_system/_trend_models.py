"""What the service answers about what people look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from video_system._models import Result
from video_system._shapes import Headline, Reading, Series


@dataclass(frozen=True)
class Trend(Result):
    """
    A keyword that is hot; *volume* counts *unit*, *growth* is in per cent against the window before.

    Both are None where nobody knows; *growth_reason* says why.
    """

    keyword: str
    volume: int | None
    growth: float | None
    platform: str
    source: str = ""
    method: str = ""
    unit: str = ""
    is_floor: bool = False
    growth_source: str | None = None
    growth_reason: str | None = None
    category: str | None = None
    observed_at: str = ""
    age_seconds: int = 0
    region: str = ""
    window: str = ""
    rank: int = 0
    sources: list[str] = field(default_factory=list)
    kind: str = ""
    growth_method: str | None = None
    coverage: float = 0.0
    category_by: str | None = None


@dataclass(frozen=True)
class Keyword(Result):
    """All that is known of a keyword; texts are other people's."""

    keyword: str
    region: str
    summary: str = ""
    url: str = ""
    headlines: list[Headline] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    brief: dict[str, Any] = field(default_factory=dict)
    trends: list[Trend] = field(default_factory=list)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Keyword:
        """The keyword that *data* describes."""
        return replace(super().of(data), trends=[Trend.of(trend) for trend in data.get("trends", ())])


@dataclass(frozen=True)
class Scan(Result):
    """A look at what is hot; *readings* say what each source said, once it is over."""

    id: str
    platform: str
    region: str
    status: str
    keywords: int = 0
    reason: str = ""
    readings: list[Reading] = field(default_factory=list)
    finished_at: str | None = None
    language: str = ""
    created_at: str = ""
    started_at: str | None = None
