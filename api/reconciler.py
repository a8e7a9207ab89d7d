"""Bring films and flow runs together again after anything died: nothing is lost, nothing is made twice."""

from __future__ import annotations

import logging
import platform
import threading
from datetime import timedelta

import psutil
from sqlalchemy.exc import SQLAlchemyError

from api import films, runs
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.videos import Video

logger = logging.getLogger("api.reconciler")

EVERY_S = 2.0
UNSTARTED_AFTER = timedelta(seconds=3)
"""A film without a run is left to the request that wrote it for this long."""

CRASHED_FOR = timedelta(seconds=6)
"""
A crash is left alone for this long. The worker reports one twice, up to three seconds apart: a run that was
started again in between would be crashed by the second report while its new process works on.
"""

MOST_RESTARTS = 3
"""A film that kills its process every time is given up: the fourth try would end the same."""


def reconcile() -> None:
    """One round: start what was not started, start again what crashed, give up what crashes for ever."""
    with reading() as session:
        everyone = Videos.of_everyone(session)
        unstarted = everyone.unstarted(before=utc_now() - UNSTARTED_AFTER)
        unfinished = everyone.unfinished()
    for video in unstarted:
        films.start(video)
    found = runs.read(video.run_id for video in unfinished if video.run_id)
    for video in unfinished:
        run = found.get(video.run_id or "")
        if run is None:
            _start_anew(video)
        elif run.state == "Crashed" and utc_now() - run.since > CRASHED_FOR:
            _after_crash(video, run)


def keep_reconciling(stop: threading.Event) -> None:
    """Rounds until *stop*; one that cannot be finished now is finished by the next."""
    while not stop.wait(EVERY_S):
        try:
            reconcile()
        except (runs.PrefectUnavailable, SQLAlchemyError) as error:
            logger.warning("reconciling later: %s", type(error).__name__)
        except Exception:
            logger.exception("reconciling failed")


def _start_anew(video: Video) -> None:
    """Prefect has lost the run, with its database perhaps: the same key makes it once more."""
    logger.warning("film %s: run %s is gone", video.id, video.run_id)
    with transaction() as session:
        Videos.of_everyone(session).change(video.id, run_id=None)


def _after_crash(video: Video, run: runs.Run) -> None:
    if video.restarts >= MOST_RESTARTS:
        logger.error("film %s crashed %d times", video.id, video.restarts + 1)
        _give_up(video)
        return
    with transaction() as session:
        if not Videos.of_everyone(session).claim_restart(video):
            return
    _end_orphan(video)
    logger.warning("film %s: run %s is started again", video.id, run.id)
    runs.start_again(run.id)


def _give_up(video: Video) -> None:
    message = f"the process that made this film died {video.restarts + 1} times; retry it, or make it shorter"
    with transaction() as session:
        Videos.of_everyone(session).change(
            video.id, error_code="CRASHED", error_message=message, completed_at=utc_now()
        )


def _end_orphan(video: Video) -> None:
    """A worker that died leaves its flow process behind; two processes must not make one film."""
    if video.pid is None or video.host != platform.node():
        return
    try:
        process = psutil.Process(video.pid)
        if video.pid_started is None or abs(process.create_time() - video.pid_started) > 1.0:
            return
        for each in [*process.children(recursive=True), process]:
            each.kill()
        process.wait(5)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        return
