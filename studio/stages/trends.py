"""Merge what sources say, and put the keywords in order: whose figures a row has, and in which place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.language.keyword import keyword_norm, subject_of
from studio.models.trend import (
    Abilities,
    Category,
    Headline,
    Method,
    Platform,
    Reading,
    Sighting,
    Trend,
    TrendDetail,
    Unit,
    Window,
)
from studio.providers.trends import MOST_CANDIDATES
from studio.stages.growth import Figures, Growth, Volume, coverage, grown, volume

MOST_ROWS = 50
"""Rows of one platform, region and window: sources list about as many."""

RRF_K = 60
"""
Steadies the first places of reciprocal-rank fusion.

Source: Cormack, Clarke, Buettcher: Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods,
SIGIR 2009.
"""

MOST_HEADLINES, MOST_RELATED = 10, 25
"""As many as a TrendDetail is given of several sources: what one of them may have."""


_TELLING: tuple[Unit, ...] = ("searches", "views", "posts", "interactions", "articles", "mentions", "index")
"""Units, the one first that says most of what people look for."""


@dataclass(frozen=True)
class Mention:
    """A keyword as one source has it in a scan; of *sightings*, its spellings, the hottest is first."""

    reading: Reading
    sightings: tuple[Sighting, ...]

    @property
    def source(self) -> str:
        """Whose."""
        return self.reading.source

    @property
    def rank(self) -> int | None:
        """The best place in the source's list; None where it was only asked about it."""
        return self.sightings[0].rank


@dataclass(frozen=True)
class Merged:
    """A keyword over all sources that named it; *keyword* is how it is written where it is hottest."""

    norm: str
    keyword: str
    score: float
    mentions: tuple[Mention, ...]

    @property
    def detail(self) -> TrendDetail:
        """What the sources know of it beyond figures, those where it is hottest first."""
        sightings = [sighting for mention in self.mentions for sighting in mention.sightings]
        headlines: dict[str, Headline] = {}
        for headline in (each for sighting in sightings for each in sighting.headlines):
            headlines.setdefault(headline.title, headline)
        related: dict[str, str] = {}
        for word in (each for sighting in sightings for each in sighting.related):
            related.setdefault(keyword_norm(word), word)
        return TrendDetail(
            keyword=self.keyword,
            summary=next((sighting.summary for sighting in sightings if sighting.summary), ""),
            url=next((sighting.url for sighting in sightings if sighting.url), ""),
            headlines=tuple(headlines.values())[:MOST_HEADLINES],
            related=tuple(word for norm, word in related.items() if norm not in ("", self.norm))[:MOST_RELATED],
        )


def merged(readings: Sequence[Reading]) -> tuple[Merged, ...]:
    """
    All keywords of *readings*, each once however it is spelled, the hottest first.

    Their order is that of reciprocal-rank fusion over the sources that list them; keywords that no source lists come
    last. A keyword of which nothing is left in its norm is left out.
    """
    found: dict[str, list[Mention]] = {}
    for reading in readings:
        for norm, sightings in _spellings(reading).items():
            found.setdefault(norm, []).append(Mention(reading, sightings))
    keywords = [_merge(norm, mentions) for norm, mentions in found.items()]
    return tuple(sorted(keywords, key=lambda each: (-each.score, _heat(each.mentions[0]), each.norm)))


