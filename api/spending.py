"""Calls to providers that a request makes itself, in the ledger and held against the budgets like those of films."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from store import calls
from store.session import transaction
from studio.providers.till import Quote, Receipt


@dataclass(frozen=True)
class RequestTill:
    """The till of one request: its calls are in the ledger, and their answers are not kept."""

    owner_id: str

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        """What *call* brings; see `studio/providers/till.py`."""
        return begin(quote, owner_id=self.owner_id).make(call)


def begin(quote: Quote, *, owner_id: str) -> calls.Call:
    """
    The call, reserved; the answer is the caller's alone and is not kept.

    Raises:
        OverBudget: it may cost more than a budget has left.
    """
    with transaction() as session:
        return calls.Call(calls.reserve(session, quote, owner_id=owner_id, holder={}), quote, is_kept=False)
