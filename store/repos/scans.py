"""Every query about scans: looks at what is hot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import utc_now
from store.tables.trends import ScanState, TrendReading, TrendScan

GOOD = ("complete", "partial")
"""States of scans that found something."""

_OPEN = col(TrendScan.finished_at).is_(None)


class Scans:
    """Scans are everybody's: what is hot is no owner's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, *, platform: str, region: str, language: str, slot: str | None = None, run_id: str | None = None
    ) -> TrendScan:
        """
        A new scan, or the one that there is of this *slot* or this flow run.

        Whoever asks at the same moment gets the same one. One that had no flow run takes the one that is given.
        """
        insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(TrendScan)
        new = TrendScan(platform=platform, region=region, language=language, slot=slot, run_id=run_id)
        self._session.execute(insert.values(**new.model_dump()).on_conflict_do_nothing())
        same = [col(TrendScan.id) == new.id]
        same += [col(TrendScan.slot) == slot] if slot else []
        same += [col(TrendScan.run_id) == run_id] if run_id else []
        found = self._session.exec(select(TrendScan).where(or_(*same)).order_by(col(TrendScan.id)).limit(1)).one()
        if run_id and found.run_id is None:
            self.note_run(found.id, run_id)
            self._session.refresh(found)
        return found

    def get(self, scan_id: str) -> TrendScan | None:
        """The scan, or None."""
        if "\x00" in scan_id:  # no text of PostgreSQL's: asking for it would be an error
            return None
        return self._session.exec(select(TrendScan).where(TrendScan.id == scan_id)).first()

    def by_run(self, run_id: str) -> TrendScan | None:
        """The scan that a flow run makes."""
        return self._session.exec(select(TrendScan).where(TrendScan.run_id == run_id)).first()

    def readings(self, scan_ids: Sequence[str]) -> list[TrendReading]:
        """What each source said in these scans; none of those that are not over."""
        wanted = select(TrendReading).where(col(TrendReading.scan_id).in_(scan_ids))
        return list(self._session.exec(wanted.order_by(col(TrendReading.scan_id), col(TrendReading.source))).all())

    def listed(
        self,
        *,
        after: str | None,
        limit: int,
        platform: str | None = None,
        region: str | None = None,
        state: ScanState | None = None,
    ) -> Sequence[TrendScan]:
        """At most *limit* scans that are older than the scan *after*, newest first."""
        statement = select(TrendScan)
        for column, wanted in ((TrendScan.platform, platform), (TrendScan.region, region), (TrendScan.state, state)):
            if wanted is not None:
                statement = statement.where(col(column) == wanted)
        if after is not None:
            statement = statement.where(col(TrendScan.id) < after.replace("\x00", ""))
        return self._session.exec(statement.order_by(col(TrendScan.id).desc()).limit(limit)).all()

    def last_good(self, platform: str, region: str) -> TrendScan | None:
        """The newest scan of a place that found something."""
        return self._session.exec(last_good(platform, region)).first()

    def last_tried(self, platform: str, region: str) -> TrendScan | None:
        """The newest scan of a place, however it ended or goes on."""
        place = select(TrendScan).where(TrendScan.platform == platform, TrendScan.region == region)
        return self._session.exec(place.order_by(col(TrendScan.id).desc()).limit(1)).first()

    def unfinished(self, *, most: int = 500) -> Sequence[TrendScan]:
        """Scans that are not over, oldest first."""
        return self._session.exec(select(TrendScan).where(_OPEN).order_by(col(TrendScan.id)).limit(most)).all()

    def note_run(self, scan_id: str, run_id: str) -> None:
        """The flow run *run_id* makes it."""
        self._change(scan_id, run_id=run_id)

    def claim(self, scan_id: str, *, holder: dict[str, Any], run_id: str | None = None) -> bool:
        """The process *holder* makes it from now on, whoever did before; False when it is over."""
        values = {**holder, "state": "running", "started_at": utc_now()}
        return self._change(scan_id, **values, **({"run_id": run_id} if run_id else {}))

    def claim_restart(self, scan: TrendScan) -> bool:
        """Count one more restart of *scan*, which no process holds then; False when another reconciler was first."""
        is_same = col(TrendScan.restarts) == scan.restarts
        return self._change(scan.id, is_same, restarts=scan.restarts + 1, pid=None, pid_started=None)

    def fail(self, scan_id: str, reason: str) -> bool:
        """It is over and found nothing; False when it was over before."""
        values = {"state": "failed", "reason": reason.replace("\x00", ""), "finished_at": utc_now()}
        return self._change(scan_id, **values)

    def keep_picture(self, scan_id: str, key: str) -> None:
        """The object *key* shows it."""
        self._session.execute(update(TrendScan).where(col(TrendScan.id) == scan_id).values(picture=key))

    def _change(self, scan_id: str, *conditions: Any, **values: Any) -> bool:
        """Set columns of a scan that is not over."""
        changed = update(TrendScan).where(col(TrendScan.id) == scan_id, _OPEN, *conditions).values(**values)
        return bool(self._session.exec(changed).rowcount)


def last_good(platform: str, region: str) -> SelectOfScalar[TrendScan]:
    """The newest scan of a place that found something."""
    return (
        select(TrendScan)
        .where(
            TrendScan.platform == platform,
            TrendScan.region == region,
            col(TrendScan.state).in_(GOOD),
            TrendScan.keywords > 0,
        )
        .order_by(col(TrendScan.finished_at).desc())
        .limit(1)
    )


def last_good_of_each(platforms: Sequence[str], region: str) -> SelectOfScalar[TrendScan]:
    """That of each of *platforms*, where there is one."""
    newest = (last_good(each, region).with_only_columns(col(TrendScan.id)).scalar_subquery() for each in platforms)
    return select(TrendScan).where(or_(*(col(TrendScan.id) == each for each in newest)))
