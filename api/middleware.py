"""What happens to every request before a route sees it: an id, a size limit, safe headers, no unexplained death."""

from __future__ import annotations

import logging
import math
import re
import uuid

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import come_again, failure
from store.session import DatabaseAway

logger = logging.getLogger("api")

MAX_BODY_BYTES = 1 << 20
"""JSON bodies of ours have some kilobytes; 150 MB of JSON cost 750 MB of memory."""

UPLOAD = ("POST", "/assets")
"""Written to disk as it comes, and counted there against the owner's plan."""

OWN_HEADS = "/media/"
"""Where the head of an answer is made without its body."""

SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
"""No browser takes an answer for another kind than it is, or tells others an address that is signed."""

JSON = b"application/json"
NOT_KEPT = (b"cache-control", b"no-store")
"""What an account is told, tokens among it, stays in no cache. Source: RFC 6749, 5.1."""

_GIVEN_ID = re.compile(rb"^[A-Za-z0-9_-]{8,64}$")


class RequestFrame:
    """
    Outermost layer: request id, body limit, last resort for exceptions.

    Starlette's own handler for unexpected errors sits outside of user middleware, so its answers would
    carry no request id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        is_started = False
        received = 0

        async def send_with_id(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                given = dict(message["headers"])
                wanted = SAFE_HEADERS + ((NOT_KEPT,) if given.get(b"content-type", b"").startswith(JSON) else ())
                safe = [(name, value) for name, value in wanted if name not in given]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode()), *safe]
            await send(message)

        most = MAX_BODY_BYTES if (scope["method"], scope["path"]) != UPLOAD else math.inf

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                # The framework lets this one through; any other it would turn into a 400.
                raise HTTPException(413)
            return message

        try:
            await self._app(scope, receive_bounded, send_with_id)
        except DatabaseAway as error:  # from the gate, which no handler of the framework's stands before
            if is_started:
                raise
            await come_again(Request(scope), error)(scope, receive, send_with_id)
        except Exception:
            logger.exception("request %s failed", request_id)
            if is_started:
                raise
            await failure(Request(scope), status=500, code="INTERNAL_ERROR")(scope, receive, send_with_id)


class HeadOfGet:
    """
    Answers HEAD as GET without its body, where a route does not answer it itself.

    The request is over with the head of its answer: a stream is not followed to its end.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith(OWN_HEADS):
            await self._app(scope, receive, send)
            return
        is_over = False

        async def send_head(message: Message) -> None:
            nonlocal is_over
            if not is_over:
                is_over = message["type"] == "http.response.start"
                await send(message)
                if is_over:
                    await send({"type": "http.response.body", "body": b""})

        async def receive_until_over() -> Message:
            return {"type": "http.disconnect"} if is_over else await receive()

        await self._app({**scope, "method": "GET"}, receive_until_over, send_head)


def _request_id(scope: Scope) -> str:
    """The caller's own id when it has the shape of one, else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _GIVEN_ID.match(given) else f"req_{uuid.uuid4().hex}"
