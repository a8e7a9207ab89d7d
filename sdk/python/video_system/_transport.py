"""Send a call, again where that helps, and read its answer."""

# Written by sdk/python/generate.py; change the asynchronous one.

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import httpx2

from video_system._errors import ConnectionFailed, VideoSystemError
from video_system._protocol import NOT_DONE, RETRIED, Call, base_url_of, error_of, headers_of, pause_before

CHUNK_BYTES = 1 << 20

Transport = httpx2.BaseTransport


class Connection:
    """One connection pool to one service."""

    def __init__(
        self,
        api_key: str | None,
        *,
        base_url: str | None,
        timeout: float,
        max_retries: int,
        language: str,
        transport: Transport | None,
    ) -> None:
        self.base_url = base_url_of(base_url)
        self._max_retries = max_retries
        self._http = httpx2.Client(
            base_url=self.base_url,
            headers={**headers_of(api_key), "Accept-Language": language},
            timeout=timeout,
            transport=transport,
        )

    def send(self, call: Call, *, content: Any = None) -> httpx2.Response:
        """
        The good answer to *call*.

        Raises:
            VideoSystemError: there is none, after all attempts.
        """
        attempt = 0
        while True:
            try:
                return self._once(call, content=content)
            except VideoSystemError as error:
                pause = self._pause(call, error, attempt=attempt + 1, is_stream=content is not None)
                if pause is None:
                    raise
            attempt += 1
            time.sleep(pause)

    def data(self, call: Call, *, content: Any = None) -> Any:
        """`data` of the good answer to *call*."""
        answer = self.send(call, content=content)
        return answer.json()["data"] if answer.content else None

    @contextmanager
    def stream(self, call: Call) -> Iterator[httpx2.Response]:
        """The answer to *call* as it comes; redirects are followed."""
        request = self._request(call)
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": 60.0}
        try:
            answer = self._http.send(request, stream=True, follow_redirects=True)
        except httpx2.TransportError as error:
            raise ConnectionFailed(f"{self.base_url} does not answer: {error}") from error
        try:
            if answer.is_error:
                answer.read()
                raise error_of(answer.status_code, _json(answer), answer.headers)
            yield answer
        finally:
            answer.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _once(self, call: Call, *, content: Any) -> httpx2.Response:
        try:
            answer = self._http.send(self._request(call, content=content))
        except httpx2.TransportError as error:
            raise ConnectionFailed(f"{self.base_url} does not answer: {error}") from error
        if answer.is_error:
            raise error_of(answer.status_code, _json(answer), answer.headers)
        return answer

    def _request(self, call: Call, *, content: Any = None) -> httpx2.Request:
        return self._http.build_request(
            call.method, call.path, params=call.params or None, json=call.json, content=content, headers=call.headers
        )

    def _pause(self, call: Call, error: VideoSystemError, *, attempt: int, is_stream: bool) -> float | None:
        """Seconds before the next attempt; None when there is none."""
        if attempt > self._max_retries or is_stream:
            return None
        if isinstance(error, ConnectionFailed):
            return pause_before(attempt, retry_after=None) if call.is_safe else None
        is_tried_again = error.status in (RETRIED if call.is_safe else NOT_DONE)
        return pause_before(attempt, retry_after=error.retry_after) if is_tried_again else None


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
