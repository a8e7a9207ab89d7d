"""Which keywords are hot, in which order, and whose figures they have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from studio.models.trend import Abilities, Category, Headline, Platform, Reading, Sighting, Trend, Window
from studio.providers.trends import MOST_CANDIDATES
from studio.stages.growth import Figures
from studio.stages.trends import MOST_ROWS, candidates, category_of, merged, outcome, rank

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
ALL = tuple(Platform)
LISTING = Abilities(does="finds", unit="searches", kind="flow", proxy_for=ALL)
NATIVE = Abilities(does="finds", unit="views", kind="level", native=(Platform.YOUTUBE,), derivable=False)
INDEX = Abilities(does="measures", unit="index", kind="index", proxy_for=ALL)
TWO_DAYS = Figures({date(2026, 3, 13): 100.0, date(2026, 3, 14): 120.0}, frozenset({date(2026, 3, 13), NOON.date()}))
"""120, +20 %."""
TODAY = Figures({NOON.date(): 5_000.0}, frozenset({NOON.date()}))


def said(source: str, *keywords: str | Sighting, state: str = "ok") -> Reading:
    sightings = tuple(
        each if isinstance(each, Sighting) else Sighting(keyword=each, rank=place)
        for place, each in enumerate(keywords, start=1)
    )
    return Reading(source=source, state=state, sightings=sightings, observed_at=NOON)


def ranked(
    readings: list[Reading], abilities: dict[str, Abilities], figures: Any = (), **place: Any
) -> tuple[Trend, ...]:
    where = {"platform": Platform.YOUTUBE, "region": "TW", "window": Window.DAY, **place}
    return rank(readings, abilities, dict(figures), **where)


def test_nothing_said_is_nothing_hot() -> None:
    assert candidates([]) == ()
    assert candidates([said("a", state="empty"), said("b", state="failed")]) == ()
    assert ranked([], {}) == ()


def test_what_two_sources_list_is_hotter_than_what_one_does() -> None:
    # By hand: b 1/62 + 1/62 = 0.03226, a 1/61 + 0 = 0.01639, d the same, c 1/63 = 0.01587
    readings = [said("one", "a", "b", "c"), said("two", "d", "b")]

    assert candidates(readings) == ("b", "a", "d", "c")
    assert [each.score for each in merged(readings)] == [2 / 62, 1 / 61, 1 / 61, 1 / 63]


def test_spellings_of_a_keyword_are_one_candidate_written_as_where_it_is_hottest() -> None:
    readings = [said("one", "x", "＃AI", "ai"), said("two", "ＡＩ", "臺灣"), said("three", "台湾")]

    assert candidates(readings) == ("台湾", "ＡＩ", "x")


def test_a_keyword_twice_in_one_list_counts_once() -> None:
    assert [each.score for each in merged([said("one", "AI", "ai", "#ai")])] == [1 / 61]


def test_a_keyword_of_which_nothing_is_left_is_none() -> None:
    assert candidates([said("one", "#", "!!", "a")]) == ("a",)


def test_there_are_only_so_many_candidates_and_none_that_were_asked_about() -> None:
    names = [f"k{number}" for number in range(30)]
    asked = said("measuring", Sighting(keyword="z", value=9))

    assert candidates([asked, said("one", *names)]) == tuple(names[:MOST_CANDIDATES])
    assert candidates([asked]) == ()


def test_the_order_of_readings_changes_nothing() -> None:
    readings = [said("one", "a", "b", "c"), said("two", "c", "d"), said("three", "b", "d", "a")]
    able = dict.fromkeys(("one", "two", "three"), LISTING)

    assert ranked(readings, able)[0].sources == ranked(readings[::-1], able)[0].sources
    assert ranked(readings, able) == ranked(readings[::-1], able)


def test_a_row_says_where_its_figures_are_from() -> None:
    (row,) = ranked([said("rss", "AI")], {"rss": LISTING}, {("rss", "ai"): TWO_DAYS})

    assert row == Trend(
        keyword="AI", platform=Platform.YOUTUBE, region="TW", window=Window.DAY, rank=1, source="rss", sources=("rss",),
        method="proxy", unit="searches", kind="flow", volume=120, growth=20.0, coverage=1.0,
        growth_source="rss", growth_method="proxy", category=Category.TECHNOLOGY, category_by="words", observed_at=NOON,
    )  # fmt: skip


def test_a_row_without_figures_says_so() -> None:
    (row,) = ranked([said("rss", "AI")], {"rss": LISTING})

    assert (row.volume, row.growth, row.growth_reason, row.coverage) == (None, None, "no_figures", 0)


def test_the_platforms_own_figures_come_before_those_that_stand_for_it() -> None:
    readings = [said("rss", "AI"), said("tube", "x", "ai")]
    able = {"rss": LISTING, "tube": NATIVE}
    (row, _) = ranked(readings, able, {("rss", "ai"): TWO_DAYS, ("tube", "ai"): TODAY})

    assert (row.source, row.method, row.volume) == ("tube", "native", 5000)
    assert row.sources == ("rss", "tube")
    assert (row.keyword, row.rank) == ("AI", 1)


def test_a_growth_that_only_another_source_knows_is_named_as_that_sources() -> None:
    able = {"rss": LISTING, "tube": NATIVE}
    readings = [said("rss", "AI"), said("tube", "ai")]
    (row,) = ranked(readings, able, {("rss", "ai"): TWO_DAYS, ("tube", "ai"): TODAY})
    (unknown,) = ranked(readings[1:], able, {("tube", "ai"): TODAY})

    assert (row.source, row.volume, row.growth, row.growth_source, row.growth_method, row.growth_reason) == (
        "tube", 5000, 20.0, "rss", "proxy", None,
    )  # fmt: skip
    assert (unknown.growth, unknown.growth_source, unknown.growth_reason) == (None, None, "policy")


def test_own_figures_that_are_not_there_are_not_before_others() -> None:
    (row,) = ranked(
        [said("rss", "AI"), said("tube", "ai")], {"rss": LISTING, "tube": NATIVE}, {("rss", "ai"): TWO_DAYS}
    )

    assert (row.source, row.method, row.volume) == ("rss", "proxy", 120)


@pytest.mark.parametrize(
    ("figures", "chosen"),
    [
        ({"a": TODAY, "b": TWO_DAYS}, "b"),
        ({"a": TODAY, "c": TWO_DAYS}, "a"),
        ({"c": TWO_DAYS}, "c"),
        ({"b": TWO_DAYS, "a": TWO_DAYS}, "a"),
        ({}, "a"),
    ],
    ids=["volume and growth", "volume before growth", "growth before nothing", "where it is hotter", "none"],
)
def test_among_equals_the_source_that_says_more_is_taken(figures: dict[str, Figures], chosen: str) -> None:
    measured = said("c", Sighting(keyword="ai", is_whole=True))
    readings = [said("b", "x", "ai"), measured, said("a", "ai")]
    rows = ranked(
        readings, {"a": LISTING, "b": LISTING, "c": INDEX}, {(name, "ai"): each for name, each in figures.items()}
    )

    assert next(row.source for row in rows if row.keyword == "ai") == chosen


def test_an_index_that_is_not_one_whole_history_is_not_compared() -> None:
    known = {("i", "ai"): TWO_DAYS}
    (parts,) = ranked([said("i", Sighting(keyword="ai", value=9))], {"i": INDEX}, known)
    (whole,) = ranked([said("i", Sighting(keyword="ai", is_whole=True))], {"i": INDEX}, known)

    assert (parts.growth, parts.growth_reason) == (None, "not_comparable")
    assert (whole.growth, whole.growth_reason, whole.volume) == (20.0, None, None)


def test_sources_that_have_nothing_to_do_with_the_platform_are_left_out() -> None:
    able = {"tube": NATIVE, "rss": LISTING}
    rows = ranked([said("tube", "a"), said("rss", "b"), said("gone", "c")], able, platform=Platform.TIKTOK)

    assert [(row.keyword, row.platform) for row in rows] == [("b", Platform.TIKTOK)]


def test_there_are_only_so_many_rows_and_keywords_that_nobody_lists_come_last() -> None:
    measured = said("i", Sighting(keyword="a0", value=9))
    listed = said("rss", *(f"k{number}" for number in range(60)))
    rows = ranked([measured, said("rss", "k")], {"rss": LISTING, "i": INDEX})

    assert [row.keyword for row in rows] == ["k", "a0"]
    assert [row.rank for row in ranked([measured, listed], {"rss": LISTING, "i": INDEX})] == list(
        range(1, MOST_ROWS + 1)
    )


def test_the_window_is_what_figures_are_of() -> None:
    days = [NOON.date() - timedelta(days=back) for back in range(14)]
    figures = Figures({day: 10.0 if back < 7 else 8.0 for back, day in enumerate(days)}, frozenset(days))
    (row,) = ranked([said("rss", "AI")], {"rss": LISTING}, {("rss", "ai"): figures}, window=Window.WEEK)

    assert (row.window, row.volume, row.growth) == (Window.WEEK, 70, 25.0)


def test_a_sources_category_comes_before_words_and_words_before_other() -> None:
    def category(**values: Any) -> tuple[Category | None, str | None]:
        (row,) = ranked([said("rss", Sighting(keyword="大谷翔平", rank=1, **values))], {"rss": LISTING})
        return row.category, row.category_by

    assert category(category=Category.NEWS) == (Category.NEWS, "source")
    assert category() == (Category.SPORTS, "words")
    assert category(category=Category.OTHER) == (Category.SPORTS, "words")
    (row,) = ranked([said("rss", Sighting(keyword="zzz", rank=1, category=Category.OTHER))], {"rss": LISTING})
    assert (row.category, row.category_by) == (Category.OTHER, "source")


def test_headlines_say_what_a_name_is_about() -> None:
    news = tuple(Headline(title=title) for title in ("檢方起訴王小明", "王小明出庭，法官裁定交保"))
    (row,) = ranked([said("rss", Sighting(keyword="王小明", rank=1, headlines=news))], {"rss": LISTING})

    assert (row.category, row.category_by) == (Category.LAW, "words")
    assert category_of("王小明") is None


def test_what_sources_know_is_put_together_once() -> None:
    headline, other = Headline(title="A", url="https://a.example"), Headline(title="B")
    first = Sighting(keyword="AI", rank=1, headlines=(headline,), related=("#AI", "LLM"))
    second = Sighting(
        keyword="ai", rank=2, summary="Thinking machines", url="https://b.example",
        headlines=(headline, other), related=("llm", "robot"),
    )  # fmt: skip
    (found,) = merged([said("two", second), said("one", first)])

    assert found.detail.model_dump() == {
        "keyword": "AI",
        "summary": "Thinking machines",
        "url": "https://b.example",
        "headlines": (headline.model_dump(), other.model_dump()),
        "related": ("LLM", "robot"),
    }


@pytest.mark.parametrize(
    ("states", "ended", "missing"),
    [
        ((), "failed", "there is no source"),
        (("ok", "empty"), "complete", ""),
        (("ok", "not_ready"), "complete", ""),
        (("ok", "failed"), "partial", "s1: failed"),
        (("empty", "empty"), "failed", "s0: has nothing; s1: has nothing"),
        (("failed", "not_ready"), "failed", "s0: failed; s1: is not ready"),
    ],
)
def test_a_scan_ends_as_its_sources_did(states: tuple[str, ...], ended: str, missing: str) -> None:
    readings = [
        said(f"s{number}", *(["a"] if state == "ok" else []), state=state) for number, state in enumerate(states)
    ]

    assert outcome(readings) == (ended, missing)
