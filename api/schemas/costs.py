"""What calls to somebody else's services cost, in answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Cost(BaseModel):
    """Money; *amount* is null where the price of a call is not known: it is never taken for nothing."""

    amount: float | None
    currency: Literal["USD"] = "USD"


class PaidCalls(BaseModel):
    """
    Calls to one model of one provider: how many, and what they used and cost together.

    *units* are those of the price table: requests, input_tokens, output_tokens, cached_tokens, characters, images.
    *cost* is null where no price is known, 0 for what is free or runs on the operator's own machines.
    """

    role: str
    provider: str
    model: str
    calls: int
    units: dict[str, float]
    cost: float | None


class FilmCost(Cost):
    """What a film cost so far; a keyless one has no purchases. What was bought for an earlier film costs nothing again."""

    amount: float | None = 0.0
    purchases: list[PaidCalls] = []
