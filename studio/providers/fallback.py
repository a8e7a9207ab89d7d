"""Ask the providers of a role in the operator's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from studio.errors import ProviderError, ProviderNotReady, ProviderUnavailable
from studio.providers.catalog import Catalog, Provider

P = TypeVar("P", bound=Provider)
R = TypeVar("R")


def ready(catalog: Catalog[P], names: Sequence[str]) -> list[P]:
    """
    The providers called *names* that say they are ready, in that order.

    Raises:
        UnknownName: one of the names is in no catalog.
        ProviderNotReady: none is ready; the message has the reason of each.
    """
    found, reasons = _asked(catalog, names)
    if not found:
        raise ProviderNotReady(catalog.role, ",".join(names), "; ".join(reasons) or "no provider is configured")
    return found


def ready_ones(catalog: Catalog[P], names: Iterable[str]) -> list[P]:
    """
    Like `ready`, where it may be none.

    Raises:
        UnknownName: one of the names is in no catalog.
    """
    return _asked(catalog, names)[0]


def first_of(providers: Sequence[P], ask: Callable[[P], R]) -> tuple[R, list[str]]:
    """
    The answer of the first provider that gives one, and why those before it did not.

    The next is asked when one is unavailable or turns out not to be ready. A refusal of the input is
    final: the next would be asked in vain.
    """
    reasons: list[str] = []
    last: ProviderError | None = None
    for provider in providers:
        try:
            return ask(provider), reasons
        except (ProviderUnavailable, ProviderNotReady) as error:
            reasons.append(str(error))
            last = error
    if last is None:
        raise ProviderNotReady("provider", "none", "no provider is configured")
    raise last


def _asked(catalog: Catalog[P], names: Iterable[str]) -> tuple[list[P], list[str]]:
    """Those that are ready, and what the others lack."""
    found, reasons = [], []
    for name in names:
        provider = catalog.open(name)
        try:
            provider.check()
        except ProviderNotReady as error:
            reasons.append(str(error))
        else:
            found.append(provider)
    return found, reasons
