"""Look at what people look for: one task a source, and everything of a scan written at once in the end."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from prefect import Flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import FlowRun, State
from prefect.futures import PrefectFuture

from store.repos.scans import Scans
from store.repos.trends import Trends
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.trends import TrendScan
from studio.errors import BadInput, ProviderError, ProviderNotReady, VideoSystemError
from studio.models.trend import Abilities, Platform, Reading, Trend, Window
from studio.picture.sparklines import SparkRow, draw_sparklines
from studio.providers import trends
from studio.providers.storage import open_storage, store_file
from studio.providers.storage.links import signed_url
from studio.providers.trends import Look
from studio.settings import get_settings
from tasks import policy
from tasks.lease import this_process
from tasks.pages import escaped
from tasks.till import LedgerTill

logger = logging.getLogger("tasks.trends")

SHOWN = 15
"""Keywords with a sparkline."""

LINK_DAYS = 7


@task(name="open scan", **policy.FRESH)
def open_scan(
    platform: Platform, region: str, language: str, *, scan_id: str | None, run_id: str, late_by: timedelta | None
) -> str | None:
    """
    The id of the scan that this run makes, marked as being made by this process; None when it is too late for it.

    One that was begun before, and whose process died, is not too late: somebody waits for it.
    """
    return _opened(platform, region, language, scan_id=scan_id, run_id=run_id, late_by=late_by)


@policy.patient
def _opened(
    platform: Platform, region: str, language: str, *, scan_id: str | None, run_id: str, late_by: timedelta | None
) -> str | None:
    with transaction() as session:
        scans = Scans(session)
        scan = scans.get(scan_id) if scan_id else scans.by_run(run_id)
        if scan is None and scan_id:
            raise BadInput(f"there is no scan {scan_id!r}", field="scan_id")
        if scan is None and late_by is not None:
            logger.warning("not scanning %s in %s: %d s late, the next round is due", platform, region, late_by.seconds)
            return None
        if scan is None:
            scan = scans.add(platform=platform, region=region, language=language, run_id=run_id)
        scans.claim(scan.id, run_id=run_id, holder=this_process().columns())
        return scan.id


def sources_for(platform: Platform, names: Sequence[str]) -> tuple[list[str], list[Reading]]:
    """Names of the sources that can say something of *platform* now, and a reading of each that lacks something."""
    able: list[str] = []
    lacking: list[Reading] = []
    for name in names:
        source = trends.catalog.open(name)
        if platform not in (*source.abilities.native, *source.abilities.proxy_for):
            continue
        try:
            source.check()
        except ProviderNotReady as error:
            lacking.append(Reading(source=name, state="not_ready", reason=str(error), observed_at=utc_now()))
        else:
            able.append(name)
    return able, lacking


def abilities_of(names: Sequence[str]) -> dict[str, Abilities]:
    """What each of the sources called *names* can give."""
    return {name: trends.catalog.open(name).abilities for name in names}


@task(name="ask", task_run_name="ask {name}", **policy.SOUGHT)
def ask(name: str, look: Look) -> Reading:
    """What the source called *name* says now."""
    began = time.monotonic()
    sightings = trends.catalog.open(name).look(look, till=LedgerTill(None, None))
    return Reading(
        source=name,
        state="ok" if sightings else "empty",
        sightings=sightings,
        observed_at=utc_now(),
        took_ms=round((time.monotonic() - began) * 1000),
    )


def gathered(futures: dict[str, PrefectFuture[Reading]]) -> list[Reading]:
    """What came of the questions; why one was not answered stands in its reading."""
    return [_reading(name, future) for name, future in futures.items()]


def _reading(name: str, future: PrefectFuture[Reading]) -> Reading:
    answer = future.result(raise_on_failure=False)
    if isinstance(answer, Reading):
        return answer
    if not isinstance(answer, ProviderError):
        logger.error("source %s failed", name, exc_info=answer)
    reason = str(answer) if isinstance(answer, VideoSystemError) else "an internal error; the task's log has it"
    state = "not_ready" if isinstance(answer, ProviderNotReady) else "failed"
    return Reading(source=name, state=state, reason=reason, observed_at=utc_now())


@task(name="record scan", **policy.FRESH)
def record_scan(scan_id: str, readings: list[Reading]) -> str:
    """Write everything that was said, in one transaction; how the scan ended."""
    return _recorded(scan_id, readings, now=utc_now())


@policy.patient
def _recorded(scan_id: str, readings: Sequence[Reading], *, now: datetime) -> str:
    with transaction() as session:
        scan = Scans(session).get(scan_id)
        if scan is None:
            raise BadInput(f"there is no scan {scan_id!r}", field="scan_id")
        known = abilities_of([reading.source for reading in readings])
        return Trends(session).record(scan, readings, known, now=now).state


@task(name="show scan", **policy.FRESH)
def show_scan(scan_id: str, platform: Platform, region: str, readings: list[Reading]) -> None:
    """A table of what is hot, its sparklines and the health of the sources, for the Prefect UI."""
    rows, figures = _found(platform, region)
    place = f"{platform}-{region}".lower()
    create_table_artifact(
        key=f"trends-{place}",
        table=[_cells(row) for row in rows],
        description=f"What is hot on {platform} in {region}, the last day",
    )
    picture = _picture(rows, figures)
    _keep_picture(scan_id, picture)
    url = signed_url(picture, lifetime_s=LINK_DAYS * 24 * 3600)
    create_markdown_artifact(
        key=f"scan-{scan_id.replace('_', '-')}",
        markdown=_page(platform, region, url, rows, readings),
        description=f"{platform} in {region}",
    )


@policy.patient
def _found(platform: Platform, region: str) -> tuple[list[Trend], dict[str, tuple[float | None, ...]]]:
    with reading() as session:
        store = Trends(session)
        rows = list(store.hot(platform=platform, region=region, window=Window.DAY, category=None, limit=50).rows)
        series = store.figures(rows[:SHOWN], region=region, days=30)
    return rows, series


def _picture(rows: Sequence[Trend], figures: dict[str, tuple[float | None, ...]]) -> str:
    lines = [SparkRow(row.keyword, figures.get(row.keyword, ()), _note(row)) for row in rows[:SHOWN]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trends.png"
        draw_sparklines(lines, path)
        return store_file(open_storage(get_settings()), path, kind="image").key


@policy.patient
def _keep_picture(scan_id: str, key: str) -> None:
    with transaction() as session:
        Scans(session).keep_picture(scan_id, key)


def _cells(row: Trend) -> dict[str, str]:
    return {
        "rank": str(row.rank),
        "keyword": row.keyword,
        "volume": _volume(row),
        "growth": _growth(row),
        "source": f"{row.source} ({row.method})",
        "growth by": row.growth_source or "",
        "category": row.category or "",
    }


def _volume(row: Trend) -> str:
    if row.volume is None:
        return "not counted"
    return f"{'at least ' if row.is_floor else ''}{row.volume:,} {row.unit}"


def _growth(row: Trend) -> str:
    return f"{row.growth:+.1f} %" if row.growth is not None else (row.growth_reason or "").replace("_", " ")


def _note(row: Trend) -> str:
    return _growth(row) if row.growth is not None else _volume(row)


def _page(platform: Platform, region: str, picture: str, rows: Sequence[Trend], readings: Sequence[Reading]) -> str:
    health = "\n".join(
        f"| {reading.source} | {reading.state.replace('_', ' ')} | {len(reading.sightings)} | {reading.took_ms} ms | "
        f"{escaped(reading.reason)} |"
        for reading in readings
    )
    listed = "\n".join(f"{row.rank}. {escaped(row.keyword)}: {_volume(row)}, {_growth(row)}" for row in rows[:SHOWN])
    return (
        f"# {platform} in {region}\n\n![The last 30 days]({picture})\n\n{listed or 'Nothing was seen.'}\n\n## Sources\n"
        f"| source | state | keywords | took | why |\n|---|---|---|---|---|\n{health}\n"
    )


def note_scan_failure(flow: Flow[..., object], flow_run: FlowRun, state: State[object]) -> None:
    """Why a scan failed, in its row; texts of foreign exceptions stay in the log."""
    error = state.result(raise_on_failure=False)
    reason = str(error) if isinstance(error, VideoSystemError) else f"an internal error ended flow run {flow_run.id}"
    _close(flow_run, reason)


def note_scan_cancellation(flow: Flow[..., object], flow_run: FlowRun, state: State[object]) -> None:
    """A cancelled scan is over."""
    _close(flow_run, "it was cancelled")


@policy.patient
def _close(flow_run: FlowRun, reason: str) -> None:
    with transaction() as session:
        scan: TrendScan | None = Scans(session).by_run(str(flow_run.id))
        if scan and not scan.finished_at:
            Scans(session).fail(scan.id, reason)
