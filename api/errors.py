"""Exceptions become answers here, and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from api.envelope import ErrorBody, ErrorDetail, Failure
from api.messages import error_message, language_for
from api.prefectclient import PrefectUnavailable
from store.session import DatabaseAway
from studio.errors import BadInput, ObjectMissing, ProviderError, VideoSystemError, reason_of

logger = logging.getLogger("api")

AWAY_RETRY_S = 5
"""A Prefect server or database that was started again answers after about this long."""


class ApiError(Exception):
    """An answer other than success; carries its status and code."""

    status = 500
    code = "INTERNAL_ERROR"

    def __init__(self, *, details: Sequence[ErrorDetail] = (), headers: dict[str, str] | None = None) -> None:
        super().__init__(self.code)
        self.details = list(details)
        self.headers = headers or {}


class NothingMore(Exception):
    """The caller has all there is to be had."""


class NotAuthenticated(ApiError):
    """No token, or one that is not valid any more."""

    status, code = 401, "NOT_AUTHENTICATED"

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class InvalidCredentials(ApiError):
    """Wrong name or wrong password: the answer is the same."""

    status, code = 401, "INVALID_CREDENTIALS"


class TokenJustRotated(ApiError):
    """The refresh token was used a moment ago; nothing is revoked."""

    status, code = 401, "TOKEN_JUST_ROTATED"


class TokenReused(ApiError):
    """A used refresh token came back: everybody who holds one of its family is logged out."""

    status, code = 401, "TOKEN_REUSED"


class UsernameTaken(ApiError):
    """The contract wants 400 here."""

    status, code = 400, "USERNAME_TAKEN"


class IdempotencyKeyReused(ApiError):
    """The same Idempotency-Key came with another request."""

    status, code = 400, "IDEMPOTENCY_KEY_REUSED"


class Forbidden(ApiError):
    """Known, but not allowed to do this: a key without the scope, or a key where a login is needed."""

    status, code = 403, "FORBIDDEN"


class PlanExceeded(ApiError):
    """More than the plan allows in one film; the details say what."""

    status, code = 403, "PLAN_EXCEEDED"


class QuotaExceeded(ApiError):
    """More films than the plan allows now; Retry-After says when to come again."""

    status, code = 429, "QUOTA_EXCEEDED"


class TooManyAttempts(ApiError):
    """Too many wrong passwords, or too many new accounts from one address."""

    status, code = 429, "TOO_MANY_ATTEMPTS"


class NotFound(ApiError):
    """There is no such thing, or it is somebody else's."""

    status, code = 404, "NOT_FOUND"


class Conflict(ApiError):
    """Not possible in the present state; the details say why."""

    status, code = 409, "CONFLICT"


def conflict(field: str, why: str) -> Conflict:
    """The error of a request that comes at the wrong moment; *field* is what stands in its way."""
    return Conflict(details=[ErrorDetail(field=field, message=why, type="conflict")])


class TooLarge(ApiError):
    """More bytes than we take."""

    status, code = 413, "TOO_LARGE"


class UnsupportedMedia(ApiError):
    """A file of a kind that we do not take."""

    status, code = 415, "UNSUPPORTED_MEDIA"


class NotDone(ApiError):
    """A part of a film that is not made yet."""

    status, code = 409, "NOT_DONE"


class TooManyStreams(ApiError):
    """The caller follows as many films at once as may be."""

    status, code = 429, "TOO_MANY_STREAMS"


class LinkExpired(ApiError):
    """A signed link with a wrong signature or past its time."""

    status, code = 403, "LINK_EXPIRED"


class NotReady(ApiError):
    """Something that we need is not there yet; the details say what."""

    status, code = 503, "NOT_READY"


class ContentRefused(ApiError):
    """The model will not answer this text, however often it is asked."""

    status, code = 400, "CONTENT_REFUSED"


class ModelUnavailable(ApiError):
    """Somebody else's model does not answer now, or the operator has something to set."""

    status, code = 503, "MODEL_UNAVAILABLE"


