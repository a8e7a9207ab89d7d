"""What scans found is written once, and read as it was found."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from store.repos.scans import Scans
from store.repos.trends import Trends
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.trends import (
    TrendDay,
    TrendKeyword,
    TrendNote,
    TrendObservation,
    TrendRank,
    TrendReading,
    TrendScan,
    TrendSeries,
)
from studio.models.trend import Abilities, Category, Headline, Platform, Point, Reading, Sighting, Trend, Window

ALL = tuple(Platform)
ABILITIES = {
    "rss": Abilities(does="finds", unit="searches", kind="flow", proxy_for=ALL, is_floor=True),
    "tube": Abilities(
        does="finds", unit="views", kind="level", native=(Platform.YOUTUBE,), derivable=False, kept_days=30
    ),
    "wiki": Abilities(does="measures", unit="views", kind="flow", proxy_for=ALL),
    "explore": Abilities(does="measures", unit="index", kind="index", native=(Platform.YOUTUBE,), proxy_for=ALL),
}
KEPT = {name: able.kept_days for name, able in ABILITIES.items()}

NOW = utc_now()
TODAY = NOW.date()


def at(days_ago: float) -> datetime:
    return NOW - timedelta(days=days_ago)


def day(days_ago: int) -> date:
    return at(days_ago).astimezone(UTC).date()


def said(source: str, *sightings: Sighting | str, state: str = "ok", when: datetime = NOW, reason: str = "") -> Reading:
    listed = tuple(
        each if isinstance(each, Sighting) else Sighting(keyword=each, rank=place, value=100 * place)
        for place, each in enumerate(sightings, start=1)
    )
    return Reading(source=source, state=state, sightings=listed, observed_at=when, reason=reason)


def history(*values: float, ends: int = 1) -> tuple[Point, ...]:
    """Figures of consecutive days, of which the last is *ends* days ago."""
    return tuple(Point(day=day(ends + len(values) - 1 - place), value=value) for place, value in enumerate(values))


def record(
    *readings: Reading, when: datetime = NOW, platform: str = "youtube", region: str = "TW", **values: Any
) -> TrendScan:
    with transaction() as session:
        scan = Scans(session).add(platform=platform, region=region, language="zh-TW")
        scan.created_at = when
        for name, value in values.items():
            setattr(scan, name, value)
        return Trends(session).record(scan, readings, ABILITIES, now=when)


def hot(
    platform: Platform | None = Platform.YOUTUBE,
    *,
    window: Window = Window.DAY,
    category: Category | None = None,
    limit: int = 50,
    region: str = "TW",
) -> tuple[Trend, ...]:
    with reading() as session:
        return Trends(session).hot(platform=platform, region=region, window=window, category=category, limit=limit).rows


def counted(table: type[Any]) -> int:
    with reading() as session:
        return int(session.exec(select(func.count()).select_from(table)).one())


def figures() -> dict[tuple[str, str, date], float]:
    """By source, norm and day."""
    statement = (
        select(TrendSeries.source, TrendKeyword.norm, TrendObservation.day, TrendObservation.value)  # type: ignore[call-overload]
        .join(TrendObservation, col(TrendObservation.series_id) == col(TrendSeries.id))
        .join(TrendKeyword, col(TrendKeyword.id) == col(TrendObservation.keyword_id))
    )
    with reading() as session:
        return {(source, norm, on): value for source, norm, on, value in session.execute(statement).all()}


def test_where_nothing_was_scanned_nothing_is_hot(migrated: str) -> None:
    assert hot() == ()
    assert hot(None) == ()
    with reading() as session:
        assert Scans(session).last_good("youtube", "TW") is None
        assert Scans(session).last_tried("youtube", "TW") is None
        assert Scans(session).unfinished() == []
        assert Scans(session).listed(after=None, limit=5) == []
        assert Trends(session).explain("AI", region="TW") is None
        assert Trends(session).detail("AI", region="TW") is None
        assert Trends(session).figures([], region="TW", days=30) == {}
    with transaction() as session:
        assert Trends(session).prune(now=NOW, kept_days=KEPT) == {"figures": 0, "scans": 0, "keywords": 0}


def test_a_scan_of_one_slot_or_one_flow_run_is_one_scan(migrated: str) -> None:
    place = {"platform": "youtube", "region": "TW", "language": "zh-TW"}
    with transaction() as session:
        scans = Scans(session)
        first = scans.add(**place, slot="youtube/TW/1")
        assert first.state == "waiting"
        assert scans.add(**place, slot="youtube/TW/1", run_id="run-1").id == first.id
        assert scans.add(**place, run_id="run-1").id == first.id
        assert scans.add(**place, slot="youtube/TW/2").id != first.id
        assert scans.add(**place).id != scans.add(**place).id
    with reading() as session:
        found = Scans(session).by_run("run-1")
        assert found
        assert (found.id, found.slot) == (first.id, "youtube/TW/1")


def test_scans_are_claimed_restarted_and_ended_once(migrated: str) -> None:
    holder = {"host": "here", "pid": 7, "pid_started": 1.5}
    with transaction() as session:
        scans = Scans(session)
        scan = scans.add(platform="youtube", region="TW", language="zh-TW")
        assert [each.id for each in scans.unfinished()] == [scan.id]
        assert scans.claim(scan.id, holder=holder, run_id="run-1")
        session.refresh(scan)
        assert (scan.state, scan.run_id, scan.pid) == ("running", "run-1", 7)
        assert scan.started_at
        seen = scan.model_copy()
        assert scans.claim_restart(seen)
        assert not scans.claim_restart(seen)
        session.refresh(scan)
        assert (scan.pid, scan.restarts) == (None, 1)
        assert scans.fail(scan.id, "no\x00thing")
        assert not scans.fail(scan.id, "again")
        assert not scans.claim(scan.id, holder=holder)
        session.refresh(scan)
        assert (scan.state, scan.reason) == ("failed", "nothing")
        assert scans.unfinished() == []
        scans.keep_picture(scan.id, "sha256/aa")
        session.refresh(scan)
        assert scan.picture == "sha256/aa"
        assert scans.get("scan_\x00") is None


def test_scans_are_listed_newest_first_and_by_what_they_are(migrated: str) -> None:
    ids = []
    with transaction() as session:
        for platform, region in (("youtube", "TW"), ("tiktok", "TW"), ("youtube", "US"), ("youtube", "TW")):
            ids.append(Scans(session).add(platform=platform, region=region, language="en").id)
        Scans(session).fail(ids[3], "no")

    def listed(after: str | None = None, limit: int = 9, **wanted: Any) -> list[int]:
        with reading() as session:
            return [ids.index(scan.id) for scan in Scans(session).listed(after=after, limit=limit, **wanted)]

    assert listed() == [3, 2, 1, 0]
    assert listed(limit=2) == [3, 2]
    assert listed(after=ids[2]) == [1, 0]
    assert listed(platform="youtube") == [3, 2, 0]
    assert listed(platform="youtube", region="TW") == [3, 0]
    assert listed(state="failed") == [3]
    with reading() as session:
        tried = Scans(session).last_tried("youtube", "TW")
    assert tried
    assert tried.id == ids[3]


def test_all_that_was_said_is_written_and_the_scan_is_over(migrated: str) -> None:
    wiki = Sighting(keyword="台湾", history=history(80, 100), is_whole=True, summary="An island")
    scan = record(said("rss", "AI", "台灣"), said("wiki", wiki), said("tube", state="not_ready", reason="no key"))

    assert (scan.state, scan.keywords, scan.reason, scan.finished_at) == ("complete", 2, "", NOW)
    assert figures() == {
        ("rss", "ai", TODAY): 100,
        ("rss", "臺灣", TODAY): 200,
        ("wiki", "臺灣", day(2)): 80,
        ("wiki", "臺灣", day(1)): 100,
    }
    with reading() as session:
        said_by = {each.source: (each.state, each.keywords, each.reason) for each in Scans(session).readings([scan.id])}
    assert said_by == {"rss": ("ok", 2, ""), "wiki": ("ok", 1, ""), "tube": ("not_ready", 0, "no key")}
    first, second = hot()
    assert (first.keyword, first.source, first.volume, first.is_floor) == ("AI", "rss", 100, True)
    assert (second.keyword, second.source, second.volume) == ("台灣", "rss", 200)
    assert (second.growth, second.growth_source) == (25.0, "wiki")
    assert (second.sources, second.rank, second.coverage) == (("rss", "wiki"), 2, 1)


def test_what_is_recorded_twice_is_recorded_once(migrated: str) -> None:
    scan = record(said("rss", "AI"))
    rows, known = hot(), figures()
    with transaction() as session:
        again = Trends(session).record(scan, [said("rss", "other", "AI")], ABILITIES, now=NOW)

    assert (again.state, again.keywords) == ("complete", 1)
    assert (hot(), figures()) == (rows, known)
    assert counted(TrendReading) == 1


def test_a_scan_that_breaks_off_leaves_nothing(migrated: str) -> None:
    class Broken(Exception):
        pass

    def record_and_break() -> None:
        with transaction() as session:
            scan = Scans(session).add(platform="youtube", region="TW", language="zh-TW")
            Trends(session).record(scan, [said("rss", "AI")], ABILITIES, now=NOW)
            raise Broken

    with pytest.raises(Broken):
        record_and_break()
    assert [counted(table) for table in (TrendScan, TrendKeyword, TrendObservation, TrendDay, TrendRank)] == [0] * 5


def test_a_source_that_failed_makes_a_scan_partial_and_its_day_unknown(migrated: str) -> None:
    scan = record(said("rss", state="failed", reason="429"), said("wiki", Sighting(keyword="AI", history=history(5))))

    assert (scan.state, scan.reason) == ("partial", "rss: 429")
    with reading() as session:
        sources = select(TrendSeries.source).join(TrendDay)
        assert session.exec(sources).all() == ["wiki"]
    assert [row.keyword for row in hot()] == ["AI"]


def test_a_scan_that_found_nothing_has_failed_and_the_one_before_is_still_shown(migrated: str) -> None:
    good = record(said("rss", "AI"), when=at(1))
    bad = record(said("rss", state="failed", reason="away\x00"), said("wiki", state="empty"))

    empty = record(said("rss", "#", "!"))

    assert (bad.state, bad.reason, bad.keywords) == ("failed", "rss: away; wiki: has nothing", 0)
    assert (empty.state, empty.keywords) == ("complete", 0)
    assert [row.keyword for row in hot()] == ["AI"]
    with reading() as session:
        last, tried = Scans(session).last_good("youtube", "TW"), Scans(session).last_tried("youtube", "TW")
    assert last
    assert tried
    assert (last.id, tried.id) == (good.id, empty.id)


def test_an_empty_list_is_an_answer(migrated: str) -> None:
    record(said("rss", state="empty"), said("wiki", Sighting(keyword="AI", history=history(5))))

    with reading() as session:
        known = session.execute(select(col(TrendSeries.source), col(TrendDay.day)).join(TrendDay)).all()
    assert {tuple(each) for each in known} == {("rss", TODAY), ("wiki", day(1))}


def test_a_day_has_its_largest_figure_and_a_whole_history_replaces_what_was_known(migrated: str) -> None:
    def wiki(*values: float) -> Reading:
        return said("wiki", Sighting(keyword="AI", history=history(*values), is_whole=True))

    for value in (500, 2000, 1000):
        record(said("rss", Sighting(keyword="AI", rank=1, value=value)), wiki(7, 9, value))
    record(
        said("rss", Sighting(keyword="#AI", rank=1, value=30), Sighting(keyword="ａｉ", rank=2, value=40)), wiki(8, 3)
    )

    assert figures() == {
        ("rss", "ai", TODAY): 2000,
        ("wiki", "ai", day(3)): 7,
        ("wiki", "ai", day(2)): 8,
        ("wiki", "ai", day(1)): 3,
    }


def test_an_index_is_of_its_last_answer_only_and_of_one_platform(migrated: str) -> None:
    def explore(*values: float) -> Reading:
        return said("explore", Sighting(keyword="AI", history=history(*values), is_whole=True))

    record(explore(10, 20, 30))
    record(explore(90, 45))
    record(explore(50, 60), platform="tiktok")
    record(explore(70, 77), platform="instagram")

    with reading() as session:
        known = Trends(session).explain("ai", region="TW")
    assert known
    assert {each.platform: [point.value for point in each.points] for each in known.series} == {
        "youtube": [90, 45],
        "": [70, 77],
    }
    assert [(row.growth, row.volume, row.method) for row in hot()] == [(-50.0, None, "native")]
    assert [(row.growth, row.method) for row in hot(Platform.TIKTOK)] == [(20.0, "proxy")]


def test_growth_is_worked_out_from_earlier_scans(migrated: str) -> None:
    # A week of 100, then one of 100 to 160 with 910 in all: +30 %. Newcomer is there since today only.
    for ago in range(13, 0, -1):
        value = 100 if ago > 6 else 100 + 10 * (6 - ago)
        record(said("rss", Sighting(keyword="AI", rank=1, value=value), when=at(ago)), when=at(ago))
    last = Sighting(keyword="AI", rank=1, value=160)
    record(said("rss", last, Sighting(keyword="newcomer", rank=2, value=9)))

    week = {row.keyword: row for row in hot(window=Window.WEEK)}
    assert (week["AI"].volume, week["AI"].growth, week["AI"].coverage) == (910, 30.0, 1)
    assert (week["newcomer"].volume, week["newcomer"].growth_reason) == (9, "new")
    assert [(row.growth, row.growth_reason) for row in hot()] == [(6.7, None), (None, "new")]
    assert [row.growth_reason for row in hot(window=Window.MONTH)] == ["needs_history", "needs_history"]


def test_rows_are_of_the_newest_day_that_their_source_speaks_of(migrated: str) -> None:
    # Without histories, yesterday's list was taken for today's.
    record(said("rss", "AI"))
    record(said("rss", Sighting(keyword="AI", rank=1, history=history(80, 100), is_whole=True)))

    (row,) = hot()
    assert (row.volume, row.growth) == (100, 25.0)


def test_rows_are_filtered_by_place_window_category_and_number(migrated: str) -> None:
    record(said("rss", "大谷翔平", "AI", "籃球決賽"))
    record(said("rss", "elsewhere"), region="US")

    assert [row.keyword for row in hot()] == ["大谷翔平", "AI", "籃球決賽"]
    assert [row.keyword for row in hot(limit=2)] == ["大谷翔平", "AI"]
    assert [(row.keyword, row.rank) for row in hot(category=Category.SPORTS)] == [("大谷翔平", 1), ("籃球決賽", 3)]
    assert [row.keyword for row in hot(category=Category.SPORTS, limit=1)] == ["大谷翔平"]
    assert hot(category=Category.MUSIC) == ()
    assert {row.window for row in hot(window=Window.MONTH)} == {Window.MONTH}
    assert [row.keyword for row in hot(region="US")] == ["elsewhere"]
    assert hot(Platform.X) == ()


def test_of_all_platforms_a_stand_in_is_shown_once_and_own_figures_each(migrated: str) -> None:
    record(said("rss", "AI", "b"), said("tube", "AI"))
    record(said("rss", "b", "AI"), platform="tiktok")
    record(said("rss", "b"), platform="x")
    record(said("rss", "old"), platform="instagram", when=at(1))
    record(said("rss", state="failed"), platform="instagram")

    assert [(row.keyword, row.platform, row.source) for row in hot(None)] == [
        ("old", Platform.INSTAGRAM, "rss"),
        ("b", Platform.TIKTOK, "rss"),
        ("AI", Platform.YOUTUBE, "tube"),
        ("AI", Platform.TIKTOK, "rss"),
    ]
    assert len(hot(None, limit=2)) == 2
    with reading() as session:
        found = Trends(session).hot(platform=None, region="TW", window=Window.DAY, category=None, limit=9)
    assert {scan.platform for scan in found.scans} == set(Platform)


def test_a_keyword_is_explained_however_it_is_spelled(migrated: str) -> None:
    news = Headline(title="A judge on AI", url="https://a.example")
    record(
        said("rss", Sighting(keyword="AI", rank=1, value=10, headlines=(news,), related=("LLM",)), when=at(2)),
        when=at(2),
    )
    record(said("rss", Sighting(keyword="＃ＡＩ", rank=1, value=12, headlines=(news,))))
    record(said("rss", "AI"), region="US")

    with reading() as session:
        known = Trends(session).explain("#ai", region="TW")
        assert Trends(session).explain("AI", region="JP") is None
        assert Trends(session).explain("never seen", region="TW") is None
        assert Trends(session).detail("ai", region="US") is None
    assert known
    assert (known.detail.keyword, known.detail.headlines, known.detail.related) == ("＃ＡＩ", (news,), ())
    assert [(each.source, each.unit, each.points) for each in known.series] == [
        ("rss", "searches", (Point(day=day(2), value=10), Point(day=TODAY, value=12)))
    ]
    assert [(row.window, row.volume) for row in known.rows] == [
        (Window.DAY, 12),
        (Window.WEEK, 22),
        (Window.MONTH, 22),
    ]


def test_figures_of_rows_have_a_place_for_every_day(migrated: str) -> None:
    record(said("rss", "AI", when=at(2)), when=at(2))
    record(said("rss", "AI", "b"))
    with reading() as session:
        found = Trends(session).figures(hot(), region="TW", days=4)

    assert found == {"AI": (None, 100, None, 100), "b": (None, None, None, 200)}


def test_texts_with_characters_that_databases_refuse_are_written_without_them(migrated: str) -> None:
    record(said("rss", Sighting(keyword="A\x00I", rank=1, value=1, summary="so\x00me")))

    assert figures() == {("rss", "ai", TODAY): 1}
    with reading() as session:
        assert Trends(session).explain("ai\x00", region="TW")


def test_scans_at_once_lose_nothing_and_do_not_block_each_other(migrated: str) -> None:
    names = [f"k{number}" for number in range(20)]
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def scan(number: int, order: Sequence[str]) -> None:
        try:
            start.wait()
            for turn in range(3):
                sightings = [
                    Sighting(keyword=name, rank=place, value=10 * number + turn, summary=name)
                    for place, name in enumerate(order, start=1)
                ]
                whole = Sighting(keyword="k0", history=history(1, number), is_whole=True)
                record(said("rss", *sightings), said("explore", whole), platform="tiktok")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=scan, args=(n, names if n % 2 else names[::-1])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    known = figures()
    assert {known["rss", name, TODAY] for name in names} == {32}
    assert counted(TrendKeyword) == 20
    assert counted(TrendSeries) == 2
    assert counted(TrendRank) == 12 * 20 * 3


def test_figures_are_kept_as_long_as_their_source_lets_them(migrated: str) -> None:
    for ago in (400, 398, 31, 29, 28):
        readings = (said("rss", f"r{ago}", when=at(ago)), said("tube", f"t{ago}", when=at(ago)))
        record(*readings, when=at(ago))
    with transaction() as session:
        removed = Trends(session).prune(now=NOW, kept_days=KEPT)

    assert {norm for _, norm, _ in figures()} == {"r398", "r31", "r29", "r28", "t28"}
    assert removed["figures"] == 5
    with reading() as session:
        assert len(session.exec(select(TrendDay).join(TrendSeries).where(TrendSeries.source == "tube")).all()) == 1


def test_figures_of_a_source_that_is_gone_are_kept_a_month(migrated: str) -> None:
    record(said("rss", "old", when=at(29)), when=at(29))
    record(said("rss", "young", when=at(28)), when=at(28))
    with transaction() as session:
        Trends(session).prune(now=NOW, kept_days={})

    assert {norm for _, norm, _ in figures()} == {"young"}


def test_old_scans_go_but_for_the_last_good_one_of_a_place(migrated: str) -> None:
    record(said("rss", "a", when=at(50)), when=at(50))
    last = record(said("rss", "b", when=at(40)), when=at(40))
    record(said("rss", state="failed", when=at(35)), when=at(35))
    young = record(said("rss", "c", when=at(20)), region="US", when=at(20))
    record(said("rss", "d", when=at(45)), region="US", when=at(45))
    with transaction() as session:
        removed = Trends(session).prune(now=NOW, kept_days=KEPT)

    assert removed["scans"] == 3
    with reading() as session:
        assert {scan.id for scan in session.exec(select(TrendScan)).all()} == {last.id, young.id}
    assert [row.keyword for row in hot()] == ["b"]
    assert (counted(TrendReading), counted(TrendRank)) == (2, 6)


def test_the_last_good_scan_goes_too_with_a_source_that_wants_that(migrated: str) -> None:
    record(said("rss", "a", when=at(29.1)), said("tube", "b", when=at(29.1)), when=at(29.1))
    with transaction() as session:
        Trends(session).prune(now=NOW, kept_days=KEPT)

    assert hot() == ()
    assert counted(TrendScan) == 0


def test_notes_go_after_a_month_and_keywords_with_the_last_that_points_at_them(migrated: str) -> None:
    def seen(keyword: str, ago: int) -> None:
        sighting = Sighting(keyword=keyword, rank=1, value=1, summary="words")
        record(said("tube", sighting, when=at(ago)), when=at(ago))

    seen("old", 31)
    seen("young", 3)
    record(said("rss", "counted", when=at(100)), when=at(100), region="US")
    record(said("rss", "later", when=at(1)), when=at(1), region="US")
    with transaction() as session:
        removed = Trends(session).prune(now=NOW, kept_days=KEPT)

    assert removed["keywords"] == 1
    with reading() as session:
        assert set(session.exec(select(TrendKeyword.norm)).all()) == {"young", "counted", "later"}
        assert Trends(session).detail("young", region="TW")
    assert counted(TrendNote) == 1
