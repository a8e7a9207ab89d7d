"""Calls to providers that a request makes itself, in the ledger and held against the budgets like those of films."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from store.budgets import allowed_cost
from store.repos.purchases import Purchases
from store.session import transaction
from studio.errors import ProviderError
from studio.providers.prices import cost_of
from studio.providers.till import Quote, Receipt, Units

LEASE = timedelta(seconds=300)


@dataclass(frozen=True)
class RequestTill:
    """The till of one request: its calls are in the ledger, and their answers are not kept."""

    owner_id: str

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        """What *call* brings; see `studio/providers/till.py`."""
        purchase_id = begin(quote, owner_id=self.owner_id)
        try:
            receipt = call()
        except ProviderError as error:
            fail(purchase_id, error)
            raise
        except BaseException:
            lose(purchase_id)
            raise
        settle(purchase_id, quote, receipt.units)
        return receipt.answer


def begin(quote: Quote, *, owner_id: str) -> str:
    """
    The id of a row that reserves the call.

    Raises:
        OverBudget: it may cost more than a budget has left.
    """
    with transaction() as session:
        purchases = Purchases(session)
        purchases.lock()
        cost = allowed_cost(purchases, quote, owner_id=owner_id, video_id=None)
        return purchases.reserve(quote, cost=cost, owner_id=owner_id, video_id=None, holder={}, lease=LEASE).id


def settle(purchase_id: str, quote: Quote, units: Units) -> None:
    """It was answered; the answer is the caller's alone and is not kept."""
    with transaction() as session:
        purchases = Purchases(session)
        used = {name: float(amount) for name, amount in units.items()}
        purchases.settle(purchase_id, answer=None, units=used, cost=cost_of(quote, units), fresh_s=None)
        purchases.retire(purchase_id)


def fail(purchase_id: str, error: ProviderError) -> None:
    """It brought nothing."""
    with transaction() as session:
        Purchases(session).fail(purchase_id, error_code=error.code)


def lose(purchase_id: str) -> None:
    """Nobody read it to its end: it may have been paid."""
    with transaction() as session:
        Purchases(session).lose(purchase_id)
