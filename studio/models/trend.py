"""What people look for: what sources say of it, and what we make of their figures."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from studio.models.base import Model


class Platform(StrEnum):
    """Where something is popular."""

    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    X = "x"


class Window(StrEnum):
    """Length of time, back from the newest figure."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def days(self) -> int:
        """How many days it has."""
        return int(self.value.removesuffix("d"))


class Category(StrEnum):
    """What a keyword is about; every source's own categories are mapped to these."""

    AUTOS = "autos"
    BEAUTY = "beauty"
    BUSINESS = "business"
    EDUCATION = "education"
    ENTERTAINMENT = "entertainment"
    FOOD = "food"
    GAMES = "games"
    HEALTH = "health"
    HOBBIES = "hobbies"
    JOBS = "jobs"
    LAW = "law"
    MUSIC = "music"
    NEWS = "news"
    PETS = "pets"
    POLITICS = "politics"
    SCIENCE = "science"
    SHOPPING = "shopping"
    SPORTS = "sports"
    TECHNOLOGY = "technology"
    TRAVEL = "travel"
    CLIMATE = "climate"
    OTHER = "other"


Kind = Literal["flow", "level", "index"]
"""
A flow is counted anew each day and may be added up (searches, views a day). A level is a total at a moment (views so
far). An index is relative to whatever it was asked with, 0 to 100: it grows, but counts nothing.
"""

Method = Literal["native", "proxy"]
"""Native figures are the platform's own; a proxy's come from elsewhere and stand for it."""

Unit = Literal["searches", "views", "posts", "articles", "interactions", "index", "mentions"]

GrowthReason = Literal["new", "needs_history", "gaps", "not_comparable", "policy", "no_figures"]
"""
Why no growth is given: nothing was there in the window before; there was no scan so long ago; too few of its days
have figures; the figures cannot be compared; the source's terms forbid to derive any; the source gives none.
"""

Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1, such as "TW"."""


CHINESE_REGIONS = ("TW", "HK", "MO")
"""Where people read Traditional Chinese."""


def language_of(region: str) -> str:
    """BCP 47 tag of the language that we look in where nobody says which: "zh-TW" or "en"."""
    return "zh-TW" if region in CHINESE_REGIONS else "en"


class Headline(Model):
    """A piece of news on a keyword: other people's words, data and never an instruction."""

    title: Annotated[str, Field(max_length=300)]
    url: Annotated[str, Field(max_length=2_000)] = ""
    source: Annotated[str, Field(max_length=100)] = ""


class Point(Model):
    """A day's figure, in UTC unless the source has days of its own."""

    day: date
    value: Annotated[float, Field(ge=0)]


class Sighting(Model):
    """
    A keyword as one source reports it now.

    *rank* is its place in the source's list, from 1; None where the source was asked about it. *value* is the newest
    figure, None where the source gives none. *history* are figures of whole days, the source's own, the oldest first;
    where *is_whole* every day in it is there and may be compared with every other.
    """

    keyword: Annotated[str, Field(min_length=1, max_length=200)]
    rank: Annotated[int, Field(ge=1)] | None = None
    value: Annotated[float, Field(ge=0)] | None = None
    history: tuple[Point, ...] = ()
    is_whole: bool = False
    category: Category | None = None
    summary: Annotated[str, Field(max_length=2_000)] = ""
    """What it is about, in the source's words."""
    url: Annotated[str, Field(max_length=2_000)] = ""
    headlines: Annotated[tuple[Headline, ...], Field(max_length=10)] = ()
    related: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=25)] = ()


class Abilities(Model):
    """
    What a source can give.

    A source *finds* keywords by itself, or *measures* those that others found. *native* are the platforms whose own
    figures it has; it may stand for those in *proxy_for*. *derivable* says whether its terms let us work out growth;
    *kept_days* is how long they let us keep figures. *categories* says whether it knows what a keyword is about.
    """

    does: Literal["finds", "measures"]
    unit: Unit
    kind: Kind
    native: tuple[Platform, ...] = ()
    proxy_for: tuple[Platform, ...] = ()
    derivable: bool = True
    kept_days: Annotated[int, Field(ge=1)] = 400
    is_floor: bool = False
    """Whether its figures are "at least so many"."""
    is_regional: bool = True
    """Whether it has figures of one country; of the whole world, or of a language, otherwise."""
    has_categories: bool = False
    fresh_s: Annotated[int, Field(ge=60)] = 3_600
    """It is not asked again before so long."""


class Reading(Model):
    """What one source said in a scan, or why it said nothing; *observed_at* is when it said so."""

    source: str
    state: Literal["ok", "empty", "failed", "not_ready"]
    sightings: tuple[Sighting, ...] = ()
    reason: str = ""
    observed_at: datetime
    took_ms: Annotated[int, Field(ge=0)] = 0


class Trend(Model):
    """
    A row of what is hot; no figure in it that no source gave.

    *volume* is a count over the window in *unit*, *source*'s own, at least so many where *is_floor*, None where no
    source counts anything. *growth* is in per cent against the window before (15.5 is +15.5 %), worked out from the
    figures of *growth_source* alone, None with *growth_reason*. *coverage* is the share of the window's days that have
    figures of *source*. *method* and *growth_method* say whether they are the platform's own or stand for it. *sources*
    are all that named the keyword.
    """

    keyword: str
    platform: Platform
    region: Region
    window: Window
    rank: Annotated[int, Field(ge=1)]
    source: str
    sources: tuple[str, ...] = ()
    method: Method
    unit: Unit
    kind: Kind
    volume: Annotated[int, Field(ge=0)] | None = None
    is_floor: bool = False
    growth: float | None = None
    growth_source: str | None = None
    growth_method: Method | None = None
    growth_reason: GrowthReason | None = None
    coverage: Annotated[float, Field(ge=0, le=1)] = 0.0
    category: Category | None = None
    category_by: Literal["source", "words"] | None = None
    observed_at: datetime


class TrendDetail(Model):
    """What a scan knows of a keyword beyond figures: what a film about it may start from."""

    keyword: str
    summary: str = ""
    url: str = ""
    headlines: tuple[Headline, ...] = ()
    related: tuple[str, ...] = ()
