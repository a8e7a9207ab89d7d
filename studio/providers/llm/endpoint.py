"""Text models behind an OpenAI-compatible address, with bounds on what it may cost us to ask."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx2

from studio.errors import ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.language.tokens import estimated_tokens
from studio.providers.llm.inference import Question, TextModel, Usage
from studio.providers.llm.openai import OpenAISettings, OpenAIWriter, translate

if TYPE_CHECKING:
    import openai

ANSWER_S = 120.0
"""A whole answer, however slowly it comes: a thinking model takes a minute."""

LIST_S = 2.0
"""What a caller of `/ai/models` waits at most."""

FRESH_S = 60.0
DEAD_S = 10.0
"""How long a list is believed, and how long that there was none: an endpoint that came back is seen soon."""

MOST_BYTES = 8 << 20
"""Of one answer of the endpoint; the largest that we ask for has 100,000 characters, a frame around each few."""

THOUGHTS = 4_096
"""Tokens that a model may think before it answers."""

OPTIONAL = ("temperature", "stream_options", "max_completion_tokens")
"""What some models and servers refuse, and are then asked without. Source: the vendor's guide to reasoning models."""

NOT_TEXT = (
    *("embed", "rerank", "moderation", "whisper", "transcribe", "tts", "audio", "realtime"),
    *("dall-e", "image", "sora", "davinci", "babbage", "instruct-"),
)
"""In the name of a model that does not answer chats; the protocol's list does not say what a model is for."""


class Endpoint:
    """The endpoint of OPENAI_BASE_URL; its own retries are off."""

    name = "openai"

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        OpenAIWriter().check()

    @property
    def default(self) -> str:
        """OPENAI_MODEL."""
        return OpenAISettings().openai_model

    async def models(self) -> list[TextModel]:
        """Those that the endpoint lists and the operator allows; OPENAI_MODEL in any case."""
        settings = OpenAISettings()
        listed = await _lists(settings.openai_api_key.get_secret_value(), settings.openai_base_url).get()
        configured = dict.fromkeys((settings.openai_model, *settings.openai_models))
        offered = configured if settings.openai_models or listed.names is None else {**configured, **_chats(listed)}
        return [TextModel(name, name, self.name, is_available=listed.has(name)) for name in offered]

    async def answer(self, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
        """Read the model's words as they come, and stop when there are enough."""
        await asyncio.to_thread(_load)
        deadline = asyncio.get_running_loop().time() + ANSWER_S
        pieces = _answer(OpenAISettings(), model, question)
        try:
            while True:
                # One scope a piece: whoever reads the rest may be another task than whoever read the first.
                async with asyncio.timeout_at(deadline):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                yield piece
        except (TimeoutError, httpx2.HTTPError) as error:
            raise ProviderUnavailable("llm", self.name, f"no whole answer within {ANSWER_S:.0f} s") from error
        finally:
            await pieces.aclose()


@dataclass(frozen=True)
class _Listed:
    """What an endpoint said of its models: their names, or None when it does not keep a list."""

    is_alive: bool
    names: frozenset[str] | None

    def has(self, name: str) -> bool:
        return self.is_alive and (self.names is None or name in self.names)


@dataclass
class _List:
    """One endpoint's list, asked for once a minute however many want to know."""

    key: str
    base_url: str
    _known: _Listed = _Listed(is_alive=False, names=None)
    _fresh_until: float = 0.0
    _question: asyncio.Task[_Listed] | None = field(default=None, repr=False)

    async def get(self) -> _Listed:
        if time.monotonic() < self._fresh_until:
            return self._known
        loop = asyncio.get_running_loop()
        if self._question is None or self._question.done() or self._question.get_loop() is not loop:
            self._question = loop.create_task(self._ask())
        return await asyncio.shield(self._question)

    async def _ask(self) -> _Listed:
        listed = _Listed(is_alive=False, names=None)
        await asyncio.to_thread(_load)
        with suppress(TimeoutError):
            async with asyncio.timeout(LIST_S):
                listed = await _ask_for_list(self.key, self.base_url)
        self._known = listed
        self._fresh_until = time.monotonic() + (FRESH_S if listed.is_alive else DEAD_S)
        return listed


@cache
def _lists(key: str, base_url: str) -> _List:
    return _List(key, base_url)


async def _ask_for_list(key: str, base_url: str) -> _Listed:
    import openai

    try:
        async with _client(key, base_url) as client:
            page = await client.models.list()
            return _Listed(is_alive=True, names=frozenset(str(model.id) for model in page.data or ()))
    except (openai.NotFoundError, openai.UnprocessableEntityError):
        return _Listed(is_alive=True, names=None)
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, AttributeError):
        # The SDK takes for granted that what answered speaks its protocol.
        return _Listed(is_alive=False, names=None)


