"""Text models behind an OpenAI-compatible address, with bounds on what it may cost us to ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2

from studio.errors import ProviderError, ProviderRejected
from studio.language.tokens import estimated_tokens
from studio.providers.llm.access import Access
from studio.providers.llm.inference import Question, TextModel, Usage
from studio.providers.llm.listing import Listed, list_of, load, model_warnings
from studio.providers.llm.transport import async_client_of
from studio.providers.till import Quote, call_key

if TYPE_CHECKING:
    import openai

ANSWER_S = 120.0
"""A whole answer, however slowly it comes: a thinking model takes a minute."""

LIST_S = 2.0
"""What a caller of `/ai/models` waits at most."""

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
    """The models of one named endpoint; its own retries are off. A subclass says where it is."""

    name: str

    @property
    def access(self) -> Access:
        """Where it is now: settings are read when they are needed."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise ProviderNotReady without a key or a model."""
        self.access.check()

    @property
    def default(self) -> str:
        """The model of the operator."""
        return self.access.model

    def model_warnings(self) -> tuple[str, ...]:
        """That the operator's model shuts down soon or is listed no more; never fails, waits two seconds at most."""
        return model_warnings(self.access)

    async def models(self) -> list[TextModel]:
        """Those that the endpoint lists and the operator allows; the operator's own in any case."""
        access = self.access
        listed = await list_of(access).get(timeout_s=LIST_S, most_bytes=MOST_BYTES)
        configured = dict.fromkeys((access.model, *access.models))
        offered = configured if access.models or listed.models is None else {**configured, **_chats(listed)}
        return [TextModel(name, name, self.name, is_available=listed.has(name)) for name in offered]

    def quote(self, model: str, question: Question) -> Quote:
        """Tokens of question and answer, thoughts included; an answer with a temperature is not the same twice."""
        units = {"input_tokens": estimated_tokens(question.text), "output_tokens": question.max_length + THOUGHTS}
        return Quote("llm", self.name, model, call_key(uuid4().hex), units, address=self.access.base_url)

    async def answer(self, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
        """Read the model's words as they come, and stop when there are enough."""
        await asyncio.to_thread(load)
        access = self.access
        deadline = asyncio.get_running_loop().time() + ANSWER_S
        pieces = _answer(access, model, question)
        try:
            while True:
                # One scope a piece: whoever reads the rest may be another task than whoever read the first.
                async with asyncio.timeout_at(deadline):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                yield piece
        except (TimeoutError, httpx2.HTTPError) as error:
            raise access.unavailable(f"no whole answer within {ANSWER_S:.0f} s") from error
        finally:
            await pieces.aclose()


def _chats(listed: Listed) -> dict[str, None]:
    names = sorted(listed.models or ())
    return dict.fromkeys(name for name in names if not any(mark in name.lower() for mark in NOT_TEXT))


async def _answer(access: Access, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
    import openai

    access.check()
    connected = async_client_of(access, timeout_s=ANSWER_S, most_bytes=MOST_BYTES)
    try:
        async with connected as client, await _ask(client, model, question) as chunks:
            async for piece in _pieces(chunks, question, access):
                yield piece
    except ProviderError:
        raise
    except openai.OpenAIError as error:
        # Not from the cause: tracebacks are kept, and vendors repeat keys in their refusals.
        raise access.meaning(error, model=model) from None
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise access.unavailable("what came was no answer in the protocol") from error


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


async def _pieces(chunks: AsyncIterator[Any], question: Question, access: Access) -> AsyncGenerator[str | Usage, None]:
    """Words until *max_length*, then the usage: the endpoint's own when it came that far."""
    said: list[str] = []
    room = question.max_length
    usage: Usage | None = None
    is_answer = False
    async for chunk in chunks:
        for choice in chunk.choices or ():
            is_answer = True
            if choice.finish_reason == "content_filter" or getattr(choice.delta, "refusal", None):
                raise ProviderRejected("llm", access.name, "the model refused")
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
        raise access.unavailable("the answer was empty")
    yield usage or Usage(estimated_tokens(question.text), estimated_tokens("".join(said)))
