"""Bring films and flow runs together again after anything died: nothing is lost, nothing is made twice."""

from __future__ import annotations

import logging
import threading

from api import runs
from api.dispatch import dispatch
from api.notices import announce, send_due
from api.prefectclient import PrefectUnavailable
from api.publishing import tend_publications
from api.runstates import Run
from api.scans import tend_scans
from api.tending import CRASHED_FOR, ENDED, apart, look_for_process, tend_one
from store.repos.videos import Videos
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.videos import Video

logger = logging.getLogger("api.reconciler")

EVERY_S = 2.0


def reconcile() -> None:
    """One round: start what was not started or crashed, give up what crashes for ever, tell of what happened."""
    announce()
    dispatch()
    with reading() as session:
        unfinished = Videos.of_everyone(session).unfinished()
    found = runs.read(video.run_id for video in unfinished if video.run_id)
    for video in unfinished:
        with apart(video.id):
            _tend(video, found.get(video.run_id or ""))
    tend_scans()
    tend_publications()
    send_due()


def keep_reconciling(stop: threading.Event) -> None:
    """Rounds until *stop*; one that cannot be finished now is finished by the next."""
    while not stop.wait(EVERY_S):
        try:
            reconcile()
        except (PrefectUnavailable, DatabaseAway) as error:
            logger.warning("reconciling later: %s", type(error).__name__)
        except Exception:
            logger.exception("reconciling failed")


def _tend(video: Video, run: Run | None) -> None:
    if video.cancel_requested_at:
        _carry_out_cancel(video, run)
    else:
        tend_one(video, run, _Filming())


def _carry_out_cancel(video: Video, run: Run | None) -> None:
    """A cancel that did not reach Prefect reaches it now; a film whose run has ended by it is over."""
    if run is None or run.status in ENDED:
        _close(video, run)
    elif run.state != "Cancelling":
        runs.cancel(run.id)
    elif video.pid is not None:
        look_for_process(video, run)
    elif utc_now() - run.since > CRASHED_FOR:
        runs.declare_dead(run)  # nothing has opened its record, and nothing will: the row says no


class _Filming:
    """How films are begun again and closed; `api/dispatch.py` begins them in their turn."""

    def start(self, row: Video) -> None:
        """Prefect has lost the run, with its database perhaps: the same key makes it once more."""
        logger.warning("film %s: run %s is gone", row.id, row.run_id)
        with transaction() as session:
            Videos.of_everyone(session).change(row.id, run_id=None, pid=None, pid_started=None)

    def claim_restart(self, row: Video) -> bool:
        with transaction() as session:
            return Videos.of_everyone(session).claim_restart(row)

    def give_up(self, row: Video) -> None:
        message = f"the process that made this film died {row.restarts + 1} times; retry it, or make it shorter"
        with transaction() as session:
            Videos.of_everyone(session).change(
                row.id, error_code="CRASHED", error_message=message, completed_at=utc_now()
            )

    def close(self, row: Video, run: Run) -> None:
        _close(row, run)


def _close(video: Video, run: Run | None) -> None:
    """A run that ended without its own word, cancelled before it began for instance, is over for us too."""
    values: dict[str, str] = {}
    if run is not None and run.status == "failed" and not video.error_code:
        values = {"error_code": "INTERNAL_ERROR", "error_message": f"an internal error ended flow run {run.id}"}
    with transaction() as session:
        Videos.of_everyone(session).change(video.id, completed_at=utc_now(), **values)
