"""A text model's server that says what it is told to, one answer a request, and a till that remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from studio.providers.llm import ScriptOrder
from studio.providers.till import Quote, Receipt
from tests.support.templates import dressed
from tests.support.vendor import Asked, Said, VendorServer, as_json, vendor_server

SCENE = {
    "narration": "The Moon pulls the sea.",
    "visual": "The Moon over the sea",
    "keywords": ["Moon", "sea"],
    "queries": ["moon over ocean", "ocean tide"],
}
DRAFT: dict[str, Any] = {
    "hook": {**SCENE, "narration": "Why do  tides\nrise?"},
    "scenes": [SCENE],
    "closing": {**SCENE, "narration": "Follow for more."},
}


def an_order(
    title: str = "Why do tides rise?", description: str = "The Moon pulls the sea.", **more: Any
) -> ScriptOrder:
    """An order that DRAFT fits: about seven seconds of English."""
    given = {"language": "en", "seconds": 7, "pace": 2.5, **more}
    given.setdefault("template", dressed(title=title, language=given["language"]))
    return ScriptOrder(title=title, description=description, **given)


def draft_of(hook: str, scenes: list[str], closing: str) -> dict[str, Any]:
    """A draft that says these."""
    return {
        "hook": {**SCENE, "narration": hook},
        "scenes": [{**SCENE, "narration": text} for text in scenes],
        "closing": {**SCENE, "narration": closing},
    }


def completion(content: Any, *, finish_reason: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    """A vendor's answer with *content* in it."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text, **message}}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return {**body, "usage": usage} if usage else body


def refusal(message: str, *, param: str | None = None, status: int = 400) -> Said:
    """A request that the server does not take."""
    return as_json({"error": {"message": message, "param": param, "code": None}}, status)


@dataclass
class Scripted:
    """
    What the server answers, in order; the last answer is given again and again.

    An answer is the content of a message, a whole `Said`, or what makes one of the request.
    """

    server: VendorServer
    answers: list[Any] = field(default_factory=lambda: [DRAFT])
    models: list[dict[str, Any]] | None = None
    lists: int = 0

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Bodies of the requests for completions."""
        return [asked.json for asked in self.server.asked if asked.method == "POST"]

    @property
    def base_url(self) -> str:
        return f"{self.server.root}/v1"

    def answer(self, asked: Asked) -> Said:
        if asked.method == "GET":
            self.lists += 1
            return (
                as_json({"object": "list", "data": self.models}) if self.models is not None else Said(b"", status=404)
            )
        assert asked.path == "/v1/chat/completions"
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, Callable):  # type: ignore[arg-type]
            said = said(asked.json)
        return said if isinstance(said, Said) else as_json(completion(said))


@contextmanager
def scripted() -> Iterator[Scripted]:
    """A server on a port of its own."""
    found: list[Scripted] = []
    with vendor_server(lambda asked: found[0].answer(asked)) as server:
        found.append(Scripted(server))
        yield found[0]


@dataclass
class MemoryTill:
    """Keeps every answer for good, as the ledger does, and writes down what was quoted and paid."""

    kept: dict[str, JsonValue] = field(default_factory=dict)
    quotes: list[Quote] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        self.quotes.append(quote)
        if quote.key not in self.kept:
            receipt = call()
            self.receipts.append(receipt)
            self.kept[quote.key] = json.loads(json.dumps(receipt.answer))
        return self.kept[quote.key]
