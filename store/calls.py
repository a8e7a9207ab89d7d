"""The one door of paid calls: each is held against the budgets and written down before it is made, and closed after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import JsonValue
from sqlmodel import Session

from store.budgets import allowed_cost
from store.repos.purchases import Purchases
from store.session import transaction
from studio.errors import VideoSystemError
from studio.providers.prices import cost_of
from studio.providers.till import Quote, Receipt

LEASE = timedelta(seconds=300)
"""Longer than any call may take: so long whoever wants the same waits for a process of another machine."""


def reserve(
    session: Session, quote: Quote, *, owner_id: str | None, video_id: str | None = None, holder: dict[str, Any]
) -> str:
    """
    The id of a new row that reserves the call; *holder* says which process makes it.

    Raises:
        OverBudget: it may cost more than a budget has left.
    """
    purchases = Purchases(session)
    purchases.lock()
    cost = allowed_cost(purchases, quote, owner_id=owner_id, video_id=video_id)
    return purchases.reserve(quote, cost=cost, owner_id=owner_id, video_id=video_id, holder=holder, lease=LEASE).id


@dataclass(frozen=True)
class Call:
    """
    A call that is reserved, and what becomes of its row.

    *is_kept* says whether the answer is for whoever asks the same again, or the caller's alone. A subclass may write
    with more patience, and look at the provider's health in the same transaction.
    """

    id: str
    quote: Quote
    is_kept: bool = True

    def make(self, ask: Callable[[], Receipt]) -> JsonValue:
        """What *ask* brings; what came of it is written down whatever that was."""
        try:
            receipt = ask()
        except VideoSystemError as error:
            self.fail(error)
            raise
        except BaseException:
            # Broken, or ended from outside, in the middle of the call: it may have been paid all the same.
            self.lose()
            raise
        self.settle(receipt)
        return receipt.answer

    def settle(self, receipt: Receipt) -> None:
        """It was answered: what it used, and what it cost in the end."""
        self._write(lambda session: self._settled(session, receipt))

    def fail(self, error: VideoSystemError) -> None:
        """It brought nothing and cost nothing."""
        self._write(lambda session: self._failed(session, error))

    def lose(self) -> None:
        """Nobody heard its end: it may have been paid, so its cost still counts."""
        self._write(lambda session: Purchases(session).lose(self.id))

    def _write(self, work: Callable[[Session], None]) -> None:
        with transaction() as session:
            work(session)

    def _settled(self, session: Session, receipt: Receipt) -> None:
        purchases = Purchases(session)
        purchases.settle(
            self.id,
            answer=receipt.answer if self.is_kept else None,
            units={name: float(amount) for name, amount in receipt.units.items()},
            cost=cost_of(self.quote, receipt.units),
            fresh_s=self.quote.fresh_s if self.is_kept else None,
        )
        if not self.is_kept:
            purchases.retire(self.id)

    def _failed(self, session: Session, error: VideoSystemError) -> None:
        Purchases(session).fail(self.id, error_code=error.code)
