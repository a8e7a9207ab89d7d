"""Requests an hour, exact over all processes: the counts are in the database, or in Redis."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from limits import RateLimitItem, RateLimitItemPerHour
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from store.repos.counters import Counters
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.settings import EnvSettings

T = TypeVar("T")

logger = logging.getLogger("api.limits")

BLOCK_SHARE = 100
"""A busy process takes up to a hundredth of a limit at once, instead of writing for every request."""

QUICK_S = 1.0
"""A block that is used up faster than this may be twice as large next time."""


REDIS_OPTIONS: Any = {"socket_connect_timeout": 1, "socket_timeout": 1}
"""Seconds: counting must not take longer than what is counted."""

REDIS_PAUSE_S = 10.0
"""So long a Redis that did not answer is not asked again."""


class LimitSettings(EnvSettings):
    """Where requests are counted."""

    redis_url: str = ""
    """redis://host:6379/0; empty counts in the product's database."""


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit after a request."""

    policy: str
    limit: int
    remaining: int
    resets_in_s: int
    window_s: int
    is_exceeded: bool = False

    def headers(self) -> dict[str, str]:
        """Source: IETF draft ratelimit-headers, and the older X- names that most clients read."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window_s}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.resets_in_s}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.resets_in_s),
        }


@dataclass
class _Block:
    """Numbers of a window that this process may still give out, and how many there are in all as far as we know."""

    next: int = 1
    last: int = 0
    ends: float = 0.0
    size: int = 1
    taken_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class DatabaseStorage(Storage):
    """
    Counts in the product's database, for the `limits` library.

    Each number of a window is given out once, by one process; so of any number of requests at any number of
    processes exactly the limit passes. What a process has taken and not used when the window ends is lost:
    at most a hundredth of the limit.
    """

    STORAGE_SCHEME = ["video-system"]  # noqa: RUF012

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, block: int = 1, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._most = block
        self._blocks: dict[str, _Block] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong."""
        return Exception

    def is_ready(self, key: str) -> bool:
        """Whether the next number is at hand without asking the database."""
        block = self._blocks.get(key)
        return block is not None and block.next <= block.last and block.ends > time.time()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """The next number of the window."""
        block = self._blocks.setdefault(key, _Block())
        with block.lock:
            if block.next > block.last or block.ends <= time.time():
                self._take(key, block, window_s=expiry)
            number = block.next
            block.next += 1
            return number

    def get(self, key: str) -> int:
        """How many numbers are gone, as far as this process knows."""
        block = self._blocks.get(key)
        if block is None or block.ends <= time.time():
            return 0
        return block.next - 1

    def get_expiry(self, key: str) -> float:
        """When the window ends, seconds since 1970."""
        block = self._blocks.get(key)
        return block.ends if block else time.time()

    def check(self) -> bool:
        """Whether the database answers."""
        with reading() as session:
            Counters(session).get("")
        return True

    def reset(self) -> int | None:
        """Forget what this process knows."""
        self._blocks.clear()
        return None

    def clear(self, key: str) -> None:
        """Begin the window anew."""
        with transaction() as session:
            Counters(session).forget(key)
        self._blocks.pop(key, None)

    def _take(self, key: str, block: _Block, *, window_s: float) -> None:
        now = time.monotonic()
        is_quick = now - block.taken_at < QUICK_S
        block.size = min(self._most, block.size * 2) if is_quick else 1
        with transaction() as session:
            count, ends = Counters(session).add(key, block.size, window_s=window_s)
        block.next, block.last = count - block.size + 1, count
        block.ends, block.taken_at = ends.timestamp(), now
        if len(self._blocks) > 10 * BLOCK_SHARE:
            self._blocks = {name: kept for name, kept in self._blocks.items() if kept.ends > time.time()}


class Limiter:
    """One limit, for any number of buckets."""

    def __init__(self, amount: int) -> None:
        self._item: RateLimitItem = RateLimitItemPerHour(amount)
        self._database = DatabaseStorage(block=amount // BLOCK_SHARE or 1)
        self._by_database = FixedWindowRateLimiter(self._database)
        self._by_redis = _redis_limiter(LimitSettings().redis_url)
        self._redis_away_until = 0.0

    def is_ready(self, bucket: str) -> bool:
        """Whether `hit` would answer from memory."""
        return not self._asks_redis and self._database.is_ready(self._item.key_for(bucket))

    def hit(self, bucket: str, *, policy: str) -> Allowance:
        """Count one request; past the limit nothing is written any more."""
        is_allowed = self._ask(lambda limiter: limiter.test(self._item, bucket) and limiter.hit(self._item, bucket))
        return self.look(bucket, policy=policy, is_exceeded=not is_allowed)

    def look(self, bucket: str, *, policy: str, is_exceeded: bool = False) -> Allowance:
        """What is left, without counting."""
        stats = self._ask(lambda limiter: limiter.get_window_stats(self._item, bucket))
        left = max(0, math.ceil(stats.reset_time - utc_now().timestamp()))
        return Allowance(
            policy=policy,
            limit=self._item.amount,
            remaining=0 if is_exceeded else max(0, stats.remaining),
            resets_in_s=left or self._item.get_expiry(),
            window_s=self._item.get_expiry(),
            is_exceeded=is_exceeded,
        )

    @property
    def _asks_redis(self) -> bool:
        return self._by_redis is not None and time.monotonic() >= self._redis_away_until

    def _ask(self, question: Callable[[FixedWindowRateLimiter], T]) -> T:
        """The answer of Redis; while that is away the database counts, from what it knows."""
        if self._by_redis is not None and self._asks_redis:
            try:
                return question(self._by_redis)
            except StorageError:
                logger.warning("Redis does not answer; requests are counted in the database for %.0f s", REDIS_PAUSE_S)
                self._redis_away_until = time.monotonic() + REDIS_PAUSE_S
        return question(self._by_database)


def _redis_limiter(url: str) -> FixedWindowRateLimiter | None:
    if not url:
        return None
    return FixedWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **REDIS_OPTIONS))


@cache
def limiter(amount: int) -> Limiter:
    """The limiter of *amount* requests an hour."""
    return Limiter(amount)
