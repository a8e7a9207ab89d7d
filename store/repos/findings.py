"""Write down what a scan found: figures first, then what follows from all that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select, text

from store.repos.series import DAYS, portions, read_figures, series_platform
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
from studio.language.keyword import keyword_norm
from studio.models.trend import Abilities, Platform, Reading, TrendDetail, Window
from studio.stages.growth import Daily, answered_days, daily, newest_day
from studio.stages.trends import Merged, merged, outcome, rank

_LOCK = 0x7669_6465_6F03
"""PostgreSQL's advisory locks have numbers; this one is of all that is known of trends."""


SPARE = 3
"""Days by which the newest of a series may be ahead of the newest that a source speaks of."""


def lock(session: Session) -> None:
    """Let nobody else record or prune until the transaction ends; SQLite's has that from its beginning."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


@dataclass(frozen=True)
class Found:
    """What a scan that is over found, by source where several said something."""

    readings: Mapping[str, Reading]
    abilities: Mapping[str, Abilities]
    keywords: tuple[Merged, ...]

    @classmethod
    def of(cls, readings: Sequence[Reading], abilities: Mapping[str, Abilities]) -> Found:
        """Merge *readings*; where a source was asked twice, its last answer counts."""
        last = {reading.source: reading for reading in readings}
        return cls(last, abilities, merged(list(last.values())))

    def named_by(self, source: str) -> list[Merged]:
        """Keywords that *source* named."""
        return [each for each in self.keywords if any(mention.source == source for mention in each.mentions)]

    def daily(self, source: str) -> dict[str, Daily]:
        """Its figures by norm."""
        reading, kind = self.readings[source], self.abilities[source].kind
        return {
            each.norm: daily(mention.sightings, newest=newest_day(reading), kind=kind)
            for each in self.keywords
            for mention in each.mentions
            if mention.source == source
        }


class Findings:
    """One scan's, written in the caller's transaction."""

    def __init__(self, session: Session, scan: TrendScan, found: Found) -> None:
        self._session = session
        self._scan = scan
        self._found = found

    def write(self, now: datetime) -> None:
        """All of it."""
        self._write_readings()
        ids = self._keyword_ids()
        series = self._series_ids()
        self._write_days(series)
        self._write_figures(series, ids)
        self._write_notes(ids, now)
        self._write_ranks(series, ids)
        scan = self._scan
        scan.state, reason = outcome(list(self._found.readings.values()))
        scan.reason = _clean(reason)
        scan.keywords, scan.finished_at = len(ids), now
        self._session.add(scan)
        self._session.flush()

    def _write_readings(self) -> None:
        self._insert(
            TrendReading,
            [
                {
                    "scan_id": self._scan.id,
                    "source": source,
                    "state": reading.state,
                    "reason": _clean(reading.reason),
                    "keywords": len(self._found.named_by(source)),
                    "took_ms": reading.took_ms,
                    "observed_at": reading.observed_at,
                }
                for source, reading in sorted(self._found.readings.items())
            ],
        )

    def _keyword_ids(self) -> dict[str, int]:
        """Of every keyword by its norm; new ones are added."""
        rows = [
            {"norm": each.norm, "display": _clean(each.keyword), "language": self._scan.language}
            for each in sorted(self._found.keywords, key=lambda each: each.norm)
        ]
        self._insert(TrendKeyword, rows)
        ids: dict[str, int] = {}
        for some in portions([row["norm"] for row in rows]):
            wanted = select(col(TrendKeyword.norm), col(TrendKeyword.id)).where(col(TrendKeyword.norm).in_(some))
            ids.update((norm, number) for norm, number in self._session.execute(wanted).all())
        return ids

    def _series_ids(self) -> dict[str, int]:
        """Of every source that answered."""
        place = {"region": self._scan.region}
        answered = {
            source: {
                **place,
                "source": source,
                "platform": series_platform(self._scan.platform, able),
                "unit": able.unit,
                "kind": able.kind,
            }
            for source, able in sorted(self._found.abilities.items())
            if source in self._found.readings and self._found.readings[source].state in ("ok", "empty")
        }
        self._insert(TrendSeries, list(answered.values()))
        known = select(TrendSeries).where(col(TrendSeries.source).in_(answered), TrendSeries.region == place["region"])
        ids = {(row.source, row.platform, row.unit): row.id for row in self._session.exec(known).all()}
        return {source: ids[source, row["platform"], row["unit"]] or 0 for source, row in answered.items()}

    def _write_days(self, series: Mapping[str, int]) -> None:
        self._insert(
            TrendDay,
            [
                {"series_id": series_id, "day": day}
                for source, series_id in series.items()
                for day in sorted(answered_days(self._found.readings[source], self._found.abilities[source]))
            ],
        )

    def _write_figures(self, series: Mapping[str, int], ids: Mapping[str, int]) -> None:
        for source, series_id in series.items():
            figures = self._found.daily(source)
            if self._found.abilities[source].kind == "index":
                # Figures of an earlier answer are relative to something else.
                self._forget(series_id, [ids[norm] for norm, each in figures.items() if each.whole])
            for attribute, replaces in (("alone", False), ("whole", True)):
                rows = [
                    {"series_id": series_id, "day": day, "keyword_id": ids[norm], "value": value}
                    for norm, each in figures.items()
                    for day, value in getattr(each, attribute).items()
                ]
                self._upsert(sorted(rows, key=lambda row: (row["day"], row["keyword_id"])), replaces=replaces)

    def _forget(self, series_id: int, keyword_ids: Sequence[int]) -> None:
        for some in portions(keyword_ids):
            self._session.execute(
                delete(TrendObservation).where(
                    col(TrendObservation.series_id) == series_id, col(TrendObservation.keyword_id).in_(some)
                )
            )

    def _upsert(self, rows: list[dict[str, Any]], *, replaces: bool) -> None:
        if not rows:
            return
        insert = self._insertion(TrendObservation)
        said, known = insert.excluded.value, col(TrendObservation.value)
        value = said if replaces else case((said > known, said), else_=known)
        key = ["series_id", "day", "keyword_id"]
        self._session.connection().execute(
            insert.on_conflict_do_update(index_elements=key, set_={"value": value}), rows
        )

    def _write_notes(self, ids: Mapping[str, int], now: datetime) -> None:
        details = {ids[each.norm]: each.detail for each in self._found.keywords}
        rows = [
            {
                "keyword_id": number,
                "region": self._scan.region,
                "detail": detail.model_dump(mode="json"),
                "noted_at": now,
            }
            for number, detail in sorted(details.items())
            if detail != TrendDetail(keyword=detail.keyword)
        ]
        if rows:
            insert = self._insertion(TrendNote)
            newer = {name: insert.excluded[name] for name in ("detail", "noted_at")}
            key = ["keyword_id", "region"]
            self._session.connection().execute(insert.on_conflict_do_update(index_elements=key, set_=newer), rows)

    def _write_ranks(self, series: Mapping[str, int], ids: Mapping[str, int]) -> None:
        wanted = {
            series_id: [ids[each.norm] for each in self._found.named_by(source)] for source, series_id in series.items()
        }
        known = read_figures(self._session, wanted, days=DAYS + SPARE)
        norms = {number: norm for norm, number in ids.items()}
        sources = {series_id: source for source, series_id in series.items()}
        newest = {source: newest_day(reading) for source, reading in self._found.readings.items()}
        figures = {
            (sources[one], norms[number]): each.until(newest[sources[one]]) for (one, number), each in known.items()
        }
        rows = []
        for window in Window:
            for trend in rank(
                list(self._found.readings.values()),
                self._found.abilities,
                figures,
                platform=Platform(self._scan.platform),
                region=self._scan.region,
                window=window,
            ):
                number = ids[keyword_norm(trend.keyword)]
                rows.append(
                    {
                        "scan_id": self._scan.id,
                        "window": window.value,
                        "rank": trend.rank,
                        "keyword_id": number,
                        "category": trend.category,
                        "row": trend.model_dump(mode="json"),
                    }
                )
        self._insert(TrendRank, rows)

    def _insert(self, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows that are not there yet, in their order: two scans at once do not wait for each other crosswise."""
        if rows:
            self._session.connection().execute(self._insertion(model).on_conflict_do_nothing(), list(rows))

    def _insertion(self, model: type[SQLModel]) -> Any:
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        return dialect.insert(model.__table__)  # type: ignore[attr-defined]


def _clean(words: str) -> str:
    """PostgreSQL's texts have everything but the character 0."""
    return words.replace("\x00", "")