class UpstreamRateLimited(ApiError):
    """The model's vendor wants fewer requests; Retry-After is the vendor's, where it gave one."""

    status, code = 429, "UPSTREAM_RATE_LIMITED"


class UpstreamBalance(ApiError):
    """The operator's account with the model's vendor is empty."""

    status, code = 503, "UPSTREAM_BALANCE"


class Busy(ApiError):
    """More callers than can be served at once."""

    status, code = 503, "BUSY"


_BY_STATUS = {
    400: "BAD_REQUEST",
    401: "NOT_AUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA",
    416: "BAD_RANGE",
    429: "RATE_LIMITED",
    503: "BUSY",
}


def add_error_handlers(app: FastAPI) -> None:
    """Our answers for our errors, the framework's and the studio's."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(VideoSystemError, _studio_error)
    for away in (PrefectUnavailable, DatabaseAway):
        app.add_exception_handler(away, come_again)
    app.add_exception_handler(NothingMore, lambda *_: Response(status_code=204))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)


def failure(
    request: Request,
    *,
    status: int,
    code: str,
    details: Sequence[ErrorDetail] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The error answer in the caller's language."""
    language = language_for(request)
    body = Failure(
        error=ErrorBody(
            code=code,
            message=error_message(code, language),
            request_id=getattr(request.state, "request_id", None),
            details=list(details) or None,
        )
    )
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, headers=headers)


def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return failure(request, status=error.status, code=error.code, details=error.details, headers=error.headers)


def _studio_error(request: Request, error: Exception) -> Response:
    if isinstance(error, BadInput):
        details = [ErrorDetail(field=field, message=message, type=error.kind) for field, message in error.problems]
        return failure(request, status=400, code=error.code, details=details)
    if isinstance(error, ObjectMissing):
        return failure(request, status=404, code="NOT_FOUND")
    if isinstance(error, ProviderError) and error.role == "storage":
        return come_again(request, error)
    logger.error("unhandled studio error", exc_info=error)
    return failure(request, status=500, code="INTERNAL_ERROR")


def come_again(request: Request, error: Exception) -> Response:
    """The answer while something that we need is away."""
    logger.warning("%s %s: %s", request.method, request.url.path, type(error).__name__)
    return failure(request, status=503, code="BUSY", headers={"Retry-After": str(AWAY_RETRY_S)})


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return failure(request, status=400, code="BAD_REQUEST", details=[_detail(item) for item in error.errors()])


_PLAINLY = {
    "tuple_type": "Input should be a list",
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "model_attributes_type": "Input should be an object, sent as application/json",
}
"""Where the library speaks of Python."""


def _detail(item: dict[str, Any]) -> ErrorDetail:
    """Where and why, without the value: it may be a password or half a character."""
    kind = str(item["type"])
    # Of what is no JSON the place is a number of characters, and no field's name.
    place = item["loc"] if kind != "json_invalid" else ()
    path = [str(part) for part in place if part not in ("body", "query", "path", "header")]
    return ErrorDetail(field=".".join(path) or "body", message=_PLAINLY.get(kind) or reason_of(item), type=kind)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "BAD_REQUEST" if error.status_code < 500 else "INTERNAL_ERROR")
    status = 400 if error.status_code == 422 else error.status_code
    headers = dict(error.headers or {})
    if status == 405:
        headers["Allow"] = ", ".join(_methods_of(request))
    return failure(request, status=status, code=code, headers=headers)


def _methods_of(request: Request) -> list[str]:
    """Everything that may be asked of the address; the framework names the first route's methods only."""
    fitting = [route for route in _routes(request.app.routes) if route.matches(request.scope)[0] is not Match.NONE]
    # "/videos/estimate" fits "/videos/{video_id}" too; it is the one without a place for an id.
    path = min((route.path for route in fitting), key=lambda path: path.count("{"), default="")
    methods = {method for route in fitting if route.path == path for method in route.methods or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _routes(routes: Iterable[Any]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
