"""Bodies of `/usage`, `/version` and `/health`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from api.schemas.costs import Cost


class RequestsUsed(BaseModel):
    """Requests of this hour; this one is counted."""

    used: int
    limit: int
    resets_in_s: int


class FilmsUsed(BaseModel):
    """Films against the plan. *running* are with the workers, *today* were asked for in the last 24 hours."""

    running: int
    running_limit: int
    waiting: int
    waiting_limit: int
    today: int
    daily_limit: int


class Usage(BaseModel):
    """
    What an account has used; bytes of all that is kept.

    Seconds of finished film, and what providers charged, since the first of the month (UTC).
    """

    plan: str
    requests: RequestsUsed
    films: FilmsUsed
    seconds_rendered_this_month: float
    cost_this_month: Cost
    storage_bytes: int


class Version(BaseModel):
    """What answers here."""

    name: str
    version: str


class Health(BaseModel):
    """That the process answers, or that films can be made."""

    status: Literal["live", "ready"]
