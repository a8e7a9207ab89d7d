"""How many, and how much more than before, from a figure a day: nothing that no source gave."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from studio.models.trend import Abilities, GrowthReason, Kind, Reading, Sighting, Window

LEAST_COVERED = Fraction(4, 5)
"""Share of a window's days that have to be known before it is compared: of a week, six."""

AHEAD = timedelta(days=1)
"""A source's own day may have begun already; what is further ahead would be the newest day of its series for ever."""

LARGEST = 1e15
"""No count of people's doings is larger; a source that says so errs."""


@dataclass(frozen=True)
class Figures:
    """
    A keyword's figures in one series.

    *points* has a value a day. *scanned* are the days on which the series was asked and answered: a keyword that a list
    lacks then was not hot. On all other days nobody knows.
    """

    points: Mapping[date, float] = field(default_factory=dict)
    scanned: frozenset[date] = frozenset()

    def until(self, last: date) -> Figures:
        """What there is up to *last*: an answer that had no days of its own may have been put on a later one."""
        points = {day: value for day, value in self.points.items() if day <= last}
        return Figures(points, frozenset(day for day in self.scanned if day <= last))


@dataclass(frozen=True)
class Growth:
    """In per cent against the window before, or why there is none."""

    per_cent: float | None = None
    reason: GrowthReason | None = None


@dataclass(frozen=True)
class Volume:
    """A count over a window; None where nothing is counted."""

    value: int | None = None
    is_floor: bool = False


@dataclass(frozen=True)
class Daily:
    """
    A keyword's figures as one reading has them; *whole* are those of a source's own whole history.

    These replace what was known of their days. *alone* are compared with what was: the larger one of a day counts.
    """

    alone: Mapping[date, float] = field(default_factory=dict)
    whole: Mapping[date, float] = field(default_factory=dict)


def day_of(moment: datetime) -> date:
    """The UTC day that *moment* is in, wherever its clock hangs: days of 23 or 25 hours there are none here."""
    return moment.astimezone(UTC).date()


def newest_day(reading: Reading) -> date:
    """
    The day that a reading's newest figures are of: the last of its histories, or that on which it was said.

    A list is of one day. Where some of its keywords come with a history that ends yesterday, the others' are
    yesterday's too.
    """
    said = day_of(reading.observed_at)
    histories = (point.day for sighting in reading.sightings for point in sighting.history)
    return max((day for day in histories if day <= said + AHEAD), default=said)


def daily(sightings: Sequence[Sighting], *, newest: date, kind: Kind) -> Daily:
    """
    A figure a day from one reading's *sightings* of a keyword.

    Where a source gives a history, its newest figure is in it; without one, it is of the reading's *newest* day. The
    larger figure of a day counts, as when a keyword is listed in two spellings. Indices of two histories cannot be
    compared, so only one is taken, and only a whole one.
    """
    alone: dict[date, float] = {}
    whole: dict[date, float] = {}
    for sighting in sightings:
        figures = {point.day: point.value for point in sighting.history if point.day <= newest}
        if not sighting.history and sighting.value is not None:
            figures = {newest: sighting.value}
        into = whole if sighting.history and sighting.is_whole else alone
        if kind == "index" and (into is alone or whole):
            continue
        for day, value in figures.items():
            if value <= LARGEST:
                into[day] = max(value, into.get(day, 0.0))
    return Daily(alone, whole)


def answered_days(reading: Reading, abilities: Abilities) -> frozenset[date]:
    """
    Days on which the source's series has an answer by *reading*; none where it failed.

    A list is an answer for its newest day. One that measures has answered for the days that it gives.
    """
    if reading.state not in ("ok", "empty"):
        return frozenset()
    newest = newest_day(reading)
    if abilities.does == "finds":
        return frozenset({newest})
    figures = (daily([sighting], newest=newest, kind=abilities.kind) for sighting in reading.sightings)
    return frozenset(day for each in figures for day in each.alone.keys() | each.whole.keys())


def grown(figures: Figures, window: Window, abilities: Abilities) -> Growth:
    """
    Growth of the *window* that ends on the newest day of the series, against the one before.

    Of flows and indices the means of a day are compared, so that a day that nobody scanned is neither a fall nor a
    rise; of levels the last figures. A day is known when the series was scanned on it or when it has a figure, which
    is all that counts where the source was only asked about the keyword. Both windows need LEAST_COVERED of their days
    known, and figures on as many of those. Where all that is known of the window before is that the keyword was not
    there, it is new.
    """
    if not abilities.derivable:
        return Growth(reason="policy")
    if not figures.points:
        return Growth(reason="no_figures")
    known = _known(figures, abilities)
    now, before = _windows(figures, window)
    if not _is_covered(before, known):
        could_be = sum(day >= min(known) for day in before)
        return Growth(reason="gaps" if could_be >= LEAST_COVERED * window.days else "needs_history")
    if not _value(before, figures, abilities.kind):
        return Growth(reason="new")
    if not all(_is_covered(days, known) and _has_enough(days, known, figures) for days in (before, now)):
        return Growth(reason="gaps")
    ratio = _value(now, figures, abilities.kind) / _value(before, figures, abilities.kind)
    return Growth(per_cent=round(100 * (ratio - 1), 1)) if math.isfinite(ratio) else Growth(reason="not_comparable")


def volume(figures: Figures, window: Window, abilities: Abilities) -> Volume:
    """
    How many in the *window* that ends on the newest day of the series.

    Flows are added up: at least so many, where the source says so or a day has no figure. A level's is the last
    figure. An index counts nothing. A source that lets nobody derive figures has its newest one shown as it is.
    """
    now, _ = _windows(figures, window)
    values = [figures.points[day] for day in now if day in figures.points]
    if not values or abilities.kind == "index":
        return Volume()
    if abilities.kind == "level":
        return Volume(round(values[-1]), abilities.is_floor)
    counted = math.fsum(values) if abilities.derivable else values[-1]
    is_partial = len(values) < window.days or (not abilities.derivable and window is not Window.DAY)
    return Volume(round(counted), abilities.is_floor or is_partial)


def coverage(figures: Figures, window: Window) -> float:
    """Share of the *window*'s days that have figures."""
    now, _ = _windows(figures, window)
    return round(sum(day in figures.points for day in now) / window.days, 3)


def _windows(figures: Figures, window: Window) -> tuple[list[date], list[date]]:
    """Days of the window and of the one before, oldest first."""
    days = figures.scanned | figures.points.keys()
    if not days:
        return [], []
    first = max(days) - timedelta(days=2 * window.days - 1)
    both = [first + timedelta(days=offset) for offset in range(2 * window.days)]
    return both[window.days :], both[: window.days]


def _known(figures: Figures, abilities: Abilities) -> frozenset[date]:
    with_figures = frozenset(figures.points)
    return with_figures if abilities.does == "measures" else with_figures | figures.scanned


def _is_covered(days: Sequence[date], known: frozenset[date]) -> bool:
    return sum(day in known for day in days) >= LEAST_COVERED * len(days)


def _has_enough(days: Sequence[date], known: frozenset[date], figures: Figures) -> bool:
    with_figures = sum(day in figures.points for day in days)
    return with_figures >= LEAST_COVERED * sum(day in known for day in days)


def _value(days: Sequence[date], figures: Figures, kind: Kind) -> float:
    """A day's mean, or the last level; 0 where there is none."""
    values = [figures.points[day] for day in days if day in figures.points] or [0.0]
    return values[-1] if kind == "level" else math.fsum(values) / len(values)
