"""`video-system trends …`: look at what is hot, from a shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from store.migrate import migrate
from store.repos.scans import Scans
from store.repos.trends import Trends
from store.session import reading
from store.tables.base import utc_now
from store.tables.trends import TrendReading, TrendScan
from studio.errors import BadInput, ProviderError
from studio.models.trend import Category, Platform, Point, Trend, Window

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = " "
SPARK_DAYS = 14


def scan(platform: Platform, region: str, console: Console) -> bool:
    """Run the flow here and now, and say what each source said; whether any answered."""
    from flows.scan_trends import scan_trends

    migrate()
    try:
        scan_trends(platform=platform, region=region)
    except ProviderError as error:
        console.print(f"[bold red]error[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    with reading() as session:
        scans = Scans(session)
        made = scans.last_tried(platform, region)
        readings = scans.readings([made.id]) if made else []
    if made is None:
        return False
    console.print(_readings_table(made, readings))
    return made.state != "failed"


def hot(
    platform: Platform | None, region: str, window: Window, category: Category | None, limit: int, console: Console
) -> None:
    """
    Print the last good scan, with sparklines.

    Raises:
        BadInput: there is none.
    """
    migrate()
    with reading() as session:
        store = Trends(session)
        rows = store.hot(platform=platform, region=region, window=window, category=category, limit=limit).rows
        figures = store.figures(rows, region=region, days=SPARK_DAYS)
    if not rows:
        raise BadInput("nothing to show; `video-system trends scan` looks now", field="trends")
    console.print(_hot_table(rows, figures))


def explain(keyword: str, region: str, console: Console) -> None:
    """
    Print where every number of *keyword* came from.

    Raises:
        BadInput: no scan has seen it.
    """
    migrate()
    with reading() as session:
        known = Trends(session).explain(keyword, region=region)
    if known is None:
        raise BadInput("no scan has seen it; `video-system trends hot` lists those that were", field="keyword")
    console.print(f"[bold]{escape(known.detail.keyword)}[/] {escape(known.detail.summary)}", soft_wrap=True)
    if known.rows:
        console.print(_hot_table(known.rows, {}, first=lambda row: f"{row.platform} {row.window}"))
    table = Table("source", "unit", "kind", f"last {SPARK_DAYS} days", "newest", "day", box=None)
    for each in known.series:
        newest = each.points[-1]
        spark = sparkline(_days(each.points, until=utc_now()))
        table.add_row(each.source, each.unit, each.kind, spark, f"{newest.value:,.0f}", newest.day.isoformat())
    console.print(table)
    for headline in known.detail.headlines:
        console.print(f"- {escape(headline.title)} ({escape(headline.source)}) {escape(headline.url)}", soft_wrap=True)


def trend_title(keyword: str) -> str:
    """
    What a film about *keyword* is called.

    Raises:
        BadInput: no scan has seen it.
    """
    migrate()
    with reading() as session:
        known = Trends(session).detail(keyword)
    if known is None:
        raise BadInput("no scan has seen it; `video-system trends scan` looks now", field="trend")
    return known.keyword


def sparkline(figures: Sequence[float | None]) -> str:
    """A character a figure; a gap where there is none."""
    known = [figure for figure in figures if figure is not None]
    if not known:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    return "".join(
        GAP if figure is None else BLOCKS[round((figure - low) / span * (len(BLOCKS) - 1))] for figure in figures
    )


def _hot_table(
    rows: Sequence[Trend],
    figures: dict[str, tuple[float | None, ...]],
    *,
    first: Callable[[Trend], str] = lambda row: str(row.rank),
) -> Table:
    table = Table("", "keyword", "volume", "growth", f"{SPARK_DAYS} days", "where it comes from", "age", box=None)
    for _, ranked in groupby(rows, key=lambda row: row.platform):
        for row in ranked:
            table.add_row(
                first(row),
                escape(row.keyword),
                _volume(row),
                f"{row.growth:+.1f} %"
                if row.growth is not None
                else f"– ({(row.growth_reason or '').replace('_', ' ')})",
                sparkline(figures.get(row.keyword, ())),
                _origin(row),
                _age(row.observed_at),
            )
    return table


def _readings_table(made: TrendScan, readings: Sequence[TrendReading]) -> Table:
    table = Table("source", "state", "keywords", "ms", "why", box=None, title=f"{made.id}: {made.state}")
    for each in readings:
        table.add_row(
            each.source, each.state.replace("_", " "), str(each.keywords), str(each.took_ms), escape(each.reason)
        )
    return table


def _volume(row: Trend) -> str:
    if row.volume is None:
        return "not counted"
    return f"{'≥ ' if row.is_floor else ''}{row.volume:,} {row.unit}"


def _origin(row: Trend) -> str:
    growth = f", growth {row.growth_source}" if row.growth_source not in (None, row.source) else ""
    return f"{row.source}{growth}, {row.method} for {row.platform}"


def _age(moment: datetime) -> str:
    minutes = int((utc_now() - moment).total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _days(points: Sequence[Point], *, until: datetime) -> list[float | None]:
    by_day = {point.day: point.value for point in points}
    return [by_day.get((until - timedelta(days=back)).date()) for back in range(SPARK_DAYS - 1, -1, -1)]
