"""
What can go wrong.

    VideoSystemError
    ├── ConnectionFailed   no answer
    ├── BadRequest         400, 413, 415: `details` name the fields to change
    ├── NotAuthenticated   401
    ├── Forbidden          403
    ├── NotFound           404
    ├── Conflict           409
    ├── RateLimited        429: `retry_after` seconds
    ├── ServerError        500 and above
    ├── VideoFailed        the video that was waited for failed or was cancelled
    ├── ReviewNeeded       the video that was waited for waits itself, for `approve_script`
    ├── WaitTimeout        the video that was waited for is not done in time; a TimeoutError too
    └── WebhookInvalid     a webhook that does not come from the service, or too late
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class VideoSystemError(Exception):
    """Root of the tree; *code* is stable, *request_id* is what to give to support."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        request_id: str = "",
        details: Sequence[Mapping[str, Any]] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.request_id = request_id
        self.details = list(details)
        self.retry_after = retry_after

    def __str__(self) -> str:
        fields = "; ".join(f"{item.get('field')}: {item.get('message')}" for item in self.details)
        return f"{super().__str__()}{f' ({fields})' if fields else ''}"


class ConnectionFailed(VideoSystemError):
    """The service did not answer."""


class BadRequest(VideoSystemError):
    """The request has to change."""


class NotAuthenticated(VideoSystemError):
    """The key or token is missing or not valid."""


class Forbidden(VideoSystemError):
    """Not allowed with this key or plan."""


class NotFound(VideoSystemError):
    """There is no such thing, or it is somebody else's."""


class Conflict(VideoSystemError):
    """Not possible in the present state."""


class RateLimited(VideoSystemError):
    """Too many requests or videos; come again after *retry_after* seconds."""


class ServerError(VideoSystemError):
    """The service's fault."""


class VideoFailed(VideoSystemError):
    """The video failed or was cancelled."""


class ReviewNeeded(VideoSystemError):
    """The video's script waits for `approve_script`."""


class WaitTimeout(VideoSystemError, TimeoutError):
    """The video is not done yet; it goes on, and can be waited for again."""


class WebhookInvalid(VideoSystemError):
    """Not signed by the service, or too old."""


BY_STATUS: dict[int, type[VideoSystemError]] = {
    400: BadRequest,
    401: NotAuthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: BadRequest,
    415: BadRequest,
    429: RateLimited,
}
