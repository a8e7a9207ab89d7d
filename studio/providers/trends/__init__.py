"""Trends: who knows what people look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.catalog import Catalog
from studio.providers.till import Till

MOST_CANDIDATES = 20
"""Keywords that a measuring source is asked about in one scan."""


@dataclass(frozen=True)
class Look:
    """
    What a source is asked.

    *region* is ISO 3166-1, *language* a BCP 47 tag that goes with it. *candidates* are keywords that others found,
    the hottest first, at most MOST_CANDIDATES; a source that finds keywords by itself does without.
    """

    platform: Platform
    region: str
    language: str
    candidates: tuple[str, ...] = ()


@runtime_checkable
class TrendSource(Protocol):
    """Says what people look for, or how many look for something."""

    name: str
    abilities: Abilities

    def check(self) -> None:
        """Return when ready to be asked. Raises ProviderNotReady."""
        ...

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """
        What it says now; asked through *till*, which keeps an answer for `abilities.fresh_s`.

        A category or a region that the source has no list of is an empty answer. Texts are the source's own.

        Raises:
            ProviderUnavailable: it did not answer, or nothing that could be read.
            ProviderRejected: it will never answer this.
            ProviderNotReady: its key was refused.
        """
        ...


catalog = Catalog[TrendSource](
    "trends",
    {
        "googletrends": "studio.providers.trends.googletrends:GoogleTrends",
        "explore": "studio.providers.trends.explore:Explore",
        "youtube": "studio.providers.trends.youtube:YouTube",
        "tiktok": "studio.providers.trends.tiktok:TikTok",
        "instagram": "studio.providers.trends.instagram:Instagram",
        "x": "studio.providers.trends.x:X",
        "wikipedia": "studio.providers.trends.wikipedia:Wikipedia",
        "gdelt": "studio.providers.trends.gdelt:Gdelt",
        "feeds": "studio.providers.trends.feeds:Feeds",
    },
)
