"""`/usage`, `/version` and `/metrics`: the service about itself."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from api import metrics
from api.deps import CurrentUser
from api.envelope import Envelope, ok
from api.schemas.service import Usage, Version
from api.usage import usage_of

PACKAGE = "video-system"

router = APIRouter(tags=["service"])


@router.get("/usage")
def get_usage(request: Request, user: CurrentUser) -> Envelope[Usage]:
    """What the account has used of its plan."""
    return ok(request, usage_of(user, allowance=request.state.allowance))


@router.get("/version")
def get_version(request: Request) -> Envelope[Version]:
    """Which version answers."""
    return ok(request, Version(name=PACKAGE, version=version(PACKAGE)))


@router.get("/metrics", response_class=PlainTextResponse)
def get_metrics(request: Request) -> Response:
    """Figures of this process for Prometheus, for the operator."""
    metrics.may_read(request)
    return Response(metrics.figures(), media_type=CONTENT_TYPE_LATEST)
