"""Whether a call to a provider may be made: what it may cost against what every budget has left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from store.repos.purchases import Purchases
from store.tables.base import utc_now
from studio.errors import OverBudget
from studio.providers.prices import MILLION, cost_of
from studio.providers.till import Quote
from studio.settings import get_settings

DAY = timedelta(hours=24)


def allowed_cost(purchases: Purchases, quote: Quote, *, owner_id: str | None, video_id: str | None) -> int | None:
    """
    What the call may cost at most, in millionths of a dollar; None where nobody knows and no budget asks.

    Raises:
        OverBudget: a budget has less left, or is set and the price is not known; names the budget.
    """
    cost = cost_of(quote, quote.units)
    settings, day = get_settings(), utc_now() - DAY
    budgets: tuple[tuple[str, Decimal | None, dict[str, Any]], ...] = (
        ("BUDGET_FILM_USD", settings.budget_film_usd if video_id else None, {"video_id": video_id}),
        ("BUDGET_OWNER_USD", settings.budget_owner_usd, {"owner_id": owner_id, "since": day}),
        ("BUDGET_DAY_USD", settings.budget_day_usd, {"since": day}),
    )
    for name, budget, whose in budgets:
        if budget is None:
            continue
        if cost is None:
            reason = f"no price is known for {quote.model!r}, and {name} is set; name its price in PRICES"
            raise OverBudget(quote.role, quote.provider, reason)
        left = int(budget * MILLION) - purchases.spent(**whose)
        if cost > left:
            reason = f"the call may cost {_dollars(cost)}, and {name} has {_dollars(max(0, left))} left"
            raise OverBudget(quote.role, quote.provider, reason)
    return cost


def _dollars(micro: int) -> str:
    return f"${micro / 1_000_000:.4f}"
