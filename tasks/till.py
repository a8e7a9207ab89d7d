"""The till of films in the making: budgets, the ledger, breakers and limits around every call to a provider."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from prefect.concurrency.sync import concurrency
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_API_URL
from pydantic import JsonValue
from sqlalchemy.exc import IntegrityError

from store.budgets import allowed_cost
from store.repos.purchases import Breakers, Purchases
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from studio.errors import OverLimit, ProviderUnavailable, VideoSystemError
from studio.providers.prices import cost_of
from studio.providers.till import Quote, Receipt
from tasks import policy
from tasks.lease import Holder, this_process

logger = logging.getLogger("tasks.till")

LEASE = timedelta(seconds=300)
"""Longer than any call may take: so long whoever wants the same waits for a process of another machine."""

LOOK_EVERY_S = 0.5

SLOT_S = 60.0
"""A slot whose holder died is free again after so long, Prefect's shortest; a living holder renews it."""


@dataclass(frozen=True)
class _Kept:
    """An answer that was bought before."""

    answer: JsonValue


@dataclass(frozen=True)
class _Ours:
    """A call that this process has to make now, by the row that says so."""

    purchase_id: str


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
                return _paid(found.purchase_id, quote, call)
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
                _ask_breaker(Breakers(session), quote)
                reserved = purchases.reserve(
                    quote,
                    cost=allowed_cost(purchases, quote, owner_id=self.owner_id, video_id=self.video_id),
                    owner_id=self.owner_id,
                    video_id=self.video_id,
                    holder=this_process().columns(),
                    lease=LEASE,
                )
                return _Ours(reserved.id)
        except IntegrityError:
            return None


def till_of(video_id: str) -> LedgerTill:
    """The till of the film *video_id*."""
    return LedgerTill(video_id, _owner_of(video_id))


@policy.patient
def _owner_of(video_id: str) -> str | None:
    with reading() as session:
        video = Videos.of_everyone(session).glance(video_id)
    return video.owner_id if video else None


def _paid(purchase_id: str, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
    """Make the call, and write down what came of it whatever that was."""
    try:
        with _slot(quote):
            receipt = policy.wait_out_limits(call)
    except VideoSystemError as error:
        _note_failure(purchase_id, quote, error)
        raise
    except Exception:
        _close(purchase_id, error_code="INTERNAL_ERROR")
        raise
    except BaseException:
        # Ended from outside in the middle of the call: it may have been paid all the same.
        _give_up(purchase_id)
        raise
    _settle(purchase_id, quote, receipt)
    return receipt.answer


@policy.patient
def _settle(purchase_id: str, quote: Quote, receipt: Receipt) -> None:
    with transaction() as session:
        Purchases(session).settle(
            purchase_id,
            answer=receipt.answer,
            units={name: float(amount) for name, amount in receipt.units.items()},
            cost=cost_of(quote, receipt.units),
            fresh_s=quote.fresh_s,
        )
        Breakers(session).note_success(_name(quote))


@policy.patient
def _note_failure(purchase_id: str, quote: Quote, error: VideoSystemError) -> None:
    with transaction() as session:
        purchases, breakers = Purchases(session), Breakers(session)
        purchases.lock()
        purchases.fail(purchase_id, error_code=error.code)
        if isinstance(error, ProviderUnavailable) and not isinstance(error, OverLimit):
            breakers.note_failure(_name(quote), most=policy.FAILURES, pause=policy.PAUSE)


@policy.patient
def _close(purchase_id: str, *, error_code: str) -> None:
    with transaction() as session:
        Purchases(session).fail(purchase_id, error_code=error_code)


@policy.patient
def _give_up(purchase_id: str) -> None:
    with transaction() as session:
        Purchases(session).lose(purchase_id)


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
        timeout_seconds=LEASE.total_seconds() / 2,
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
