"""Guessing passwords and mass registration are slowed down; the counts are shared by all processes."""

from __future__ import annotations

from api import security
from api.errors import TooManyAttempts
from store.repos.counters import Counters
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.settings import EnvSettings

FAILURES = ((5, 60.0), (20, 3600.0))
"""Wrong passwords for one name: how many within how many seconds. Right ones are not counted."""

FAILURES_BY_ADDRESS = ((50, 60.0), (200, 3600.0))
"""The same from one address, where a whole office may sit behind it."""

HOUR_S = 3600.0


class AttemptSettings(EnvSettings):
    """How open the door is."""

    registrations_an_hour: int = 60
    """New accounts from one address."""


def check(username: str, address: str) -> None:
    """
    Return when another attempt is allowed.

    Raises:
        TooManyAttempts: it is not; says when it is.
    """
    with reading() as session:
        counters = Counters(session)
        for key, most, _ in _windows(username, address):
            count, ends = counters.get(key)
            if count >= most and ends is not None:
                raise _too_many((ends - utc_now()).total_seconds())


def note_failure(username: str, address: str) -> None:
    """Count a wrong password."""
    with transaction() as session:
        counters = Counters(session)
        for key, _, window_s in _windows(username, address):
            counters.add(key, 1, window_s=window_s)


def note_registration(address: str) -> None:
    """
    Count a new account.

    Raises:
        TooManyAttempts: there were too many from this address.
    """
    if not address:
        return
    with transaction() as session:
        count, ends = Counters(session).add(f"register/{address}", 1, window_s=HOUR_S)
    if count > AttemptSettings().registrations_an_hour:
        raise _too_many((ends - utc_now()).total_seconds())


def _windows(username: str, address: str) -> list[tuple[str, int, float]]:
    # The name's hash: a name may hold what no column does, and counts are nobody's list of accounts.
    name = security.token_hash(username.lower())
    found = [(f"login/{name}/{window_s:.0f}", most, window_s) for most, window_s in FAILURES]
    if address:
        found += [(f"login/{address}/{window_s:.0f}", most, window_s) for most, window_s in FAILURES_BY_ADDRESS]
    return found


def _too_many(seconds: float) -> TooManyAttempts:
    return TooManyAttempts(headers={"Retry-After": str(max(1, round(seconds)))})
