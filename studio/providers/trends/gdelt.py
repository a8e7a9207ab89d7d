"""GDELT: in how many of the world's news articles a keyword stands, day by day. Source: blog.gdeltproject.org, GDELT DOC
2.0 API Debuts."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Annotated, Final

from pydantic import Field

from studio.errors import OverLimit, ProviderRejected, ProviderUnavailable
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import row_of, rows_of, text_of
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, count_of, history_of, keyword_of, unreadable, within
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

MOST_KEYWORDS: Final = 4
"""Five seconds lie between two of them."""

TIMESPAN: Final = "63d"
"""A month's growth needs two; beyond a week, figures are of days. Today's is not over and left out."""

TIMEOUT_S = 20.0
ALL_S = 60.0
MOST_BYTES = 1 << 20

IN_A_HURRY: Final = "limit requests"
UNASKABLE: Final = ("too short", "too long", "too common", "phrase", "keyword")
"""Words in what it answers, with 200, to a query that it does not take."""

_turn = threading.Lock()
_asked_at = [float("-inf")]


class GdeltSettings(EnvSettings):
    """Where it is, and how often it is asked."""

    gdelt_root_url: str = "https://api.gdeltproject.org"
    gdelt_pace_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    """Seconds between two requests of one process, as GDELT asks for."""


class Gdelt:
    """Measures the first MOST_KEYWORDS of the candidates. It reads best in English and Latin letters."""

    name = "gdelt"
    abilities = Abilities(
        does="measures",
        unit="articles",
        kind="flow",
        proxy_for=tuple(Platform),
        is_regional=False,
        fresh_s=6 * 3_600,
    )

    def check(self) -> None:
        """Always ready: it wants no key."""

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """Each that answers within ALL_S, kept by itself; one that no article names is left out."""
        settings = GdeltSettings()
        vendor = Vendor("trends", self.name, settings.gdelt_root_url, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)
        found: list[Sighting] = []
        answered = 0
        for word in within(_words(look.candidates), ALL_S):
            try:
                found += self._ask(vendor, word, till, pace_s=settings.gdelt_pace_s)
                answered += 1
            except ProviderUnavailable:
                if not answered:
                    raise
                break
        return tuple(found)

    def _ask(self, vendor: Vendor, word: str, till: Till, *, pace_s: float) -> tuple[Sighting, ...]:
        return ask(
            self.name,
            vendor.root,
            word,
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _measured(vendor, word, pace_s),
        )


def _words(candidates: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (keyword_of(each) for each in candidates)
    return tuple({each.casefold(): each for each in cleaned if _query(each)}.values())[:MOST_KEYWORDS]


def _query(keyword: str) -> str:
    """Its words alone, since signs are orders there; several of them as one phrase, since one is too short for that."""
    words = re.sub(r"[\W_]+", " ", keyword).split()
    return f'"{" ".join(words)}"' if len(words) > 1 else "".join(words)


def _measured(vendor: Vendor, word: str, pace_s: float) -> Found:
    asked = {"query": _query(word), "mode": "TimelineVolRaw", "format": "json", "timespan": TIMESPAN}
    with _turn:
        time.sleep(max(0.0, _asked_at[0] + pace_s - time.monotonic()))
        try:
            content = vendor.send("GET", "/api/v2/doc/doc", params=asked).content
        except ProviderRejected:
            content = b"{}"
        finally:
            _asked_at[0] = time.monotonic()
    return list(_sighting(vendor, word, content)), {"requests": 1.0}


def _sighting(vendor: Vendor, word: str, content: bytes) -> Iterator[Sighting]:
    if not content.lstrip().startswith(b"{"):
        _raise_for(vendor, content.decode("utf-8", "replace").lower(), content)
        return
    points, is_whole = history_of(_days(vendor, content))
    if any(point.value for point in points):
        yield Sighting(keyword=word, value=points[-1].value, history=points, is_whole=is_whole)


def _raise_for(vendor: Vendor, text: str, content: bytes) -> None:
    """Raise what *text* means, unless it means that this keyword cannot be asked for."""
    if IN_A_HURRY in text:
        raise OverLimit("trends", vendor.name, "over its rate limit", retry_after=GdeltSettings().gdelt_pace_s)
    if not content.strip() or "<html" in text or not any(each in text for each in UNASKABLE):
        raise unreadable(vendor.name)


def _days(vendor: Vendor, content: bytes) -> dict[date, float]:
    """Articles by whole days; nothing where no article was found."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable(vendor.name) from error
    series = row_of(answer).get("timeline", [])
    if not isinstance(series, list):
        raise unreadable(vendor.name)
    today, days = datetime.now(UTC).date(), dict[date, float]()
    for row in (row for each in islice(rows_of(series), 1) for row in rows_of(each.get("data"))):
        day, value = _day(text_of(row.get("date"))), count_of(row.get("value"))
        if day and day < today and value is not None:
            days[day] = days.get(day, 0.0) + value
    return days


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
