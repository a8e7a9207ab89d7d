"""A conversation with a model: each answer is bought at the till, and what a server does not take is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, JsonValue

from studio.errors import ProviderRejected, ProviderUnavailable
from studio.language.tokens import estimated_tokens
from studio.providers.llm.access import Access
from studio.providers.llm.prompts import Message
from studio.providers.llm.transport import client_of, within
from studio.providers.till import Quote, Receipt, Till, call_key

TIMEOUT_S = 120.0
MAX_TOKENS = 16_384
"""Room for a film of ten minutes and a model's own thoughts; without an end a model that repeats itself bills on."""

MOST_BYTES = 8 << 20

Format = Literal["schema", "object", "text"]
LESS: dict[Format, Format] = {"schema": "object", "object": "text"}
"""What is asked for when a server does not take what was asked before."""

LIMITS = ("max_completion_tokens", "max_tokens")
"""The protocol's name for the longest answer, and the one that it had before."""

_FORMAT_WORDS = ("response_format", "json_schema", "json schema", "json_object", "grammar", "structured output")
_REFUSAL_CHARS = 200


class Unusable(ProviderUnavailable):
    """An answer came, and is of no use."""


class _NotTaken(ProviderRejected):
    """The server does not know *wish*; asked without, it may answer."""

    def __init__(self, name: str, wish: str) -> None:
        super().__init__("llm", name, f"it does not take {wish}")
        self.wish = wish


@dataclass
class Chat:
    """
    Asks one model for JSON of one shape.

    *hint* says the shape in words, for servers that take no schema. *salt* tells conversations apart that say
    the same. *has_asked* is whether the endpoint itself has answered, and not the till's memory alone.
    """

    access: Access
    till: Till
    shape: type[BaseModel]
    hint: str
    salt: JsonValue
    format: Format = "schema"
    has_asked: bool = False
    _limit: str = field(default=LIMITS[0], repr=False)

    def ask(self, messages: Sequence[Message]) -> str:
        """
        What the model says to *messages*.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: it refused, or its filter did.
        """
        while True:
            try:
                return self._read(self._buy(messages))
            except _NotTaken as error:
                if error.wish == "response_format":
                    self.format = LESS[self.format]
                else:
                    self._limit = LIMITS[1]

    def _buy(self, messages: Sequence[Message]) -> JsonValue:
        sent = list(messages) if self.format == "schema" else self._hinted(messages)
        request: dict[str, Any] = {"model": self.access.model, "messages": sent, self._limit: MAX_TOKENS}
        said = "".join(message["content"] for message in sent)
        key = call_key("chat", self.access.base_url, request, self.format, self.shape.model_json_schema(), self.salt)
        quote = Quote(
            role="llm",
            provider=self.access.name,
            model=self.access.model,
            key=key,
            units={"input_tokens": estimated_tokens(said + self.hint), "output_tokens": MAX_TOKENS},
            address=self.access.base_url,
        )
        return self.till.buy(quote, lambda: self._call(request, said))

    def _hinted(self, messages: Sequence[Message]) -> list[Message]:
        first, *others = messages
        return [Message(role=first["role"], content=f"{first['content']}\n\n{self.hint}"), *others]

    def _call(self, request: dict[str, Any], said: str) -> Receipt:
        import openai

        self.has_asked = True
        completions = client_of(self.access, most_bytes=MOST_BYTES).chat.completions.with_raw_response
        try:
            answer = completions.parse(**request, **self._response_format(), timeout=within(TIMEOUT_S))
            return _receipt(json.loads(answer.content), said)
        except openai.OpenAIError as error:
            # Not from the cause: Prefect keeps and shows tracebacks, and vendors repeat keys in their refusals.
            raise self._meaning(error) from None
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise self.access.unavailable("what came was no answer in the protocol") from error

    def _response_format(self) -> dict[str, Any]:
        if self.format == "text":
            return {}
        return {"response_format": self.shape if self.format == "schema" else {"type": "json_object"}}

    def _meaning(self, error: Any) -> ProviderRejected | Exception:
        import openai

        if isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError)):
            complaint = f"{error.param} {error.message}".casefold()
            if self._limit == LIMITS[0] and self._limit in complaint:
                return _NotTaken(self.access.name, self._limit)
            if self.format in LESS and any(word in complaint for word in _FORMAT_WORDS):
                return _NotTaken(self.access.name, "response_format")
        return self.access.meaning(error, model=self.access.model)

    def _read(self, answer: JsonValue) -> str:
        """The text of an answer, kept or new."""
        assert isinstance(answer, dict)
        refusal, finish = answer["refusal"], answer["finish"]
        if refusal:
            raise ProviderRejected("llm", self.access.name, f"the model refused: {str(refusal)[:_REFUSAL_CHARS]}")
        if finish == "content_filter":
            raise ProviderRejected("llm", self.access.name, "its filter refused the answer")
        if finish == "length":
            raise Unusable("llm", self.access.name, f"the answer was not over after {MAX_TOKENS} tokens")
        return str(answer["text"])


def _receipt(body: Any, said: str) -> Receipt:
    """What came, as the till keeps it, and what it used: counted there, or else estimated here."""
    choice = body["choices"][0]
    message = choice["message"]
    text, refusal = _storable(message.get("content")), _storable(message.get("refusal"))
    answer: JsonValue = {"text": text, "refusal": refusal, "finish": str(choice.get("finish_reason") or "")}
    usage = body.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    units = {
        "input_tokens": _count(usage, "prompt_tokens", estimated_tokens(said)),
        "output_tokens": _count(usage, "completion_tokens", estimated_tokens(text)),
        "cached_tokens": _count(details, "cached_tokens", 0),
    }
    return Receipt(answer, {name: count for name, count in units.items() if count or name != "cached_tokens"})


def _count(usage: Mapping[str, Any], name: str, estimate: int) -> float:
    value = usage.get(name)
    return value if type(value) is int and value >= 0 else estimate


def _storable(text: object) -> str:
    """*text* without halves of characters and NUL, which databases refuse."""
    if not isinstance(text, str | None):
        raise TypeError("a message is text")
    return (text or "").encode("utf-8", "replace").decode().replace("\x00", "")
