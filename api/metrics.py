"""Figures for Prometheus: requests of this process, films of the whole installation."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Forbidden, NotAuthenticated
from store.repos.videos import Videos
from store.session import DatabaseAway, reading
from studio.settings import EnvSettings, check_secret

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Any other is counted as "other": a label's values must be few, whatever callers send."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

registry = CollectorRegistry()
_requests = Counter("video_system_requests", "Requests.", ("method", "route", "status"), registry=registry)
_seconds = Histogram(
    "video_system_request_seconds",
    "Seconds until the whole answer was sent.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
    registry=registry,
)


SHORTEST_TOKEN = 16
"""Bytes: the figures name no account, but how much there is to do is nobody's business."""


class MetricsSettings(EnvSettings):
    """Who may read the figures."""

    metrics_token: SecretStr = SecretStr("")
    """Bearer token of `/metrics`; empty opens it to this machine and nobody else."""


class _Films(Collector):
    """Counted when asked for."""

    def collect(self) -> Iterable[Metric]:
        films = GaugeMetricFamily("video_system_films", "Films by state, of all owners.", labels=("state",))
        try:
            with reading() as session:
                counts = Videos.of_everyone(session).counts()
        except DatabaseAway:
            # The other figures are wanted most when the database is gone.
            return
        for state, count in counts.items():
            films.add_metric((state,), count)
        yield films

    def describe(self) -> Iterable[Metric]:
        return ()


registry.register(_Films())


class Measured:
    """Counts and times every request by the template of its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", None) or "none"
            _requests.labels(method, route, status).inc()
            _seconds.labels(method, route).observe(time.perf_counter() - began)


def may_read(request: Request) -> None:
    """
    Return when the caller may read the figures.

    Raises:
        NotAuthenticated: METRICS_TOKEN is set and was not sent.
        Forbidden: it is not set, and the caller is not on this machine.
    """
    token = metrics_token()
    if token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise NotAuthenticated
    elif not _is_local(request.client.host if request.client else "", request.headers):
        raise Forbidden


def metrics_token() -> str:
    """
    METRICS_TOKEN, or nothing.

    Raises:
        BadInput: it is shorter than SHORTEST_TOKEN, or one that somebody could guess.
    """
    token = MetricsSettings().metrics_token.get_secret_value()
    if token:
        check_secret(token.encode(), field="METRICS_TOKEN", shortest=SHORTEST_TOKEN)
    return token


def figures() -> bytes:
    """All of them, in Prometheus's text format."""
    return generate_latest(registry)


def _is_local(host: str, headers: Headers) -> bool:
    """A proxy on this machine brings callers from anywhere."""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name in headers for name in FORWARDED)
