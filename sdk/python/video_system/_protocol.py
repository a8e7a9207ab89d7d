"""What a request is and what its answer means; no network here."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

from video_system._errors import BY_STATUS, ServerError, VideoSystemError

DEFAULT_URL = "http://localhost:8000"
KEY_VARIABLE = "VIDEO_SYSTEM_API_KEY"
URL_VARIABLE = "VIDEO_SYSTEM_BASE_URL"
NOT_DONE = (429, 503)
"""The service's own: nothing was done."""

RETRIED = (*NOT_DONE, 502, 504)
"""A proxy's too: it may have been done all the same."""

LONGEST_PAUSE_S = 60.0
VERSION = "0.1.0"

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One operation: *is_safe* when doing it twice is like doing it once."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_safe: bool = True


def creating(path: str, body: Mapping[str, Any], *, idempotency_key: str | None) -> Call:
    """A POST that makes something, done once however often it is sent: the key stays over all retries."""
    return Call("POST", path, json=given(body), headers={"Idempotency-Key": idempotency_key or uuid.uuid4().hex})


def given(body: Mapping[str, Any]) -> dict[str, Any]:
    """*body* without what was left out."""
    return {name: value for name, value in body.items() if value is not None}


def one_or_several(values: str | Sequence[str] | None) -> list[str] | None:
    """What a filter lets through; None is everything."""
    return ([values] if isinstance(values, str) else list(values)) if values else None


def strings(name: str, values: Sequence[T] | None) -> list[T] | None:
    """
    The list called *name*.

    Raises:
        TypeError: it is one string, and its letters are hardly meant.
    """
    if isinstance(values, str):
        raise TypeError(f"{name} takes a list of strings, such as [{values!r}], not a string")
    return None if values is None else list(values)


def merged(settings: Mapping[str, Any] | None, **beside: Any) -> dict[str, Any] | None:
    """
    *settings* with what was given beside them; None when there are none.

    Raises:
        ValueError: something is given in both places, and differs.
    """
    both = dict(settings or {})
    for name, value in given(beside).items():
        if both.setdefault(name, value) != value:
            raise ValueError(f"{name} is {both[name]!r} in settings and {value!r} beside them")
    return both or None


def segment(text: str) -> str:
    """
    *text* as a part of a path.

    Raises:
        ValueError: there is none, and the path would be that of everything.
    """
    if not isinstance(text, str) or not text.strip("."):
        raise ValueError(f"an id or a name is needed here, not {text!r}")
    return quote(text, safe="")


def segments(text: str) -> str:
    """*text* as parts of a path with slashes between them; raises as `segment` does."""
    return segment(text).replace("%2F", "/")


def base_url_of(base_url: str | None) -> str:
    """The address given, else the environment's, else this machine."""
    return (base_url or os.environ.get(URL_VARIABLE) or DEFAULT_URL).rstrip("/")


def headers_of(api_key: str | None) -> dict[str, str]:
    """What every request carries."""
    key = api_key or os.environ.get(KEY_VARIABLE, "")
    return {"User-Agent": f"video-system-python/{VERSION}"} | ({"Authorization": f"Bearer {key}"} if key else {})


def error_of(status: int, body: Any, headers: Mapping[str, str]) -> VideoSystemError:
    """The exception that an error answer means."""
    error = body.get("error", {}) if isinstance(body, dict) else {}
    after = headers.get("retry-after", "")
    return BY_STATUS.get(status, ServerError)(
        str(error.get("message") or f"the service answered {status}"),
        code=str(error.get("code", "")),
        status=status,
        request_id=str(error.get("request_id") or headers.get("x-request-id", "")),
        details=error.get("details") or (),
        retry_after=float(after) if after.isdigit() else None,
    )


def pause_before(attempt: int, *, retry_after: float | None) -> float | None:
    """Seconds to wait before attempt number *attempt* (the second is 1); None when that would be too long."""
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_PAUSE_S else None
    return min(8.0, 0.5 * float(2 ** (attempt - 1))) * random.uniform(0.8, 1.2)


@dataclass
class EventParser:
    """Server-sent events, line by line. Source: HTML standard, 9.2.6."""

    _id: str = ""
    _name: str = ""
    _data: list[str] = field(default_factory=list)

    def feed(self, line: str) -> tuple[str, str, str] | None:
        """The event that *line* completes, if it does."""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self._data.append(value)
            elif name == "event":
                self._name = value
            elif name == "id":
                self._id = value
            return None
        event = (self._id, self._name or "message", "\n".join(self._data)) if self._data else None
        self._name, self._data = "", []
        return event
