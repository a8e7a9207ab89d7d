"""Work that is a row and a flow run: begun once, begun again after a death, closed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol, TypeVar

from api import runs
from api.prefectclient import PrefectUnavailable
from api.processes import Held, end_orphan, is_alive, is_gone
from api.runstates import Run
from store.session import DatabaseAway
from store.tables.base import utc_now

logger = logging.getLogger("api.tending")

CRASHED_FOR = timedelta(seconds=6)
"""
A crash is left alone for this long. The worker reports one twice, up to three seconds apart: a run that was
started again in between would be crashed by the second report while its new process works on.
"""

OPENED_WITHIN = timedelta(seconds=40)
"""
A run that says it is running and has not opened its row after this died as it began: with its worker, which could not
tell, and before its first heartbeat, so that Prefect will not miss it either. Otherwise opening takes a second.
"""

SUBMITTING = ("Pending", "Submitting")
SUBMITTED_FOR = timedelta(seconds=120)
"""A worker that died between taking a run and starting its process leaves it in SUBMITTING for ever."""

ENDED = ("completed", "failed", "cancelled")
ENDED_FOR = timedelta(seconds=30)
"""Time for a run's own last words, its hooks, to reach the row."""

MOST_RESTARTS = 3
"""Work that kills its process every time is given up: the fourth try would end the same."""


class Row(Held, Protocol):
    """A piece of work."""

    @property
    def id(self) -> str:
        """Its own."""

    @property
    def run_id(self) -> str | None:
        """The flow run that does it; None before that was created."""

    @property
    def restarts(self) -> int:
        """How often that was started again."""


R = TypeVar("R", bound=Row, contravariant=True)


class Ward(Protocol[R]):
    """How one kind of work is begun, and how it is closed."""

    def start(self, row: R) -> None:
        """Create its flow run, once for each id. Raises PrefectUnavailable."""

    def claim_restart(self, row: R) -> bool:
        """Count one more restart; False when another reconciler was first."""

    def give_up(self, row: R) -> None:
        """Its process died once more than it is started again."""

    def close(self, row: R, run: Run) -> None:
        """Its run ended without a word of its own."""


def tend(rows: Sequence[R], ward: Ward[R]) -> None:
    """
    One round over work that is not over.

    Raises:
        PrefectUnavailable: the next round goes on.
        DatabaseAway: likewise.
    """
    found = runs.read(row.run_id for row in rows if row.run_id)
    for row in rows:
        with apart(row.id):
            tend_one(row, found.get(row.run_id or ""), ward)


@contextmanager
def apart(name: str) -> Iterator[None]:
    """What goes wrong with one piece of work does not hold up the others; an outage ends the round."""
    try:
        yield
    except (PrefectUnavailable, DatabaseAway):
        raise
    except Exception:
        logger.exception("%s: tending failed", name)


def tend_one(row: R, run: Run | None, ward: Ward[R]) -> None:
    """Bring *row* and its run, where there is one, together again."""
    if run is None:
        # What the command line does has a run that this server never heard of, and a process that lives.
        if not is_alive(row):
            ward.start(row)
        return
    since = utc_now() - run.since
    if run.status == "processing" and run.state != "AwaitingRetry":
        look_for_process(row, run)
    elif run.state in SUBMITTING and since > SUBMITTED_FOR:
        runs.start_again(run.id)
    elif run.state == "Crashed" and since > CRASHED_FOR:
        _after_crash(row, run, ward)
    elif run.status in ENDED and run.state != "Crashed" and since > ENDED_FOR:
        ward.close(row, run)


def look_for_process(row: Row, run: Run) -> None:
    """
    A run that goes on without its process, after everything on this machine was ended for instance.

    Heartbeats tell the same a minute later, and for other machines too.
    """
    since = utc_now() - run.since
    if (is_gone(row) and since > CRASHED_FOR) or (row.pid is None and since > OPENED_WITHIN):
        logger.warning("%s: the process of run %s is gone", row.id, run.id)
        runs.declare_dead(run)


def _after_crash(row: R, run: Run, ward: Ward[R]) -> None:
    if row.restarts >= MOST_RESTARTS:
        logger.error("%s crashed %d times", row.id, row.restarts + 1)
        ward.give_up(row)
    elif ward.claim_restart(row):
        end_orphan(row)
        logger.warning("%s: run %s is started again", row.id, run.id)
        runs.start_again(run.id)
