"""
What calls to YouTube cost of the day's quota, which one Google Cloud project has for all channels together.

Source: developers.google.com, YouTube Data API, Quota Calculator, and the revision history of 2026-06-01: sessions for
uploads are counted by themselves, a hundred a day, and everything else in units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from pydantic import NonNegativeInt

from studio.models.publication import Allowance
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.youtube_errors import PACIFIC, until_midnight
from studio.settings import EnvSettings

UPLOADS: Final = "youtube uploads"
UNITS: Final = "youtube units"

READING: Final = 1
WRITING: Final = 50
CAPTIONS: Final = 400

QUESTIONS: Final = 40
"""Units for what is asked of one film: 36 times whether YouTube has worked through it, and where it is in the list."""

AFTER_MIDNIGHT_S: Final = 60.0
"""Our clock and Google's may differ by so much."""


class QuotaSettings(EnvSettings):
    """What the operator's project may use in a day; 0 does not count."""

    youtube_daily_uploads: NonNegativeInt = 100
    youtube_daily_quota: NonNegativeInt = 10_000


class Spending(Protocol):
    """Whoever makes calls and counts what they cost."""

    @property
    def spent(self) -> Mapping[str, int]:
        """Costs so far, by UPLOADS and UNITS."""
        ...


@contextmanager
def counted(caller: Spending, desk: Desk, *, units: int = 0) -> Iterator[None]:
    """
    Reserve *units* for the calls of the block, and settle what they cost in the end.

    A process that dies settles nothing: then everything that was reserved counts. What is made over midnight counts for
    the day in which it was reserved.

    Raises:
        OverQuota: it does not fit into the day any more.
    """
    try:
        _reserve(desk, UNITS, units)
        yield
    except Exception:
        _settle(caller, desk)
        raise
    _settle(caller, desk)


def reserve_upload(desk: Desk) -> None:
    """Reserve one session for an upload, inside of `counted`. Raises OverQuota."""
    _reserve(desk, UPLOADS, 1)


def units_for(parcel: Parcel, *, playlist_id: str, done: Mapping[str, object]) -> int:
    """What has to be there for the film of *parcel* and what goes with it, but for what the desk knows as *done*."""
    costs = {
        "thumbnail": WRITING if parcel.poster else 0,
        **{f"captions {language}": CAPTIONS for language in parcel.captions},
        "playlist": WRITING + READING if playlist_id else 0,
    }
    return QUESTIONS + sum(cost for name, cost in costs.items() if f"note {name}" not in done)


def cost_of(method: str, uri: str) -> Counter[str]:
    """What one call costs; bytes of a film that go to a session cost nothing."""
    parts = urlsplit(uri)
    what = parts.path.rpartition("/youtube/v3/")[2]
    if parts.path.startswith("/upload/") and what == "videos":
        return Counter({UPLOADS: 1} if method == "POST" else {})
    if what == "captions" and method == "POST":
        return Counter({UNITS: CAPTIONS})
    return Counter({UNITS: READING if method == "GET" else WRITING})


def is_charged(status: int) -> bool:
    """
    Whether an answer with *status* means that the call was counted.

    Refused inputs are. Who is not let in is not, and what YouTube itself could not do is taken for free: an outage that
    counted would use up the day.
    """
    return status not in (401, 403, 429) and status < 500


def _reserve(desk: Desk, name: str, units: int) -> None:
    if units and (most := _most(name)):
        desk.reserve(_allowance(name, units, most=most))


def _settle(caller: Spending, desk: Desk) -> None:
    for name in (UPLOADS, UNITS):
        if most := _most(name):
            desk.settle(_allowance(name, caller.spent.get(name, 0), most=most))


def _allowance(name: str, units: int, *, most: int) -> Allowance:
    now = datetime.now(PACIFIC)
    return Allowance(
        platform="youtube",
        name=name,
        setting=_setting(name).upper(),
        day=now.date().isoformat(),
        most=most,
        units=units,
        ends_in_s=until_midnight(now) + AFTER_MIDNIGHT_S,
    )


def _most(name: str) -> int:
    return int(getattr(QuotaSettings(), _setting(name)))


def _setting(name: str) -> str:
    return "youtube_daily_uploads" if name == UPLOADS else "youtube_daily_quota"
