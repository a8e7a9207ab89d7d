"""News feeds that the operator names: what several headlines of the last day have in common."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from studio.errors import BadInput, ProviderError, ProviderNotReady
from studio.language.detect import detect_language
from studio.language.keywords import keywords
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import address_of, text_of
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import MOST_FOUND, Found, ask, headlines_of, keyword_of, ranked, within
from studio.providers.trends.syndication import Element, link_of, moment_of, read_entries, said
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings, ProviderNames

MOST_FEEDS: Final = 10
MOST_HEADLINES: Final = 300
"""Of all feeds together."""

OF_A_HEADLINE: Final = 5
"""Keywords of one headline."""

SHORTEST_WORD: Final = 3
"""Letters of a word out of a phrase."""

LONGEST_NAME: Final = 8
"""Hanzi."""

FEWEST_MENTIONS: Final = 2
FRESH: Final = timedelta(hours=24)
TIMEOUT_S = 15.0
ALL_S = 60.0
MOST_BYTES = 4 << 20

_HANZI = re.compile(r"[\u3400-\u9fff]+")

logger = logging.getLogger("studio.trends")


class FeedSettings(EnvSettings):
    """What is read."""

    trend_feeds: ProviderNames = ()
    """Web addresses of RSS or Atom feeds. They are the operator's, so they may be private."""


class News(NamedTuple):
    """A headline of a feed."""

    title: str
    url: str
    paper: str


class Feeds:
    """Keywords that at least FEWEST_MENTIONS headlines have; the figure is how many do."""

    name = "feeds"
    abilities = Abilities(
        does="finds", unit="mentions", kind="flow", proxy_for=tuple(Platform), is_regional=False, fresh_s=1_800
    )

    def check(self) -> None:
        """Raise ProviderNotReady without feeds."""
        feeds = FeedSettings().trend_feeds
        if not feeds:
            raise self._not_ready("TREND_FEEDS is not set; name RSS or Atom feeds")
        if not all(address_of(feed) for feed in feeds):
            raise self._not_ready(
                "TREND_FEEDS has something that is no web address; begin each with https:// or http://"
            )
        if len(feeds) > MOST_FEEDS:
            raise self._not_ready(f"TREND_FEEDS names {len(feeds)} feeds; name at most {MOST_FEEDS}")

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """What the headlines of all feeds have in common. One feed that does not answer is told of in the log."""
        self.check()
        feeds = FeedSettings().trend_feeds
        return ask(
            self.name,
            "",
            list(feeds),
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _read(feeds),
            units={"requests": len(feeds)},
        )

    def _not_ready(self, message: str) -> ProviderNotReady:
        return ProviderNotReady(
            "trends", self.name, f"{message}, or use trends 'googletrends' and 'wikipedia', which need none"
        )


def common_keywords(news: list[News]) -> Iterator[Sighting]:
    """
    What is said in at least FEWEST_MENTIONS of *news*, the often said first.

    A keyword inside a longer one that is said as often is left out: "Typhoon Kong-rey" says all of "Typhoon".
    """
    kept: list[tuple[str, int]] = []
    counted = sorted(_counted(news), key=lambda each: (-len(each[1]), -len(each[0])))
    for keyword, saying in counted:
        if len(kept) < MOST_FOUND and not any(
            keyword.casefold() in longer.casefold() and len(saying) <= count for longer, count in kept
        ):
            kept.append((keyword, len(saying)))
            yield Sighting(keyword=keyword, value=len(saying), url=saying[0].url, headlines=headlines_of(saying))


def _counted(news: list[News]) -> Iterator[tuple[str, list[News]]]:
    words = {word.casefold(): word for each in news for word in reversed(_keywords(each.title))}
    for folded, word in words.items():
        # Words of Latin letters have edges; Chinese ones have none.
        pattern = rf"\b{re.escape(folded)}\b" if folded.isascii() else re.escape(folded)
        saying = [each for each in news if re.search(pattern, each.title.casefold())]
        if len(saying) >= FEWEST_MENTIONS:
            yield _whole(word, saying), saying


def _whole(word: str, saying: list[News]) -> str:
    """
    *word* with the hanzi after it that all headlines share: the dictionary cuts names that it does not know.

    Headlines that are the same for longer were copied; then it is *word* alone.
    """
    if not _HANZI.fullmatch(word):
        return word
    rests = (each.title.partition(word)[2] for each in saying)
    shared = takewhile(lambda each: len(set(each)) == 1 and _HANZI.fullmatch(each[0]), zip(*rests, strict=False))
    whole = word + "".join(each[0] for each in shared)
    return whole if len(whole) <= LONGEST_NAME else word


def _keywords(title: str) -> tuple[str, ...]:
    try:
        found = keywords(title, detect_language(title), most=OF_A_HEADLINE)
    except BadInput:
        # A language that we do not read.
        return ()
    phrases = tuple(filter(None, map(keyword_of, found)))
    # A phrase of one headline may share but a word with another.
    return (*phrases, *(word for phrase in phrases for word in phrase.split() if len(word) >= SHORTEST_WORD))


def _read(feeds: tuple[str, ...]) -> Found:
    news: dict[str, News] = {}
    failures: list[ProviderError] = []
    answered = 0
    for number, feed in enumerate(within(feeds, ALL_S), 1):
        try:
            news |= {each.title: each for each in _feed(feed)}
            answered += 1
        except ProviderError as error:
            # By its number: some addresses have a key in them.
            logger.warning("feed %s of TREND_FEEDS: %s", number, error)
            failures.append(error)
    if failures and not answered:
        raise failures[0]
    return ranked(common_keywords(list(news.values())[:MOST_HEADLINES])), {"requests": float(len(feeds))}


def _feed(feed: str) -> Iterator[News]:
    """The headlines of the last day; where a feed dates none, all that are in it."""
    parts = urlsplit(feed)
    root = f"{parts.scheme}://{parts.netloc}"
    vendor = Vendor("trends", "feeds", root, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    since = datetime.now(UTC) - FRESH
    for entry in read_entries(vendor, vendor.send("GET", path).content):
        moment = moment_of(entry)
        if moment is None or moment >= since:
            yield from _headline(entry, parts.hostname or "")


def _headline(entry: Element, paper: str) -> Iterator[News]:
    if title := text_of(said(entry, "title")):
        yield News(title, address_of(link_of(entry)), said(entry, "source") or paper)
