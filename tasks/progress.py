"""How far a film is, written where pollers and operators look."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.context import FlowRunContext

from store.repos.videos import Videos
from store.session import transaction
from tasks.lease import leave_to_successor, this_process
from tasks.policy import patient

SHARES: dict[str, tuple[float, float]] = {
    "script": (0, 4),
    "review": (4, 4),
    "narration": (4, 34),
    "footage": (34, 36),
    "shots": (36, 37),
    "timeline": (37, 38),
    "render": (38, 98),
    "finish": (98, 100),
}
"""Where each stage begins and ends in per cent: its share of the wall time of a film without a key."""

EVERY_S = 1.0
"""At most one write a second, whatever ffmpeg reports."""


@dataclass
class Progress:
    """Progress of one film; the row is written at stage changes and else at most once a second."""

    video_id: str
    _stage: str = ""
    _percent: int = -1
    _written: float = field(default=0.0)
    _artifact: UUID | None = None

    def report(self, stage: str, fraction: float = 0.0) -> None:
        """*fraction* (0 to 1) of *stage* is done."""
        start, end = SHARES[stage]
        percent = int(start + (end - start) * min(1.0, max(0.0, fraction)))
        is_new_stage = stage != self._stage
        if not is_new_stage and (percent == self._percent or time.monotonic() - self._written < EVERY_S):
            return
        self._stage, self._percent, self._written = stage, percent, time.monotonic()
        keep(self.video_id, stage=stage, progress=percent)
        self._show(stage, percent)

    def show_done(self) -> None:
        """All of it, where operators look; the row says so itself."""
        self._show("done", 100)

    def _show(self, stage: str, percent: int) -> None:
        """In the Prefect UI; a film is never lost because a progress bar could not be drawn."""
        if FlowRunContext.get() is None:
            return
        with suppress(Exception):
            if self._artifact is None:
                key = f"progress-{self.video_id.replace('_', '-')}"
                created = create_progress_artifact(progress=percent, key=key, description=f"Film {self.video_id}")
                self._artifact = created if isinstance(created, UUID) else None
            else:
                update_progress_artifact(self._artifact, progress=percent, description=stage)


@patient
def keep(video_id: str, **values: Any) -> None:
    """Write columns of the film that this process makes; ends the process when another has taken it over."""
    with transaction() as session:
        is_ours = Videos.of_everyone(session).change_if_held(video_id, holder=this_process().columns(), **values)
    if not is_ours:
        leave_to_successor(video_id)


@cache
def progress_of(video_id: str) -> Progress:
    """This process's progress of a film."""
    return Progress(video_id)
