"""Send a call, again where that helps, and read its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

import httpx2

from video_system._errors import ConnectionFailed, VideoSystemError
from video_system._protocol import NOT_DONE, RETRIED, Call, base_url_of, error_of, headers_of, pause_before

CHUNK_BYTES = 1 << 20

AsyncTransport = httpx2.AsyncBaseTransport


class AsyncConnection:
    """One connection pool to one service."""

    def __init__(
        self,
        api_key: str | None,
        *,
        base_url: str | None,
        timeout: float,
        max_retries: int,
        language: str,
        transport: AsyncTransport | None,
    ) -> None:
        self.base_url = base_url_of(base_url)
        self._max_retries = max_retries
        self._http = httpx2.AsyncClient(
            base_url=self.base_url,
            headers={**headers_of(api_key), "Accept-Language": language},
            timeout=timeout,
            transport=transport,
        )

    async def send(self, call: Call, *, content: Any = None) -> httpx2.Response:
        """
        The good answer to *call*.

        Raises:
            VideoSystemError: there is none, after all attempts.
        """
        attempt = 0
        while True:
            try:
                return await self._once(call, content=content)
            except VideoSystemError as error:
                pause = self._pause(call, error, attempt=attempt + 1, is_stream=content is not None)
                if pause is None:
                    raise
            attempt += 1
            await asyncio.sleep(pause)

    async def data(self, call: Call, *, content: Any = None) -> Any:
        """`data` of the good answer to *call*."""
        answer = await self.send(call, content=content)
        return answer.json()["data"] if answer.content else None

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[httpx2.Response]:
        """The answer to *call* as it comes; redirects are followed."""
        request = self._request(call)
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": 60.0}
        try:
            answer = await self._http.send(request, stream=True, follow_redirects=True)
        except httpx2.TransportError as error:
            raise ConnectionFailed(f"{self.base_url} does not answer: {error}") from error
        try:
            if answer.is_error:
                await answer.aread()
                raise error_of(answer.status_code, _json(answer), answer.headers)
            yield answer
        finally:
            await answer.aclose()

    async def aclose(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def _once(self, call: Call, *, content: Any) -> httpx2.Response:
        try:
            answer = await self._http.send(self._request(call, content=content))
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


async def chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    """The bytes of a file, a piece at a time."""
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
