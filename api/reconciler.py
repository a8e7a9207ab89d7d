"""Bring films and flow runs together again after anything died: nothing is lost, nothing is made twice."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api import runs
from api.dispatch import dispatch
from api.notices import announce, send_due
from api.processes import end_orphan, is_gone
from api.publications import tend_publications
from api.scans import tend_scans
from api.tending import CRASHED_FOR, ENDED, ENDED_FOR, MOST_RESTARTS, SUBMITTED_FOR, SUBMITTING
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
        with _apart(video):
            _tend(video, found.get(video.run_id or ""))
    tend_scans()
    tend_publications()
    send_due()


def keep_reconciling(stop: threading.Event) -> None:
    """Rounds until *stop*; one that cannot be finished now is finished by the next."""
    while not stop.wait(EVERY_S):
        try:
            reconcile()
        except (runs.PrefectUnavailable, DatabaseAway) as error:
            logger.warning("reconciling later: %s", type(error).__name__)
        except Exception:
            logger.exception("reconciling failed")


def _tend(video: Video, run: runs.Run | None) -> None:
    if video.cancel_requested_at:
        _carry_out_cancel(video, run)
    elif run is None:
        _start_anew(video)
    elif run.status == "processing" and run.state != "AwaitingRetry":
        _look_for_process(video, run)
    elif run.state in SUBMITTING and utc_now() - run.since > SUBMITTED_FOR:
        runs.start_again(run.id)
    elif run.state == "Crashed" and utc_now() - run.since > CRASHED_FOR:
        _after_crash(video, run)
    elif run.status in ENDED and run.state != "Crashed" and utc_now() - run.since > ENDED_FOR:
        _close(video, run)


def _carry_out_cancel(video: Video, run: runs.Run | None) -> None:
    """A cancel that did not reach Prefect reaches it now; a film whose run has ended by it is over."""
    if run is None or run.status in ENDED:
        _close(video, run)
    elif run.state != "Cancelling":
        runs.cancel(run.id)
    elif video.pid is not None:
        _look_for_process(video, run)
    elif utc_now() - run.since > CRASHED_FOR:
        runs.declare_dead(run)  # nothing has opened its record, and nothing will: the row says no


@contextmanager
def _apart(video: Video) -> Iterator[None]:
    """What goes wrong with one film does not hold up the others; an outage ends the round."""
    try:
        yield
    except (runs.PrefectUnavailable, DatabaseAway):
        raise
    except Exception:
        logger.exception("film %s: reconciling failed", video.id)


def _start_anew(video: Video) -> None:
    """Prefect has lost the run, with its database perhaps: the same key makes it once more."""
    logger.warning("film %s: run %s is gone", video.id, video.run_id)
    with transaction() as session:
        Videos.of_everyone(session).change(video.id, run_id=None, pid=None, pid_started=None)


def _after_crash(video: Video, run: runs.Run) -> None:
    if video.restarts >= MOST_RESTARTS:
        logger.error("film %s crashed %d times", video.id, video.restarts + 1)
        _give_up(video)
        return
    with transaction() as session:
        if not Videos.of_everyone(session).claim_restart(video):
            return
    end_orphan(video)
    logger.warning("film %s: run %s is started again", video.id, run.id)
    runs.start_again(run.id)


def _give_up(video: Video) -> None:
    message = f"the process that made this film died {video.restarts + 1} times; retry it, or make it shorter"
    with transaction() as session:
        Videos.of_everyone(session).change(
            video.id, error_code="CRASHED", error_message=message, completed_at=utc_now()
        )


def _close(video: Video, run: runs.Run | None) -> None:
    """A run that ended without its own word, cancelled before it began for instance, is over for us too."""
    values: dict[str, str] = {}
    if run is not None and run.status == "failed" and not video.error_code:
        values = {"error_code": "INTERNAL_ERROR", "error_message": f"an internal error ended flow run {run.id}"}
    with transaction() as session:
        Videos.of_everyone(session).change(video.id, completed_at=utc_now(), **values)


def _look_for_process(video: Video, run: runs.Run) -> None:
    """
    A run that goes on without its process, after everything on this machine was ended for instance.

    Heartbeats tell the same a minute later, and for other machines too.
    """
    if is_gone(video) and utc_now() - run.since > CRASHED_FOR:
        logger.warning("film %s: the process of run %s is gone", video.id, run.id)
        runs.declare_dead(run)
