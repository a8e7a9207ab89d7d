"""A till that remembers, for one test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import JsonValue

from studio.providers.till import Quote, Receipt


@dataclass
class MemoryTill:
    """Keeps every answer for good, as JSON, and what was quoted."""

    kept: dict[str, str] = field(default_factory=dict)
    quotes: list[Quote] = field(default_factory=list)

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        self.quotes.append(quote)
        if quote.key not in self.kept:
            self.kept[quote.key] = json.dumps(call().answer)
        answer: JsonValue = json.loads(self.kept[quote.key])
        return answer
