"""Figures by day, as series have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from store.tables.trends import TrendDay, TrendObservation
from studio.models.trend import Abilities, Window
from studio.stages.growth import Figures

DAYS = 2 * Window.MONTH.days
"""So much of a series is looked at: the longest window and the one before."""

MOST_AT_ONCE = 500
"""Values that a query is asked about: SQLite has an end, and PostgreSQL plans long lists badly."""


def series_platform(platform: str, abilities: Abilities) -> str:
    """What the series of a look at *platform* is of: that platform where the figures are its own, none otherwise."""
    return platform if platform in abilities.native else ""


def read_figures(session: Session, wanted: Mapping[int, Sequence[int]], *, days: int) -> dict[tuple[int, int], Figures]:
    """
    Figures by (series, keyword) over the last *days* days of each series, one query for each of these.

    Args:
        session: to read in.
        wanted: keywords by series.
        days: so far back from the newest day on which the series was asked and answered.
    """
    answered = select(col(TrendDay.series_id), col(TrendDay.day)).where(col(TrendDay.series_id).in_(wanted))
    scanned: dict[int, set[date]] = {}
    for series_id, day in session.execute(answered).all():
        scanned.setdefault(series_id, set()).add(day)
    figures: dict[tuple[int, int], Figures] = {}
    for series_id, covered in scanned.items():
        points: dict[int, dict[date, float]] = {number: {} for number in wanted[series_id]}
        # The days one by one, so that each figure is found by its key: a range would be read for all keywords.
        span = [max(covered) - timedelta(days=back) for back in range(days)]
        for some in portions(points):
            for day, number, value in session.execute(_points_of(series_id, some, span)).all():
                points[number][day] = value
        figures |= {(series_id, number): Figures(each, frozenset(covered)) for number, each in points.items()}
    return figures


def _points_of(series_id: int, keyword_ids: Sequence[int], days: Sequence[date]) -> Any:
    columns = (col(TrendObservation.day), col(TrendObservation.keyword_id), col(TrendObservation.value))
    return select(*columns).where(
        TrendObservation.series_id == series_id,
        col(TrendObservation.day).in_(days),
        col(TrendObservation.keyword_id).in_(keyword_ids),
    )


def portions(values: Iterable[Any]) -> Iterator[list[Any]]:
    """*values* in lists of at most MOST_AT_ONCE."""
    listed = list(values)
    for start in range(0, len(listed), MOST_AT_ONCE):
        yield listed[start : start + MOST_AT_ONCE]
