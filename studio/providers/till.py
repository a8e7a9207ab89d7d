"""The one way to somebody else's service: what a call will use is said first, and somebody decides whether it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

Units = Mapping[str, float]
"""Amounts by the names of the price table: requests, input_tokens, output_tokens, characters, images, trends."""


@dataclass(frozen=True)
class Quote:
    """
    A call that is about to be made.

    *key* is a hash of everything that shapes the answer (`call_key`): two quotes with one key are one call.
    *units* is the most that it will use. After *fresh_s* seconds a kept answer is asked for again; None keeps
    it for good.
    """

    role: str
    provider: str
    model: str
    key: str
    units: Units
    fresh_s: float | None = None
    address: str = ""
    """Where the call goes, where that is not the vendor's own address alone: prices depend on it."""


@dataclass(frozen=True)
class Receipt:
    """What came of a call, as JSON (files go to the object store first, and their keys stand here), and what it used."""

    answer: JsonValue
    units: Units


class Till(Protocol):
    """Pays for calls, remembers their answers and refuses those that nobody allowed for."""

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        """
        The answer to *quote*: the kept one, or what *call* brings now.

        *call* runs at most once here, however many ask for the same at the same time. Its own errors come through.

        Raises:
            OverBudget: it would cost more than is allowed.
            ProviderUnavailable: the provider failed too often just now and is left alone for a while.
        """
        ...


class OpenTill:
    """Makes every call, keeps nothing and counts nothing: for a provider that is tried alone."""

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        """What *call* brings."""
        return call().answer


def call_key(*parts: JsonValue) -> str:
    """A hash of *parts*: everything that shapes a call's answer, the address and the model included."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