def _chats(listed: _Listed) -> dict[str, None]:
    names = sorted(listed.names or ())
    return dict.fromkeys(name for name in names if not any(mark in name.lower() for mark in NOT_TEXT))


async def _answer(settings: OpenAISettings, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
    import openai

    key, base_url = settings.openai_api_key.get_secret_value(), settings.openai_base_url
    try:
        async with _client(key, base_url) as client, await _ask(client, model, question) as chunks:
            async for piece in _pieces(chunks, question):
                yield piece
    except ProviderError:
        raise
    except openai.OpenAIError as error:
        raise translate(error, model=model) from error
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise ProviderUnavailable("llm", "openai", "what came was no answer in the protocol") from error


async def _ask(client: openai.AsyncOpenAI, model: str, question: Question) -> Any:
    """The beginning of an answer; what the model does not take is left out, one thing after the other."""
    import openai

    wishes: dict[str, Any] = {
        "max_completion_tokens": question.max_length + THOUGHTS,
        "stream_options": {"include_usage": True},
    }
    if question.temperature is not None:
        wishes["temperature"] = question.temperature
    messages: Any = [{"role": "user", "content": question.text}]
    while True:
        try:
            return await client.chat.completions.create(model=model, messages=messages, stream=True, **wishes)
        except openai.BadRequestError as error:
            refused = next((name for name in OPTIONAL if name in wishes and name in _complaint(error)), None)
            if refused is None:
                raise
            del wishes[refused]
            if refused == "max_completion_tokens":
                # What servers had before the vendor renamed it.
                wishes["max_tokens"] = question.max_length + THOUGHTS


def _complaint(error: openai.BadRequestError) -> str:
    return f"{error.param} {error.message}"


async def _pieces(chunks: AsyncIterator[Any], question: Question) -> AsyncGenerator[str | Usage, None]:
    """Words until *max_length*, then the usage: the endpoint's own when it came that far."""
    said: list[str] = []
    room = question.max_length
    usage: Usage | None = None
    is_answer = False
    async for chunk in chunks:
        for choice in chunk.choices or ():
            is_answer = True
            if choice.finish_reason == "content_filter" or getattr(choice.delta, "refusal", None):
                raise ProviderRejected("llm", "openai", "the model refused")
            text = (choice.delta.content or "")[:room]
            if text:
                said.append(text)
                room -= len(text)
                yield text
        if chunk.usage:
            usage = Usage(int(chunk.usage.prompt_tokens), int(chunk.usage.completion_tokens))
        if not room:
            break
    if not is_answer:
        raise ProviderUnavailable("llm", "openai", "the answer was empty")
    yield usage or Usage(estimated_tokens(question.text), estimated_tokens("".join(said)))


def _client(key: str, base_url: str) -> openai.AsyncOpenAI:
    """A client of one call: connections belong to the loop that opened them."""
    import openai

    if not key:
        raise ProviderNotReady("llm", "openai", "OPENAI_API_KEY is not set")
    bounded = openai.DefaultAsyncHttpxClient(transport=_Bounded(verify=_tls()), timeout=ANSWER_S)
    return openai.AsyncOpenAI(api_key=key, base_url=base_url, max_retries=0, http_client=bounded)


def _load() -> None:
    """The SDK and the certificates take a second the first time, which is nobody's fault."""
    import_module("openai")
    _tls()


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class _Bounded(httpx2.AsyncHTTPTransport):
    """Gives up an answer that is larger than MOST_BYTES."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        # What is packed may unpack to any size.
        request.headers["accept-encoding"] = "identity"
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _BoundedStream(response.stream)
        return response


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for part in self._inner:
            left -= len(part)
            if left < 0:
                raise httpx2.ReadError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()
