"""What is known of flow runs, kept for a moment for all who ask."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.prefectclient import PrefectUnavailable

FRESH_S = 0.8
"""
States younger than this are answered from memory: the server gives about a hundred answers a second. With the time that
reading them takes none is older than a second.
"""

SWEEP_S = 5.0
"""How often runs are read whose events are heard: the server drops events when a subscriber is 256 behind."""

WATCHED_S = 60.0
"""How long after the last question a run is still read along with the others."""

Status = Literal["pending", "processing", "awaiting_review", "completed", "failed", "cancelled"]


@dataclass(frozen=True)
class Run:
    """What we need to know of a flow run."""

    id: str
    status: Status
    state: str
    since: datetime
    """When it came into this state."""
    run_count: int


class Unread(Exception):
    """A state that Prefect would have to be asked for."""


Read = Callable[[Iterable[str]], dict[str, Run]]
"""The runs of some ids that exist. Raises PrefectUnavailable."""


class States:
    """
    A short memory of runs, so that any number of pollers costs Prefect one request a second, or fewer.

    Whoever listens to Prefect's events vouches for it: as long as `confirm` is called, what was read after `listen` is
    as good as new, and is read again only every SWEEP_S in case that an event was lost.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._asked: dict[str, float] = {}
        self._read_at: dict[str, float] = {}
        self._being_read: set[str] = set()
        self._rests_until = -math.inf
        self._swept_at = -math.inf
        self._listens_since = math.inf
        self._confirmed_at = -math.inf

    def get(self, run_id: str) -> Run | None:
        """
        The run, at most FRESH_S old as long as Prefect answers at once; None where there is none.

        One caller reads for all; while it waits, the others have what was known before.

        Raises:
            PrefectUnavailable: it cannot be read, and was never read before.
        """
        with self._lock:
            self._asked[run_id] = time.monotonic()
        if not self._is_fresh(run_id) and self._reading.acquire(blocking=run_id not in self._runs):
            try:
                if not self._is_fresh(run_id):
                    self._refresh(run_id)
            finally:
                self._reading.release()
        return self._runs.get(run_id)

    def recall(self, run_id: str) -> Run | None:
        """
        What `get` would answer, without asking anybody.

        Raises:
            Unread: it is not known well enough.
        """
        if not self._is_fresh(run_id):
            raise Unread(run_id)
        with self._lock:
            self._asked[run_id] = time.monotonic()
        return self._runs.get(run_id)

    def expect(self, run_ids: Iterable[str]) -> None:
        """These are asked for next: they are read together with the first."""
        with self._lock:
            self._asked.update(dict.fromkeys(run_ids, time.monotonic()))

    def forget(self, run_id: str) -> None:
        """Read the run anew when it is next asked for, even if it is being read now."""
        with self._lock:
            self._distrust(run_id)

    def hear(self, run: Run) -> None:
        """
        Take *run* from an event, unless what is known is newer.

        Of a run that nobody asked for nothing is kept; one that was not there when it was read is read again.
        """
        with self._lock:
            known = self._runs.get(run.id)
            if known is None:
                self._distrust(run.id)
            elif run.since > known.since:
                self._runs[run.id] = run
                self._being_read.discard(run.id)

    def listen(self) -> None:
        """From now on every event is heard; of what happened before some may have been missed."""
        with self._lock:
            self._listens_since = time.monotonic()

    def confirm(self, moment: float) -> None:
        """Everything that happened until *moment*, on the monotonic clock, has been heard."""
        self._confirmed_at = moment

    def stop_listening(self) -> None:
        """Events may be missed from now on."""
        with self._lock:
            self._listens_since = math.inf

    def _is_fresh(self, run_id: str) -> bool:
        now, read_at = time.monotonic(), self._read_at.get(run_id)
        if read_at is None:
            return False
        return now - read_at < FRESH_S or now < self._rests_until or self._is_vouched_for(read_at, now)

    def _is_vouched_for(self, read_at: float, now: float) -> bool:
        is_heard = read_at >= self._listens_since and now - self._confirmed_at < FRESH_S
        return is_heard and now - self._swept_at < SWEEP_S

    def _refresh(self, run_id: str) -> None:
        began = time.monotonic()
        wanted = self._choose(began)
        try:
            self._take(wanted, self._read(wanted), began)
            # Half of the time at most is spent on reading, however slow Prefect is.
            self._rests_until = 2 * time.monotonic() - began
        except PrefectUnavailable:
            # Prefect is not asked again for every poll while it is away.
            self._rests_until = time.monotonic() + FRESH_S
            with self._lock:
                self._read_at = dict.fromkeys(wanted, -math.inf) | self._read_at
            if run_id not in self._runs:
                raise

    def _choose(self, now: float) -> set[str]:
        """Which runs to read: all that were asked for lately, but those that events vouch for."""
        with self._lock:
            self._asked = {key: asked for key, asked in self._asked.items() if now - asked < WATCHED_S}
            self._runs = {key: run for key, run in self._runs.items() if key in self._asked}
            self._read_at = {key: read_at for key, read_at in self._read_at.items() if key in self._asked}
            vouched = {key for key, read_at in self._read_at.items() if self._is_vouched_for(read_at, now)}
            wanted = self._asked.keys() - vouched
            self._being_read = set(wanted)
            return wanted

    def _take(self, wanted: set[str], found: dict[str, Run], began: float) -> None:
        with self._lock:
            for run_id in wanted:
                # What was forgotten, or heard of, while it was read is not as it was read.
                if run_id in self._being_read or run_id not in self._runs:
                    self._runs.pop(run_id, None)
                    self._runs.update({run_id: found[run_id]} if run_id in found else {})
            self._read_at.update(dict.fromkeys(self._being_read, began))
            if began - self._swept_at >= SWEEP_S or wanted >= self._read_at.keys():
                self._swept_at = began
            self._being_read = set()

    def _distrust(self, run_id: str) -> None:
        self._read_at.pop(run_id, None)
        self._being_read.discard(run_id)
