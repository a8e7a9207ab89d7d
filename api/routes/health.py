"""`/health`: is it up, and can it make films."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api import readiness
from api.envelope import Envelope, ok
from api.schemas.service import Health

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live(request: Request) -> Envelope[Health]:
    """The process answers."""
    return ok(request, Health(status="live"))


@router.get("/ready")
def ready(request: Request) -> Envelope[Health]:
    """Database, storage, Prefect and a worker are there."""
    readiness.check()
    return ok(request, Health(status="ready"))
