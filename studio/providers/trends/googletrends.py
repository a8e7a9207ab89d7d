"""Google Trends' list of what a country searches for, as its RSS. Source: trends.google.com/trending, Export, RSS feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from studio.errors import ProviderRejected
from studio.models.trend import Abilities, Headline, Platform, Sighting
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, headlines_of, keyword_of, ranked
from studio.providers.trends.syndication import Element, children, read_entries, said
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

TIMEOUT_S = 15.0
MOST_BYTES = 2 << 20

THOUSAND, MILLION, BILLION = 1_000.0, 1_000_000.0, 1_000_000_000.0

SUFFIXES: Final = {
    "": 1.0,
    "k": THOUSAND, "tsd": THOUSAND, "mil": THOUSAND, "тыс": THOUSAND, "тис": THOUSAND, "rb": THOUSAND,
    "bin": THOUSAND, "千": THOUSAND, "천": THOUSAND, "พัน": THOUSAND, "हज़ार": THOUSAND, "ألف": THOUSAND,
    "万": 10_000.0, "萬": 10_000.0, "만": 10_000.0, "หมื่น": 10_000.0,
    "lakh": 100_000.0, "लाख": 100_000.0, "แสน": 100_000.0,
    "m": MILLION, "mio": MILLION, "mn": MILLION, "млн": MILLION, "jt": MILLION, "ล้าน": MILLION, "مليون": MILLION,
    "百万": MILLION, "百萬": MILLION, "crore": 10_000_000.0, "करोड़": 10_000_000.0,
    "億": 100_000_000.0, "亿": 100_000_000.0, "억": 100_000_000.0,
}  # fmt: skip
"""
What stands behind a number, by locale. "B" is a billion in English and a thousand in Turkish, so it is not here: a
figure that could be either is none.
"""

_TRAFFIC = re.compile(r"(\d+(?:[.,\u066b\u066c'’ \u00a0\u202f]\d+)*)[ \u00a0\u202f]*([^\W\d_][^+]*?|)\.?[ \u00a0]*\+?")
_GROUPED = re.compile(r"\d{1,3}(?:[^\d]\d{3})+")


class GoogleTrendsSettings(EnvSettings):
    """Where it is."""

    google_trends_root_url: str = "https://trends.google.com"


class GoogleTrends:
    """Searches of about the last day, each "at least so many", with news on them."""

    name = "googletrends"
    abilities = Abilities(
        does="finds", unit="searches", kind="flow", proxy_for=tuple(Platform), is_floor=True, fresh_s=1_800
    )

    def check(self) -> None:
        """Always ready: it wants no key."""

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The country's list, in its order."""
        root = GoogleTrendsSettings().google_trends_root_url
        vendor = Vendor("trends", self.name, root, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)
        return ask(
            self.name,
            root,
            look.region,
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _list(vendor, look.region),
        )


def traffic_of(text: str) -> float | None:
    """
    A figure such as "2,000+", "1천+", "5萬+" or "1.5K+" as a number; None where its suffix is not known.

    Signs between groups of three digits are thousands' where no suffix follows, else one of them is the decimal point.
    """
    found = _TRAFFIC.fullmatch(text.strip())
    factor = SUFFIXES.get(found[2].strip().rstrip(".").casefold()) if found else None
    if not found or factor is None:
        return None
    number = found[1]
    if _GROUPED.fullmatch(number) or factor == 1:
        return float(re.sub(r"\D", "", number)) * factor
    return float(re.sub(r"\D", ".", number, count=1)) * factor if len(re.findall(r"\D", number)) <= 1 else None


def _list(vendor: Vendor, region: str) -> Found:
    used = {"requests": 1.0}
    try:
        reply = vendor.send("GET", "/trending/rss", params={"geo": region})
    except ProviderRejected:
        # The country is all that we say: it has no list of that one.
        return (), used
    entries = read_entries(vendor, reply.content)
    return ranked(each for entry in entries for each in _sighting(entry)), used


def _sighting(entry: Element) -> Iterator[Sighting]:
    if keyword := keyword_of(said(entry, "title")):
        yield Sighting(keyword=keyword, value=traffic_of(said(entry, "approx_traffic")), headlines=_headlines(entry))


def _headlines(entry: Element) -> tuple[Headline, ...]:
    news = children(entry, "news_item")
    return headlines_of(
        (said(each, "news_item_title"), said(each, "news_item_url"), said(each, "news_item_source")) for each in news
    )
