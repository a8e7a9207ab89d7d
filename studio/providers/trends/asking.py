"""What all sources of trends have in common: how they are asked, and how their words become sightings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from pydantic import JsonValue, ValidationError

from studio.errors import ProviderUnavailable
from studio.models.trend import Headline, Point, Sighting
from studio.providers.fields import address_of, rows_of, text_of
from studio.providers.till import Quote, Receipt, Till, Units, call_key

T = TypeVar("T")

MOST_FOUND: Final = 50
"""Sightings of one answer: further down a list, nothing is hot."""

ANSWER_VERSION: Final = 1
"""Counts up when `Sighting` changes, so that no answer is read that was kept in another shape."""

LONGEST_KEYWORD: Final = 200
LONGEST_SUMMARY: Final = 600
MOST_HEADLINES: Final = 5
LARGEST: Final = 1e15
"""A larger figure is a mistake."""

Found = tuple[Iterable[Sighting], Units]
"""What a source said, and what asking it used."""


def ask(
    source: str,
    root: str,
    *parts: JsonValue,
    till: Till,
    fresh_s: float,
    find: Callable[[], Found],
    units: Units | None = None,
) -> tuple[Sighting, ...]:
    """
    What *find* brings, or what was kept of it under *parts*, which shape the answer.

    Args:
        source: as the catalog calls it.
        root: where it is asked.
        parts: never a key or an address with one.
        till: keeps the answer for *fresh_s* seconds.
        fresh_s: seconds.
        find: asks.
        units: the most that it uses; one request where nothing is said.

    Raises:
        ProviderError: what *find* raises.
    """
    quote = Quote(
        role="trends",
        provider=source,
        model="",
        key=call_key("trends", ANSWER_VERSION, source, root, *parts),
        units=units or {"requests": 1},
        fresh_s=fresh_s,
        address=root,
    )
    answer = till.buy(quote, lambda: _receipt(source, find))
    try:
        return tuple(Sighting.model_validate(each) for each in rows_of(answer))
    except ValidationError as error:
        raise ProviderUnavailable("trends", source, "its kept answer is of another shape") from error


def unreadable(source: str) -> ProviderUnavailable:
    """That *source* answered something else than it documents."""
    return ProviderUnavailable("trends", source, "its answer was of another shape")


def keyword_of(value: object) -> str:
    """A keyword in one line, empty where there is none."""
    return text_of(value, longest=LONGEST_KEYWORD)


def summary_of(value: object) -> str:
    """What a keyword is about, in some lines' length."""
    return text_of(value, longest=LONGEST_SUMMARY)


def headlines_of(rows: Iterable[tuple[object, object, object]]) -> tuple[Headline, ...]:
    """Headlines out of titles, addresses and names of papers; one without a title is left out."""
    made = (
        Headline(title=text_of(title), url=address_of(url), source=text_of(paper, longest=100))
        for title, url, paper in rows
        if text_of(title)
    )
    return tuple(each for each, _ in zip(made, range(MOST_HEADLINES), strict=False))


def count_of(value: object) -> float | None:
    """A figure, also one that is written as text; None where it is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 15:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < LARGEST else None


def ranked(found: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The first MOST_FOUND of *found*, each keyword once, with ranks from 1."""
    seen: dict[str, Sighting] = {}
    for each in found:
        seen.setdefault(each.keyword.casefold(), each)
    first = list(seen.values())[:MOST_FOUND]
    return tuple(each.model_copy(update={"rank": rank}) for rank, each in enumerate(first, 1))


def history_of(figures: dict[date, float]) -> tuple[tuple[Point, ...], bool]:
    """*figures* as points in the order of their days, and whether no day between them is missing."""
    days = sorted(figures)
    is_whole = bool(days) and days[-1] - days[0] == timedelta(days=len(days) - 1)
    return tuple(Point(day=day, value=figures[day]) for day in days), is_whole


def within(things: Iterable[T], seconds: float) -> Iterator[T]:
    """*things* until *seconds* are over, so that many slow answers are no endless wait."""
    end = time.monotonic() + seconds
    for thing in things:
        if time.monotonic() > end:
            return
        yield thing


def _receipt(source: str, find: Callable[[], Found]) -> Receipt:
    try:
        found, units = find()
        kept: list[Any] = [each.model_dump(mode="json") for each in found]
    except ValidationError as error:
        raise unreadable(source) from error
    return Receipt(kept, units)
