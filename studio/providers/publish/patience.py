"""Trying a request of a publication a few times before the publication itself is set aside."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from studio.errors import OverLimit, ProviderUnavailable

WAITS: tuple[float, ...] = (0.5, 2.0, 5.0)
"""Seconds after each failure. What takes longer to pass is the ledger's: it tries the whole publication again."""

T = TypeVar("T")


def persist(action: Callable[[], T]) -> T:
    """
    What *action* gives, which must be harmless to repeat.

    Raises:
        OverLimit: at once; asking again would only count.
        ProviderUnavailable: the last time too.
    """
    for wait in WAITS:
        try:
            return action()
        except OverLimit:
            raise
        except ProviderUnavailable:
            pause(wait)
    return action()


def pause(wait: float) -> None:
    """Sleep about *wait* seconds: those who failed together should not come back together."""
    time.sleep(wait * random.uniform(0.75, 1.25))  # noqa: S311
