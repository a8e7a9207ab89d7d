"""Every query about what is hot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete
from sqlmodel import Session, col, exists, not_, select

from store.repos.findings import Findings, Found, lock
from store.repos.scans import Scans, last_good, last_good_of_each
from store.repos.series import DAYS, portions, read_figures
from store.tables.base import utc_now
from store.tables.trends import (
    TrendDay,
    TrendKeyword,
    TrendNote,
    TrendObservation,
    TrendRank,
    TrendScan,
    TrendSeries,
)
from studio.language.keyword import keyword_norm
from studio.models.trend import Abilities, Category, Kind, Platform, Point, Reading, Trend, TrendDetail, Unit, Window

STRICTEST_DAYS = 30
"""How long the strictest source lets anybody keep its figures: so long are scans, their rows and notes kept."""

EVERY_DAYS = 1
"""How often what is old is removed: it has to go the last time before it is too old."""


@dataclass(frozen=True)
class Hot:
    """Rows, the hottest first, and the scans that they are from."""

    scans: tuple[TrendScan, ...]
    rows: tuple[Trend, ...]


@dataclass(frozen=True)
class SeriesFigures:
    """One source's figures of a keyword; *platform* is empty where they are no platform's own."""

    source: str
    region: str
    platform: str
    unit: Unit
    kind: Kind
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Explained:
    """All that is known of a keyword in a region."""

    detail: TrendDetail
    series: tuple[SeriesFigures, ...]
    rows: tuple[Trend, ...]


class Trends:
    """What is hot, and all that it was worked out from."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(
        self, scan: TrendScan, readings: Sequence[Reading], abilities: Mapping[str, Abilities], *, now: datetime
    ) -> TrendScan:
        """
        Write down all that *scan* found, and end it, in the caller's transaction.

        One that is over is left as it is: to record it twice changes nothing. It is complete where every source that
        was ready answered, partial where one failed, failed where none said anything.
        """
        lock(self._session)
        anew = select(TrendScan).where(TrendScan.id == scan.id).with_for_update()
        current = self._session.exec(anew.execution_options(populate_existing=True)).one()
        if current.finished_at is None:
            Findings(self._session, current, Found.of(readings, abilities)).write(now)
        return current

    def hot(
        self, *, platform: Platform | None, region: str, window: Window, category: Category | None, limit: int
    ) -> Hot:
        """
        At most *limit* rows of the last good scan in *region*; of each platform's where none is named.

        A keyword that a source has as a stand-in for several platforms is there once then, where it is hottest.
        """
        chosen = last_good(platform, region) if platform else last_good_of_each(list(Platform), region)
        scans = {scan.id: scan for scan in self._session.exec(chosen).all()}
        wanted = select(TrendRank).where(col(TrendRank.scan_id).in_(scans), TrendRank.window == window)
        if category is not None:
            wanted = wanted.where(TrendRank.category == category)
        # As many of each scan: a keyword may be in all of them.
        ranked = self._session.exec(
            wanted.order_by(col(TrendRank.rank), col(TrendRank.scan_id)).limit(limit * max(1, len(scans)))
        ).all()
        rows: dict[tuple[str, ...], Trend] = {}
        for each in sorted(ranked, key=lambda one: (one.rank, scans[one.scan_id].platform)):
            row = Trend.model_validate(each.row)
            place = row.platform.value if row.method == "native" else ""
            rows.setdefault((row.source, str(each.keyword_id), place), row)
        return Hot(tuple(scans.values()), tuple(rows.values())[:limit])

    def detail(self, keyword: str, *, region: str | None = None) -> TrendDetail | None:
        """What is known of *keyword*, however it is spelled, beyond figures; the newest, in *region* or in any."""
        known = select(TrendNote).join(TrendKeyword).where(TrendKeyword.norm == keyword_norm(keyword))
        if region is not None:
            known = known.where(TrendNote.region == region)
        note = self._session.exec(known.order_by(col(TrendNote.noted_at).desc()).limit(1)).first()
        return TrendDetail.model_validate(note.detail) if note else None

    def explain(self, keyword: str, *, region: str) -> Explained | None:
        """*keyword*, however it is spelled, in *region*; None where no scan there has seen it."""
        norm = keyword_norm(keyword)
        known = self._session.exec(select(TrendKeyword).where(TrendKeyword.norm == norm)).first()
        if known is None or known.id is None:
            return None
        detail = self.detail(keyword, region=region)
        series = self._series_of(known.id, region)
        rows = self._rows_of(known.id, region)
        if detail is None and not series and not rows:
            return None
        return Explained(detail or TrendDetail(keyword=known.display), series, rows)

    def figures(self, rows: Sequence[Trend], *, region: str, days: int) -> dict[str, tuple[float | None, ...]]:
        """
        By the keyword of each of *rows*: figures of the last *days* days, the oldest first, of the source of its growth,
        or of its volume where no growth is known.

        None stands for a day without a figure; a keyword whose source gives none is left out.
        """
        norms = {keyword_norm(row.keyword): row for row in rows}
        written = select(TrendKeyword).where(col(TrendKeyword.norm).in_(norms))
        ids = {each.norm: each.id for each in self._session.exec(written).all()}
        sources = {row.growth_source or row.source for row in rows}
        named = select(TrendSeries).where(col(TrendSeries.source).in_(sources), TrendSeries.region == region)
        series = {(each.source, each.platform): each.id for each in self._session.exec(named).all()}
        places = {norm: (series.get(_series_of(row)), ids.get(norm)) for norm, row in norms.items()}
        wanted: dict[int, list[int]] = {}
        for series_id, number in places.values():
            if series_id and number:
                wanted.setdefault(series_id, []).append(number)
        known = read_figures(self._session, wanted, days=days)
        found = {}
        for norm, (series_id, number) in places.items():
            figures = known.get((series_id or 0, number or 0))
            if figures and figures.points:
                newest = max(figures.scanned)
                span = [newest - timedelta(days=back) for back in range(days - 1, -1, -1)]
                found[norms[norm].keyword] = tuple(figures.points.get(day) for day in span)
        return found

    def prune(self, *, now: datetime, kept_days: Mapping[str, int]) -> dict[str, int]:
        """
        Remove what is too old; how many of each kind.

        This is done every day: figures go the last time before their source's *kept_days* are over, those of a source
        that is not there before STRICTEST_DAYS are. So do scans with their rows, and notes; of each place the last good
        scan stays, unless a source is in it that lets its figures be kept no longer. Keywords go with the last that
        points at them.
        """
        lock(self._session)
        removed = {"figures": 0, "scans": self._prune_scans(now, kept_days)}
        for series in self._session.exec(select(TrendSeries)).all():
            last = now.date() - timedelta(days=kept_days.get(series.source, STRICTEST_DAYS) - EVERY_DAYS)
            of_series = (col(TrendObservation.series_id) == series.id, col(TrendObservation.day) <= last)
            removed["figures"] += self._session.exec(delete(TrendObservation).where(*of_series)).rowcount
            self._session.execute(
                delete(TrendDay).where(col(TrendDay.series_id) == series.id, col(TrendDay.day) <= last)
            )
        self._session.execute(delete(TrendNote).where(col(TrendNote.noted_at) < _too_old(now)))
        pointing = (col(TrendObservation.keyword_id), col(TrendRank.keyword_id), col(TrendNote.keyword_id))
        unused: list[Any] = [not_(exists().where(each == col(TrendKeyword.id))) for each in pointing]
        removed["keywords"] = self._session.exec(delete(TrendKeyword).where(*unused)).rowcount
        return removed

    def _prune_scans(self, now: datetime, kept_days: Mapping[str, int]) -> int:
        old = select(TrendScan).where(col(TrendScan.created_at) < _too_old(now))
        scans = self._session.exec(old).all()
        strict = {source for source, days in kept_days.items() if days <= STRICTEST_DAYS}
        places = {(scan.platform, scan.region) for scan in scans}
        good = {scan.id for place in places if (scan := Scans(self._session).last_good(*place))}
        said = {(each.scan_id, each.source) for each in Scans(self._session).readings(list(good)) if each.keywords}
        kept = good - {scan_id for scan_id, source in said if source in strict or source not in kept_days}
        gone = [scan.id for scan in scans if scan.id not in kept]
        for some in portions(gone):
            self._session.execute(delete(TrendScan).where(col(TrendScan.id).in_(some)))
        return len(gone)

    def _series_of(self, keyword_id: int, region: str) -> tuple[SeriesFigures, ...]:
        since = utc_now().date() - timedelta(days=DAYS)
        points = (
            select(TrendSeries, col(TrendObservation.day), col(TrendObservation.value))
            .join(TrendObservation, col(TrendObservation.series_id) == col(TrendSeries.id))
            .where(
                TrendObservation.keyword_id == keyword_id, TrendObservation.day > since, TrendSeries.region == region
            )
            .order_by(col(TrendSeries.source), col(TrendSeries.id), col(TrendObservation.day))
        )
        found: dict[int, tuple[TrendSeries, list[Point]]] = {}
        for series, day, value in self._session.exec(points).all():
            found.setdefault(series.id or 0, (series, []))[1].append(Point(day=day, value=value))
        return tuple(
            SeriesFigures(
                series.source,
                series.region,
                series.platform,
                cast(Unit, series.unit),
                cast(Kind, series.kind),
                tuple(listed),
            )
            for series, listed in found.values()
        )

    def _rows_of(self, keyword_id: int, region: str) -> tuple[Trend, ...]:
        scans = self._session.exec(last_good_of_each(list(Platform), region)).all()
        ranked = select(TrendRank).where(
            TrendRank.keyword_id == keyword_id, col(TrendRank.scan_id).in_(scan.id for scan in scans)
        )
        rows = [Trend.model_validate(each.row) for each in self._session.exec(ranked).all()]
        return tuple(sorted(rows, key=lambda row: (row.platform, row.window.days)))


def _too_old(now: datetime) -> datetime:
    return now - timedelta(days=STRICTEST_DAYS - EVERY_DAYS)


def _series_of(row: Trend) -> tuple[str, str]:
    """Source and platform of the figures that tell most of *row*; the platform is empty for a stand-in's."""
    is_native = (row.growth_method or row.method) == "native"
    return row.growth_source or row.source, row.platform.value if is_native else ""
