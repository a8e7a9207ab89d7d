"""The till of films in the making: budgets, the ledger, breakers and limits around every call to a provider."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from prefect.concurrency.sync import concurrency
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_API_URL
from pydantic import JsonValue
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from store import calls
from store.repos.purchases import Breakers, Purchases
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from studio.errors import OverLimit, ProviderUnavailable, VideoSystemError
from studio.providers.till import Quote, Receipt
from tasks import policy
from tasks.lease import Holder, this_process

logger = logging.getLogger("tasks.till")

LOOK_EVERY_S = 0.5

SLOT_S = 60.0
"""A slot whose holder died is free again after so long, Prefect's shortest; a living holder renews it."""


@dataclass(frozen=True)
class _Kept:
    """An answer that was bought before."""

    answer: JsonValue


@dataclass(frozen=True)
class _Ours(calls.Call):
    """A call that this process has to make now; its row waits for a database that is away."""

    @policy.patient
    def _write(self, work: Callable[[Session], None]) -> None:
        super()._write(work)

    def _settled(self, session: Session, receipt: Receipt) -> None:
        super()._settled(session, receipt)
        Breakers(session).note_success(_name(self.quote))

    def _failed(self, session: Session, error: VideoSystemError) -> None:
        Purchases(session).lock()
        super()._failed(session, error)
        if isinstance(error, ProviderUnavailable) and not isinstance(error, OverLimit):
            Breakers(session).note_failure(_name(self.quote), most=policy.FAILURES, pause=policy.PAUSE)


@dataclass(frozen=True)
class LedgerTill:
    """The till of one film, or of what is done for everybody: every call is written down before it is made."""

    video_id: str | None
    owner_id: str | None

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        """The kept answer to *quote*, or what *call* brings; see `studio/providers/till.py`."""
        while True:
            found = self._kept_or_reserved(quote)
            if isinstance(found, _Kept):
                return found.answer
            if isinstance(found, _Ours):
                return found.make(lambda: _with_slot(quote, call))
            # Somebody else is calling just now: its answer will do.
            time.sleep(LOOK_EVERY_S)

    @policy.patient
    def _kept_or_reserved(self, quote: Quote) -> _Kept | _Ours | None:
        """An answer, the right to call, or None while another process calls."""
        try:
            with transaction() as session:
                purchases = Purchases(session)
                purchases.lock()
                found = purchases.current(quote.key)
                if found and found.state == "settled" and _is_fresh(found):
                    return _Kept(found.answer)
                if found and found.state == "settled":
                    purchases.retire(found.id)
                elif found and not _is_orphan(found):
                    return None
                elif found:
                    purchases.lose(found.id)
                session.flush()
                return self._reserved(session, quote)
        except IntegrityError:
            return None

    def _reserved(self, session: Session, quote: Quote) -> _Ours:
        _ask_breaker(Breakers(session), quote)
        holder = this_process().columns()
        return _Ours(
            calls.reserve(session, quote, owner_id=self.owner_id, video_id=self.video_id, holder=holder), quote
        )


def till_of(video_id: str) -> LedgerTill:
    """The till of the film *video_id*."""
    return LedgerTill(video_id, _owner_of(video_id))


@policy.patient
def _owner_of(video_id: str) -> str | None:
    with reading() as session:
        video = Videos.of_everyone(session).glance(video_id)
    return video.owner_id if video else None


def _with_slot(quote: Quote, call: Callable[[], Receipt]) -> Receipt:
    with _slot(quote):
        return policy.steadily(call, is_tried_again=quote.role in policy.GO_ON)


def _ask_breaker(breakers: Breakers, quote: Quote) -> None:
    seconds = breakers.closed_for(_name(quote))
    if seconds:
        reason = f"it failed {policy.FAILURES} times in a row and is left alone for {seconds:.0f} s more"
        raise ProviderUnavailable(quote.role, quote.provider, reason)
    breakers.claim_trial(_name(quote), pause=policy.PAUSE)


@contextmanager
def _slot(quote: Quote) -> Iterator[None]:
    """One of the calls at once that the operator allows this provider, over all workers; none is needed where no limit is."""
    # Limits are one server's: a flow of the command line, which brings its own, has none.
    has_limits = FlowRunContext.get() is not None and PREFECT_API_URL.value() is not None
    if not has_limits or _name(quote) not in policy.provider_limits():
        yield
        return
    slot = concurrency(
        policy.limit_name(quote.role, quote.provider),
        timeout_seconds=calls.LEASE.total_seconds() / 2,
        lease_duration=SLOT_S,
    )
    try:
        slot.__enter__()
    except (PrefectException, TimeoutError, OSError):
        logger.warning("no slot for %s could be had; calling without", _name(quote))
        yield
        return
    try:
        yield
    finally:
        slot.__exit__(None, None, None)


def _is_fresh(purchase: Purchase) -> bool:
    return purchase.fresh_until is None or purchase.fresh_until > utc_now()


def _is_orphan(purchase: Purchase) -> bool:
    """Whether nobody will answer for the call any more: its process is dead, or its time is over."""
    over: datetime | None = purchase.lease_until
    if over is None or over < utc_now() or purchase.host is None or purchase.pid is None:
        return True
    return Holder(purchase.host, purchase.pid, purchase.pid_started or 0.0).is_dead()


def _name(quote: Quote) -> str:
    return f"{quote.role}/{quote.provider}"
