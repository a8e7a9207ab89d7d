"""Files as HTTP serves them: the parts that are asked for, or that nothing changed."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from api.errors import failure


class FilePart(FileResponse):
    """
    A file, or the part that a Range header asks for.

    A part beyond its end is an error like all others; a header that asks for no range of bytes is as if it were not
    there. Source: RFC 9110, 14.2 and 15.5.17.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refused: Message | None = None

        async def send_unless_refused(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                refused = message
            if refused is None:
                await send(message)

        await super().__call__(scope, receive, send_unless_refused)
        if refused is None:
            return
        if refused["status"] == 416:
            headers = {"Content-Range": Headers(raw=refused["headers"])["content-range"]}
            await failure(Request(scope), status=416, code="BAD_RANGE", headers=headers)(scope, receive, send)
        else:
            without = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"range"]}
            await super().__call__(without, receive, send)


def is_known(request: Request, *, etag: str, changed_at: float) -> bool:
    """Whether the caller has the file already, by its *etag* or else by when it was changed, seconds since 1970."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in known.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return int(changed_at) <= since.timestamp()
    except (ValueError, OverflowError):
        return False
