"""Bounds for vendors' own SDKs: how long an answer may take and how large it may be, refusals included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2

Hooks = dict[str, list[Callable[..., Any]]]


def bounds(*, most_bytes: int) -> Hooks:
    """
    Event hooks of an httpx2 client under which every answer ends.

    It has to be whole within the request's own read timeout. SDKs read the body of a refusal to its end, so it is
    bounded where it comes in, not where it is asked for.
    """

    def begin(request: httpx2.Request) -> None:
        # Identity, so that a small answer cannot unfold into a large one.
        request.headers["accept-encoding"] = "identity"
        request.extensions["deadline"] = time.monotonic() + request.extensions["timeout"]["read"]

    def bound(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, most_bytes, deadline=response.request.extensions["deadline"])

    return {"request": [begin], "response": [bound]}


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, most_bytes: int, *, deadline: float) -> None:
        self._inner = inner
        self._left = most_bytes
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        for part in self._inner:
            self._left -= len(part)
            if self._left < 0:
                raise httpx2.ReadError("the answer is too large")
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the answer takes too long")
            yield part

    def close(self) -> None:
        self._inner.close()
