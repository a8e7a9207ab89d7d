"""Notice what happened to films, and see to it that whoever wants to know is told."""

from __future__ import annotations

import time

from api import runs
from store.repos import outbox
from store.session import reading, transaction
from store.tables.base import utc_now

FLOW = "deliver-webhooks/default"
AGAIN_S = 60.0
"""A run that was asked for is not asked for again so soon: a worker takes seconds to begin it."""

_asked: dict[str, float] = {}


def announce() -> None:
    """Write the messages for what happened since the last round."""
    with reading() as session:
        has_news = outbox.has_news(session)
    if has_news:
        with transaction() as session:
            outbox.announce(session)


def send_due() -> None:
    """
    Start a run that sends the messages that are due, unless one was just started for them.

    Raises:
        PrefectUnavailable: the next round will do it.
    """
    with reading() as session:
        due = outbox.first_due(session, now=utc_now())
    if due is None or due.next_attempt_at is None:
        return
    now = time.monotonic()
    key = f"{due.id}/{due.next_attempt_at.isoformat()}"
    if now - _asked.get(key, -AGAIN_S) < AGAIN_S:
        return
    # The minutes: should an operator have cancelled the run of this key, there is another one before long.
    runs.start_errand(FLOW, key=f"{key}/{int(time.time() // AGAIN_S // 10)}")
    forget_asked()
    _asked[key] = now


def forget_asked() -> None:
    """Start runs anew, whatever was asked for before."""
    _asked.clear()
