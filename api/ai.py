"""Which models there are, and what they answer: what the routes of `/ai` do."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from anyio import CancelScope, to_thread
from fastapi.sse import format_sse_event

from api import spending, voices
from api.envelope import ErrorBody
from api.errors import ApiError
from api.messages import Language, error_message
from api.schemas.ai import AiModel, Inference, InferenceOutput, InferenceResult, InferenceUsage, ModelType
from api.upstream import answer_for
from store.calls import Call
from store.tables.users import User
from studio.errors import ProviderError
from studio.providers import imagegen
from studio.providers.fallback import ready_ones
from studio.providers.llm.inference import Question, TextModels, Usage, find_model, text_models
from studio.providers.till import Receipt
from studio.settings import get_settings

logger = logging.getLogger("api.ai")


async def list_models(wanted: ModelType | None) -> list[AiModel]:
    """The models of type *wanted*, or all: texts first, then voices, then those that paint."""
    found: list[AiModel] = []
    if wanted in (None, "text_generation"):
        found += [
            AiModel(
                id=model.id,
                name=model.name,
                type="text_generation",
                status="available" if model.is_available else "unavailable",
            )
            for model in await text_models()
        ]
    if wanted in (None, "speech"):
        found += [
            AiModel(id=voice.id, name=voice.name, type="speech", status="available")
            for voice in await to_thread.run_sync(voices.list_voices, None)
        ]
    if wanted in (None, "image_generation"):
        found += [
            AiModel(id=painter.model, name=painter.model, type="image_generation", status="available")
            for painter in ready_ones(imagegen.catalog, get_settings().imagegen)
        ]
    return found


async def infer(order: Inference, *, owner: User) -> InferenceResult:
    """
    The whole answer.

    Raises:
        BadInput: no such model, or a text that it can do nothing with.
        ApiError: the model did not deliver; the code says why.
    """
    began = time.perf_counter()
    said: list[str] = []
    usage = Usage(0, 0)
    async with aclosing(_pieces(order, owner)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Usage):
                usage = piece
            else:
                said.append(piece)
    return _result(order, said, usage, began)


async def begin_stream(order: Inference, language: Language, *, owner: User) -> AsyncIterator[bytes]:
    """
    The answer as server-sent events: `delta` with a text each, then `done` with everything but the text.

    The first piece is awaited here: what goes wrong before it is an ordinary error answer. What goes wrong
    later is an event `error`.

    Raises:
        BadInput, ApiError: as `infer`.
    """
    began = time.perf_counter()
    pieces = _pieces(order, owner)
    first = await anext(pieces)

    async def events() -> AsyncIterator[bytes]:
        usage = Usage(0, 0)
        async with aclosing(pieces):
            try:
                piece: str | Usage | None = first
                while piece is not None:
                    if isinstance(piece, Usage):
                        usage = piece
                    else:
                        yield _event("delta", {"text": piece})
                    piece = await anext(pieces, None)
            except ApiError as error:
                body = ErrorBody(code=error.code, message=error_message(error.code, language))
                yield _event("error", body.model_dump(exclude_none=True))
                return
        yield _event("done", _result(order, [], usage, began).model_dump(exclude={"output"}))

    return events()


async def _pieces(order: Inference, owner: User) -> AsyncGenerator[str | Usage, None]:
    provider, model = await find_model(order.model_id)
    parameters = order.input.parameters
    question = Question(order.input.text, parameters.max_length, parameters.temperature)
    try:
        async with aclosing(_bought(provider, model, question, owner)) as pieces:
            async for piece in pieces:
                yield piece
    except ProviderError as error:
        logger.warning("model %s did not answer: %s", order.model_id, error)
        raise answer_for(error) from error


async def _bought(
    provider: TextModels, model: str, question: Question, owner: User
) -> AsyncGenerator[str | Usage, None]:
    """The answer, with a row in the ledger where it is somebody else's."""
    quote = provider.quote(model, question)
    call = await to_thread.run_sync(lambda: spending.begin(quote, owner_id=owner.id)) if quote else None
    usage: Usage | None = None
    try:
        async with aclosing(provider.answer(model, question)) as pieces:
            async for piece in pieces:
                usage = piece if isinstance(piece, Usage) else usage
                yield piece
    except ProviderError as error:
        if call:
            await to_thread.run_sync(call.fail, error)
        raise
    finally:
        if call:
            with CancelScope(shield=True):
                await to_thread.run_sync(_close, call, usage)


def _close(call: Call, usage: Usage | None) -> None:
    """A row that was closed before stays as it is."""
    if usage is None:
        call.lose()
    else:
        call.settle(Receipt(None, {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}))


def _result(order: Inference, said: list[str], usage: Usage, began: float) -> InferenceResult:
    return InferenceResult(
        model_id=order.model_id,
        output=InferenceOutput(text="".join(said)),
        usage=InferenceUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens),
        latency_ms=round((time.perf_counter() - began) * 1000),
    )


def _event(name: str, data: object) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