def candidates(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Keywords that sources list by themselves, the hottest first, at most MOST_CANDIDATES, as they are written there."""
    return tuple(each.keyword for each in merged(readings) if each.score > 0)[:MOST_CANDIDATES]


def category_of(keyword: str, headlines: Sequence[str] = ()) -> Category | None:
    """What *keyword* is about by its own words, and less by those of *headlines* on it; None where that is not clear."""
    subject = subject_of(keyword, headlines)
    return Category(subject) if subject else None


def rank(
    readings: Sequence[Reading],
    abilities: Mapping[str, Abilities],
    figures: Mapping[tuple[str, str], Figures],
    *,
    platform: Platform,
    region: str,
    window: Window,
) -> tuple[Trend, ...]:
    """
    What is hot: a row a keyword, at most MOST_ROWS.

    The order is that of `merged`. A volume is one source's, and so is a growth, which is named where it is another's:
    figures of several are never mixed. Of the sources that count, one with the platform's own figures comes before one
    that stands for it, then one whose unit tells more (searches more than mentions), that knows the growth too, with more days, and then the one that has the keyword higher.
    Growth is that source's, or of the best that knows one. Sources that have nothing to do with the platform are left
    out. The category is a source's own, or else what the words say, or else "other" where
    a source says that.

    Args:
        readings: of one scan.
        abilities: of their sources, by name.
        figures: by (source, norm), this scan's among them.
        platform: that was looked at.
        region: likewise.
        window: what volume and growth are of.
    """
    able = [reading for reading in readings if _method(abilities.get(reading.source), platform)]
    rows = []
    for place, keyword in enumerate(merged(able)[:MOST_ROWS], start=1):
        offers = [
            _offer(mention, figures.get((mention.source, keyword.norm), Figures()), abilities, platform, window)
            for mention in keyword.mentions
        ]
        rows.append(_row(keyword, offers, place=place, platform=platform, region=region, window=window))
    return tuple(rows)


def outcome(readings: Sequence[Reading]) -> tuple[Literal["complete", "partial", "failed"], str]:
    """How a scan ended, and what is missing: a source that failed, or, where none said anything, all that lack something."""
    failed = [reading for reading in readings if reading.state == "failed"]
    if any(reading.state == "ok" for reading in readings):
        return ("partial" if failed else "complete"), _reasons(failed)
    return "failed", _reasons(readings) or "there is no source"


@dataclass(frozen=True)
class _Offer:
    """What a row would say with one source's figures."""

    mention: Mention
    abilities: Abilities
    method: Method
    volume: Volume
    growth: Growth
    coverage: float

    @property
    def preference(self) -> tuple[bool | float, ...]:
        """The lower, the better; of equal ones the first is, as they come in the order of heat."""
        has_volume, has_growth = self.volume.value is not None, self.growth.per_cent is not None
        return (
            not (has_volume or has_growth),
            not has_volume,
            self.method != "native",
            _TELLING.index(self.abilities.unit),
            not has_growth,
            -self.coverage,
        )


def _offer(
    mention: Mention, known: Figures, abilities: Mapping[str, Abilities], platform: Platform, window: Window
) -> _Offer:
    able = abilities[mention.source]
    growth = grown(known, window, able)
    if able.kind == "index" and known.points and not any(sighting.is_whole for sighting in mention.sightings):
        growth = Growth(reason="not_comparable")
    method = _method(able, platform) or "proxy"
    return _Offer(mention, able, method, volume(known, window, able), growth, coverage(known, window))


def _row(
    keyword: Merged, offers: Sequence[_Offer], *, place: int, platform: Platform, region: str, window: Window
) -> Trend:
    best = min(offers, key=lambda offer: offer.preference)
    grown_ones = [offer for offer in offers if offer.growth.per_cent is not None]
    grows = best if best in grown_ones or not grown_ones else min(grown_ones, key=lambda offer: offer.preference[2:])
    category, category_by = _category(keyword)
    return Trend(
        keyword=keyword.keyword,
        platform=platform,
        region=region,
        window=window,
        rank=place,
        source=best.mention.source,
        sources=tuple(mention.source for mention in keyword.mentions),
        method=best.method,
        unit=best.abilities.unit,
        kind=best.abilities.kind,
        volume=best.volume.value,
        is_floor=best.volume.is_floor,
        growth=grows.growth.per_cent,
        growth_source=grows.mention.source if grown_ones else None,
        growth_method=grows.method if grown_ones else None,
        growth_reason=grows.growth.reason,
        coverage=best.coverage,
        category=category,
        category_by=category_by,
        observed_at=best.mention.reading.observed_at,
    )


def _method(abilities: Abilities | None, platform: Platform) -> Method | None:
    if abilities is None:
        return None
    if platform in abilities.native:
        return "native"
    return "proxy" if platform in abilities.proxy_for else None


def _reasons(readings: Sequence[Reading]) -> str:
    nothing = {"empty": "has nothing", "failed": "failed", "not_ready": "is not ready"}
    return "; ".join(f"{each.source}: {each.reason or nothing.get(each.state, each.state)}" for each in readings)


def _spellings(reading: Reading) -> dict[str, tuple[Sighting, ...]]:
    found: dict[str, list[Sighting]] = {}
    for sighting in reading.sightings if reading.state == "ok" else ():
        norm = keyword_norm(sighting.keyword)
        if norm:
            found.setdefault(norm, []).append(sighting)
    return {norm: tuple(sorted(each, key=lambda one: one.rank or math.inf)) for norm, each in found.items()}


def _merge(norm: str, mentions: Sequence[Mention]) -> Merged:
    ordered = tuple(sorted(mentions, key=_heat))
    score = math.fsum(1 / (RRF_K + mention.rank) for mention in ordered if mention.rank)
    return Merged(norm, ordered[0].sightings[0].keyword, score, ordered)


def _heat(mention: Mention) -> tuple[float, str]:
    return mention.rank or math.inf, mention.source


def _category(keyword: Merged) -> tuple[Category | None, Literal["source", "words"] | None]:
    given = [sighting.category for mention in keyword.mentions for sighting in mention.sightings if sighting.category]
    telling = [category for category in given if category is not Category.OTHER]
    if telling:
        return telling[0], "source"
    by_words = category_of(keyword.keyword, [headline.title for headline in keyword.detail.headlines])
    if by_words:
        return by_words, "words"
    return (given[0], "source") if given else (None, None)
