"""Look at what is hot: scans are begun here, and tended until they are over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from api import runs
from api.errors import NotFound
from api.once import Once
from api.prefectclient import PrefectUnavailable
from api.runstates import Run
from api.schemas.page import Page
from api.schemas.trends import ReadingShown, ScanShown, StartScan
from api.tending import tend
from store.repos.scans import Scans
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.trends import TrendReading, TrendScan
from store.tables.users import User
from studio.models.trend import Platform, language_of
from studio.settings import get_settings

DEPLOYMENT = "scan-trends/default"

FRESH = timedelta(minutes=5)
"""A scan that began so recently is everybody's: sources must not be asked the same by every caller."""


def start(order: StartScan, *, owner: User, once: Once) -> ScanShown:
    """The scan that was asked for: one that goes on or was just made, or a new one, written down before it is started."""
    region = order.region or get_settings().trend_region
    with transaction() as session:
        scans = Scans(session)
        earlier = once.claim(session, owner_id=owner.id)
        scan = scans.get(earlier["id"]) if earlier else scans.last_tried(order.platform, region)
        if scan is None or not (earlier or _is_everybodys(scan)):
            minute = int(utc_now().timestamp() // 60)
            scan = scans.add(
                platform=order.platform,
                region=region,
                language=order.language or language_of(region),
                slot=f"{order.platform}/{region}/{minute}",
            )
        once.keep(session, owner_id=owner.id, data={"id": scan.id})
    if scan.state == "waiting" and scan.run_id is None:
        with suppress(PrefectUnavailable, DatabaseAway):  # it is written down: the reconciler begins it
            _Scanning().start(scan)
    return get(scan.id)


def get(scan_id: str) -> ScanShown:
    """
    The scan of that id.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        scan = Scans(session).get(scan_id)
        readings = Scans(session).readings([scan_id]) if scan else []
    if scan is None:
        raise NotFound
    return _shown(scan, readings)


def page(*, platform: Platform | None, region: str | None, after: str | None, limit: int) -> Page[ScanShown]:
    """Scans that are older than the scan *after*, newest first, at most *limit*."""
    with reading() as session:
        scans = Scans(session)
        rows = scans.listed(after=after, limit=limit + 1, platform=platform, region=region)
        readings = scans.readings([row.id for row in rows])
    items = [_shown(row, [each for each in readings if each.scan_id == row.id]) for row in rows[:limit]]
    has_more = len(rows) > limit
    return Page(items=items, next_cursor=items[-1].id if has_more else None, has_more=has_more)


def tend_scans() -> None:
    """
    One round over scans that are not over.

    Raises:
        PrefectUnavailable: the next round goes on.
    """
    with reading() as session:
        unfinished = Scans(session).unfinished()
    if unfinished:
        tend(unfinished, _Scanning())


class _Scanning:
    """How scans are begun and closed."""

    def start(self, row: TrendScan) -> None:
        parameters = {"platform": row.platform, "region": row.region, "language": row.language, "scan_id": row.id}
        run_id = runs.start_errand(DEPLOYMENT, key=row.id, parameters=parameters)
        with transaction() as session:
            Scans(session).note_run(row.id, run_id)

    def claim_restart(self, row: TrendScan) -> bool:
        with transaction() as session:
            return Scans(session).claim_restart(row)

    def give_up(self, row: TrendScan) -> None:
        self._fail(row, f"its process died {row.restarts + 1} times")

    def close(self, row: TrendScan, run: Run) -> None:
        self._fail(row, f"flow run {run.id} ended without a word")

    def _fail(self, row: TrendScan, why: str) -> None:
        with transaction() as session:
            Scans(session).fail(row.id, why)


def _is_everybodys(scan: TrendScan) -> bool:
    if scan.finished_at is None:
        return True
    return scan.state in ("complete", "partial") and utc_now() - scan.finished_at < FRESH


def _shown(scan: TrendScan, readings: Sequence[TrendReading]) -> ScanShown:
    return ScanShown(
        status=scan.state,
        readings=[ReadingShown.model_validate(each.model_dump(exclude={"scan_id"})) for each in readings],
        **scan.model_dump(include={"id", "platform", "region", "language", "keywords", "reason"}),
        **scan.model_dump(include={"created_at", "started_at", "finished_at"}),
    )
