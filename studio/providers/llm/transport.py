"""Connections to endpoints: no retries of their own, and an end to how long and how much they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx2

from studio.providers import openaisdk
from studio.providers.llm.access import Access
from studio.providers.vendor import CONNECT_S
from studio.web import tls

if TYPE_CHECKING:
    import openai

LONGEST_S = 120.0
"""For calls that say nothing else."""

NO_KEY = "none"
"""What a server that asks for no key is sent: the SDK insists on some text."""


def client_of(access: Access, *, most_bytes: int) -> openai.OpenAI:
    """A client for *access*, shared by all threads; each call says `within` which time."""
    return openaisdk.client_of(access.key or NO_KEY, access.base_url, LONGEST_S, most_bytes)


def within(seconds: float) -> httpx2.Timeout:
    """An answer that has to be whole in *seconds*."""
    return httpx2.Timeout(seconds, connect=min(CONNECT_S, seconds))


def async_client_of(access: Access, *, timeout_s: float, most_bytes: int) -> openai.AsyncOpenAI:
    """A client of one call: connections belong to the loop that opened them."""
    import openai

    transport = _BoundedTransport(most_bytes)
    bounded = openai.DefaultAsyncHttpxClient(transport=transport, timeout=timeout_s)
    return openai.AsyncOpenAI(
        api_key=access.key or NO_KEY, base_url=access.base_url, max_retries=0, http_client=bounded
    )


class _BoundedTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, most_bytes: int) -> None:
        super().__init__(verify=tls())
        self._most_bytes = most_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _AsyncBounded(response.stream, self._most_bytes)
        return response


class _AsyncBounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._inner = inner
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most_bytes
        async for part in self._inner:
            left -= len(part)
            if left < 0:
                raise httpx2.ReadError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()
