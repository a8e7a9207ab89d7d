"""Before a request is read: who asks, and how often."""

from __future__ import annotations

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers import Caller, callers
from api.errors import NotAuthenticated, failure
from api.limits import Allowance, limiter
from studio.models.plan import REQUESTS_BY_ADDRESS, REQUESTS_BY_KEY, plan_of

UNCOUNTED = ("/health", "/docs", "/openapi.json", "/media", "/metrics", "/version")
"""Monitors, documents and signed links: limits of another kind stand before them."""

LOCKS = (("POST", "/auth/logout"), ("POST", "/auth/password"), ("DELETE", "/users/me"))
"""What ends a token that fell into wrong hands is done for a login however often it has asked before."""

LONGEST_TOKEN = 4096


class Gate:
    """
    Finds the caller and counts the request before its body is read.

    A caller without a valid token goes on, counted by address: the route decides whether it needs one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = await _caller(Headers(scope=scope))
        scope.setdefault("state", {})["caller"] = caller
        allowance = await _allowance(scope, caller)
        scope["state"]["allowance"] = allowance

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(allowance.headers())
            await send(message)

        is_lock = caller is not None and (scope["method"], scope["path"]) in LOCKS
        if allowance.is_exceeded and not is_lock:
            headers = {"Retry-After": str(allowance.resets_in_s)}
            answer = failure(Request(scope), status=429, code="RATE_LIMITED", headers=headers)
            await answer(scope, receive, send_with_limits)
            return
        await self._app(scope, receive, send_with_limits)


async def _caller(headers: Headers) -> Caller | None:
    token = headers.get("x-api-key", "")
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = credentials.strip()
    if not token or len(token) > LONGEST_TOKEN:
        return None
    known = callers().recall(token)
    if known is not None:
        return known
    try:
        return await to_thread.run_sync(callers().identify, token)
    except NotAuthenticated:
        return None


async def _allowance(scope: Scope, caller: Caller | None) -> Allowance:
    amount, bucket, policy = _bucket(scope, caller)
    limit = limiter(amount)
    if scope["path"].startswith(UNCOUNTED):
        return limit.look(bucket, policy=policy)
    if limit.is_ready(bucket):
        return limit.hit(bucket, policy=policy)
    return await to_thread.run_sync(lambda: limit.hit(bucket, policy=policy))


def _bucket(scope: Scope, caller: Caller | None) -> tuple[int, str, str]:
    """How many, counted under which name, called what."""
    if caller is None:
        address = (scope.get("client") or ("unknown", 0))[0]
        return REQUESTS_BY_ADDRESS, f"address/{address}", "address"
    if caller.key_id:
        return REQUESTS_BY_KEY, f"keys/{caller.user.id}", "api-key"
    return plan_of(caller.user.plan).requests_an_hour, f"user/{caller.user.id}", caller.user.plan
