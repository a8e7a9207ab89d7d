"""Volume and growth against figures worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from studio.models.trend import Abilities, Platform, Point, Reading, Sighting, Window
from studio.stages.growth import (
    Figures,
    Growth,
    Volume,
    answered_days,
    coverage,
    daily,
    day_of,
    grown,
    newest_day,
    volume,
)

LISTING = Abilities(does="finds", unit="searches", kind="flow", native=(Platform.YOUTUBE,))
MEASURING = LISTING.model_copy(update={"does": "measures", "unit": "views"})
LEVEL = LISTING.model_copy(update={"kind": "level", "unit": "views"})
INDEX = MEASURING.model_copy(update={"kind": "index", "unit": "index"})
SECRET = LISTING.model_copy(update={"derivable": False})

LAST = date(2026, 3, 14)
"""The newest day; its week begins on the 8th, the week before on the 1st."""

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def march(values: Mapping[int, float]) -> dict[date, float]:
    return {date(2026, 3, 1) + timedelta(days=day - 1): value for day, value in values.items()}


def scanned(*days: int) -> frozenset[date]:
    return frozenset(march(dict.fromkeys(days, 0)))


FORTNIGHT = scanned(*range(1, 15))
STEADY = march({**dict.fromkeys(range(1, 8), 100.0), **dict.fromkeys(range(8, 15), 150.0)})
"""700 in the first week, 1,050 in the second: +50 %."""


def without(points: Mapping[date, float], *days: int) -> dict[date, float]:
    return {day: value for day, value in points.items() if day.day not in days}


def test_of_nothing_nothing_is_said() -> None:
    assert grown(Figures(), Window.WEEK, LISTING) == Growth(reason="no_figures")
    assert volume(Figures(), Window.WEEK, LISTING) == Volume(None)
    assert coverage(Figures(), Window.WEEK) == 0


def test_a_week_is_compared_with_the_week_before() -> None:
    figures = Figures(STEADY, FORTNIGHT)

    assert grown(figures, Window.WEEK, LISTING) == Growth(50.0)
    assert volume(figures, Window.WEEK, LISTING) == Volume(1050)
    assert coverage(figures, Window.WEEK) == 1


def test_a_day_is_compared_with_the_day_before() -> None:
    # 231 / 200 - 1 = 0.155
    figures = Figures(march({13: 200, 14: 231}), scanned(13, 14))

    assert grown(figures, Window.DAY, LISTING) == Growth(15.5)
    assert volume(figures, Window.DAY, LISTING) == Volume(231)


def test_a_month_needs_two() -> None:
    days = [date(2026, 3, 14) - timedelta(days=back) for back in range(60)]
    points = {day: 40.0 if back < 30 else 50.0 for back, day in enumerate(days)}

    assert grown(Figures(points, frozenset(days)), Window.MONTH, LISTING) == Growth(-20.0)
    assert volume(Figures(points, frozenset(days)), Window.MONTH, LISTING) == Volume(1200)
    short = {day: points[day] for day in days[:53]}
    assert grown(Figures(short, frozenset(short)), Window.MONTH, LISTING) == Growth(reason="needs_history")
    enough = {day: points[day] for day in days[:54]}
    assert grown(Figures(enough, frozenset(enough)), Window.MONTH, LISTING) == Growth(-20.0)


def test_a_series_that_begins_too_late_needs_history() -> None:
    figures = Figures(without(STEADY, 1, 2), FORTNIGHT - scanned(1, 2))

    assert grown(figures, Window.WEEK, LISTING) == Growth(reason="needs_history")
    assert grown(figures, Window.DAY, LISTING) == Growth(0.0)


def test_failed_scans_leave_gaps_and_are_no_zeros() -> None:
    figures = Figures(without(STEADY, 3, 5), FORTNIGHT - scanned(3, 5))

    assert grown(figures, Window.WEEK, LISTING) == Growth(reason="gaps")


def test_a_single_failed_scan_is_neither_a_fall_nor_a_rise() -> None:
    # Means of a day: 150 against 100, whichever day is missing.
    for day in (4, 11):
        figures = Figures(without(STEADY, day), FORTNIGHT - scanned(day))

        assert grown(figures, Window.WEEK, LISTING) == Growth(50.0)
    assert volume(figures, Window.WEEK, LISTING) == Volume(900, is_floor=True)
    assert coverage(figures, Window.WEEK) == 0.857


def test_a_keyword_that_comes_and_goes_in_the_list_has_gaps() -> None:
    before = Figures(without(STEADY, 2, 4), FORTNIGHT)
    now = Figures(without(STEADY, 9, 11), FORTNIGHT)

    assert grown(before, Window.WEEK, LISTING) == Growth(reason="gaps")
    assert grown(now, Window.WEEK, LISTING) == Growth(reason="gaps")
    assert volume(now, Window.WEEK, LISTING) == Volume(750, is_floor=True)


@pytest.mark.parametrize("before", [{}, {1: 0.0, 4: 0.0}])
def test_a_keyword_that_was_not_there_when_all_was_scanned_is_new(before: dict[int, float]) -> None:
    figures = Figures(march({**before, 13: 500, 14: 700}), FORTNIGHT)

    assert grown(figures, Window.WEEK, LISTING) == Growth(reason="new")
    assert volume(figures, Window.WEEK, LISTING) == Volume(1200, is_floor=True)


def test_a_keyword_that_nobody_asked_about_before_is_not_new() -> None:
    # The source measures: that others were asked about on those days says nothing of this one.
    figures = Figures(march({13: 500, 14: 700}), FORTNIGHT)

    assert grown(figures, Window.WEEK, MEASURING) == Growth(reason="needs_history")
    assert grown(figures, Window.DAY, MEASURING) == Growth(40.0)


def test_a_whole_history_covers_its_days_itself() -> None:
    assert grown(Figures(STEADY, scanned(14)), Window.WEEK, LISTING) == Growth(50.0)
    assert grown(Figures(STEADY, scanned(14)), Window.WEEK, MEASURING) == Growth(50.0)


def test_a_history_of_zeros_means_new() -> None:
    figures = Figures(march({**dict.fromkeys(range(1, 8), 0.0), **dict.fromkeys(range(8, 15), 9.0)}), FORTNIGHT)

    assert grown(figures, Window.WEEK, MEASURING) == Growth(reason="new")


def test_what_is_no_longer_in_the_list_has_no_volume() -> None:
    figures = Figures(march({12: 80, 13: 90}), FORTNIGHT)

    assert volume(figures, Window.DAY, LISTING) == Volume(None)
    assert volume(figures, Window.WEEK, LISTING) == Volume(170, is_floor=True)


def test_levels_are_compared_by_the_last_of_each_window() -> None:
    # 1,000 on the 1st, 100 more each day: 1,600 on the 7th, 2,300 on the 14th; 2300 / 1600 - 1 = 0.4375
    figures = Figures(march({day: 900 + 100 * day for day in range(1, 15)}), FORTNIGHT)

    assert grown(figures, Window.WEEK, LEVEL) == Growth(43.8)
    assert volume(figures, Window.WEEK, LEVEL) == Volume(2300)
    ended = Figures({**figures.points, date(2026, 3, 7): 0.0}, FORTNIGHT)
    assert grown(ended, Window.WEEK, LEVEL) == Growth(reason="new")


def test_an_index_grows_and_counts_nothing() -> None:
    # Means 40 and 46: +15 %
    figures = Figures(march({**dict.fromkeys(range(1, 8), 40.0), **dict.fromkeys(range(8, 15), 46.0)}), FORTNIGHT)

    assert grown(figures, Window.WEEK, INDEX) == Growth(15.0)
    assert volume(figures, Window.WEEK, INDEX) == Volume(None)


def test_what_may_not_be_derived_is_shown_as_it_is_and_not_derived() -> None:
    figures = Figures(STEADY, FORTNIGHT)

    assert grown(figures, Window.WEEK, SECRET) == Growth(reason="policy")
    assert volume(figures, Window.WEEK, SECRET) == Volume(150, is_floor=True)
    assert volume(figures, Window.DAY, SECRET) == Volume(150)


def test_a_floor_stays_a_floor() -> None:
    floor = LISTING.model_copy(update={"is_floor": True})

    assert volume(Figures(STEADY, FORTNIGHT), Window.WEEK, floor) == Volume(1050, is_floor=True)


def test_figures_that_no_ratio_exists_of_are_not_compared() -> None:
    figures = Figures(march({13: 5e-324, 14: 1e15}), FORTNIGHT)

    assert grown(figures, Window.DAY, LISTING) == Growth(reason="not_comparable")


@pytest.mark.parametrize(
    ("zone", "midnight"), [("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"), ("Asia/Taipei", "2026-03-08")]
)  # fmt: skip
def test_a_day_whose_clock_is_changed_counts_once(zone: str, midnight: str) -> None:
    """Scans at every hour of a week in which a local day has 23 or 25 hours: 10 on each UTC day, of 24 hours all."""
    change = datetime.fromisoformat(midnight).replace(tzinfo=ZoneInfo(zone))
    first = (change - timedelta(days=3)).astimezone(UTC).replace(hour=0)
    stamps = [(first + timedelta(hours=hour)).astimezone(ZoneInfo(zone)) for hour in range(7 * 24)]
    points: dict[date, float] = {}
    for stamp in stamps:
        points |= daily([Sighting(keyword="a", value=10)], newest=day_of(stamp), kind="flow").alone

    assert set(Counter(map(day_of, stamps)).values()) == {24}
    assert volume(Figures(points, frozenset(points)), Window.WEEK, LISTING) == Volume(70)


def test_a_day_in_taipei_is_the_utc_day_that_it_is_in() -> None:
    assert day_of(datetime(2026, 3, 15, 7, 59, tzinfo=ZoneInfo("Asia/Taipei"))) == date(2026, 3, 14)
    assert day_of(datetime(2026, 3, 15, 8, tzinfo=ZoneInfo("Asia/Taipei"))) == date(2026, 3, 15)
    assert day_of(datetime(2026, 3, 7, 19, tzinfo=ZoneInfo("America/New_York"))) == date(2026, 3, 8)
    assert day_of(datetime(2026, 3, 8, 19, tzinfo=ZoneInfo("America/New_York"))) == date(2026, 3, 8)


def test_the_larger_of_two_spellings_counts() -> None:
    twice = [Sighting(keyword="＃AI", rank=3, value=500), Sighting(keyword="ai", rank=9, value=2000)]

    assert daily(twice, newest=LAST, kind="flow").alone == {LAST: 2000}


def test_a_figure_beside_a_history_is_not_counted_as_todays() -> None:
    history = (Point(day=date(2026, 3, 12), value=10), Point(day=date(2026, 3, 13), value=12))
    found = daily([Sighting(keyword="a", value=12, history=history, is_whole=True)], newest=LAST, kind="flow")

    assert found.whole == march({12: 10, 13: 12})
    assert found.alone == {}


def test_indices_are_taken_from_one_whole_history_only() -> None:
    one, other = ((Point(day=LAST, value=value),) for value in (30, 90))
    sightings = [
        Sighting(keyword="a", value=50),
        Sighting(keyword="a", history=(Point(day=LAST, value=99),)),
        Sighting(keyword="a", history=one, is_whole=True),
        Sighting(keyword="A", history=other, is_whole=True),
    ]
    found = daily(sightings, newest=LAST, kind="index")

    assert (found.alone, found.whole) == ({}, {LAST: 30})


def test_days_to_come_and_counts_beyond_all_people_are_left_out() -> None:
    history = (
        Point(day=date(2099, 1, 1), value=5),
        Point(day=LAST, value=1e300),
        Point(day=date(2026, 3, 13), value=3),
    )
    sighting = Sighting(keyword="a", history=history, is_whole=True)

    assert daily([sighting], newest=LAST, kind="flow").whole == {date(2026, 3, 13): 3}
    assert answered_days(reading("ok", sighting), LISTING) == {LAST}


def reading(state: str, *sightings: Sighting) -> Reading:
    return Reading(source="s", state=state, sightings=sightings, observed_at=NOON)


def test_only_an_answer_makes_a_day_known() -> None:
    listed = Sighting(keyword="a", rank=1, value=3)

    assert answered_days(reading("failed"), LISTING) == frozenset()
    assert answered_days(reading("not_ready"), LISTING) == frozenset()
    assert answered_days(reading("empty"), LISTING) == {LAST}
    assert answered_days(reading("ok", listed), LISTING) == {LAST}


def test_a_list_of_yesterday_is_an_answer_for_yesterday() -> None:
    history = (Point(day=date(2026, 3, 12), value=3), Point(day=date(2026, 3, 13), value=3))
    sighting = Sighting(keyword="a", rank=1, history=history)

    beside = Sighting(keyword="b", rank=2, value=5)

    assert answered_days(reading("ok", sighting, beside), LISTING) == {date(2026, 3, 13)}
    assert daily([beside], newest=newest_day(reading("ok", sighting, beside)), kind="flow").alone == march({13: 5})
    assert answered_days(reading("ok", sighting), MEASURING) == {date(2026, 3, 12), date(2026, 3, 13)}
    assert answered_days(reading("empty"), MEASURING) == frozenset()
