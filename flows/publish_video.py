"""Put a finished film before the public."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from studio.errors import VideoSystemError
from tasks.publish import (
    conclude,
    fetch_film,
    next_due,
    note_end,
    open_publication,
    publish,
    resumed,
    set_aside,
    withdraw,
)

GOES_ON_S: Final = 600.0
"""A run begins nothing more after this long: one that never ends would never see a new version."""


@flow(
    name="publish-video",
    flow_run_name="{title}",
    on_failure=[note_end],
    on_cancellation=[note_end],
)
def publish_video(publication_id: str, title: str = "") -> str | State[str]:
    """
    Make one publication of the ledger, then what else is due at the same platform.

    Args:
        publication_id: which; `POST /social/publish` writes them.
        title: the run's name, which is that of the first.
    """
    run_id, until = str(flow_run.id), time.monotonic() + GOES_ON_S
    current = resumed(run_id, publication_id)
    outcome = _make(current, run_id=run_id)
    # A run of the command line makes its own film alone.
    while deployment.id and time.monotonic() < until:
        following = next_due(current, run_id=run_id)
        if following is None:
            break
        current = following.id
        # What failed is in the ledger.
        with suppress(VideoSystemError):
            _make(current, run_id=run_id)
    return outcome


def _make(publication_id: str, *, run_id: str) -> str | State[str]:
    wanted = open_publication(publication_id, run_id=run_id)
    if wanted == "nothing":
        return Completed(name="Skipped", message="it is over")
    try:
        if wanted == "withdraw":
            withdraw(publication_id)
            return publication_id
        key = fetch_film(publication_id)
        published = publish(publication_id, object_key=key)
    except VideoSystemError as error:
        became = set_aside(publication_id, error)
        if became == "failed":
            raise
        return Completed(name="Postponed" if became == "scheduled" else "Cancelled", message=str(error))
    conclude(publication_id, published)
    return publication_id
