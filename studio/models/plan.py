"""What each plan may do. The operator changes figures with the setting PLANS."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.errors import BadInput, reason_of
from studio.models.brief import Resolution
from studio.settings import EnvSettings

PlanName = Literal["free", "paid", "admin"]
PLAN_NAMES: tuple[PlanName, ...] = ("free", "paid", "admin")

REQUESTS_BY_KEY = 10_000
"""Requests an hour of all API keys of an owner together, whatever the plan. Source: the REST contract."""

REQUESTS_BY_ADDRESS = 1_000
"""Requests an hour without an account, from one address: logins, and tokens that are not valid."""


class Plan(BaseModel):
    """Limits of one plan; durations in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_an_hour: int = Field(ge=1)
    running: int = Field(ge=1)
    """Films that are being made at once; more wait."""
    waiting: int = Field(ge=0)
    """Films that may wait beside those."""
    films_a_day: int = Field(ge=1)
    largest_asset_mb: int = Field(ge=1)
    """Size of one own file, in MiB."""
    assets_mb: int = Field(ge=1)
    """Size of all own files together."""
    longest_s: int = Field(ge=1)
    largest: Resolution
    kept_days: int | None = Field(None, ge=1)
    """Days after which a finished film is removed; None keeps it for good."""


_PLANS: dict[PlanName, Plan] = {
    "free": Plan(
        requests_an_hour=100,
        running=1,
        waiting=20,
        films_a_day=50,
        longest_s=300,
        largest_asset_mb=100,
        assets_mb=1_000,
        largest=Resolution.P1080,
    ),
    "paid": Plan(
        requests_an_hour=1_000,
        running=3,
        waiting=50,
        films_a_day=200,
        longest_s=600,
        largest_asset_mb=2_000,
        assets_mb=50_000,
        largest=Resolution.P1080,
    ),
    "admin": Plan(
        requests_an_hour=10_000,
        running=10,
        waiting=500,
        films_a_day=2_000,
        longest_s=600,
        largest_asset_mb=5_000,
        assets_mb=200_000,
        largest=Resolution.P1080,
    ),
}


class PlanSettings(EnvSettings):
    """Figures that differ on this installation."""

    plans: dict[PlanName, dict[str, Any]] = Field({})
    """JSON: plan to figures, such as {"free": {"films_a_day": 5}}; what is not named stays."""


@cache
def all_plans() -> dict[PlanName, Plan]:
    """
    The plans of this installation.

    Raises:
        BadInput: PLANS names something that is not a figure of a plan.
    """
    changed = PlanSettings().plans
    try:
        return {
            name: Plan.model_validate({**plan.model_dump(), **changed.get(name, {})}) for name, plan in _PLANS.items()
        }
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadInput(f"{'.'.join(map(str, first['loc']))}: {reason_of(first)}", field="PLANS") from error


def plan_of(name: str) -> Plan:
    """The plan called *name*; an account with a plan that is gone has the first."""
    plans = all_plans()
    return plans[next((plan for plan in PLAN_NAMES if plan == name), "free")]
