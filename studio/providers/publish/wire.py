"""Requests to platforms whose refusals have to be read: answers of any status, and bodies out of a file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2

from studio.errors import OverLimit, ProviderNotReady, ProviderUnavailable
from studio.providers.vendor import CONNECT_S, USER_AGENT, Vendor, is_local
from studio.web import tls

T = TypeVar("T")

SILENCE_S = 60.0
"""A connection on which nothing moves for so long is given up, however long the whole may take."""

SLOWEST_BYTES_S = 64 << 10
"""An upload that is slower than this is given up: it would outlive its session."""

BLOCK_BYTES = 64 << 10
WATCH_BYTES = 4 << 20
"""So often within one body it is asked whether its owner still wants it."""

PAUSES_S = (1.0, 4.0, 10.0)
"""Before an upload that broke off goes on. Whatever lasts longer is left to the task's own pauses."""


@dataclass(frozen=True)
class Answer:
    """An answer of any status: its headers in small letters, and all of its bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_good(self) -> bool:
        """Whether the status says so."""
        return 200 <= self.status < 300

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object in it; empty where there is none."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Part:
    """*length* bytes of a file from *start*, read as they are sent."""

    path: Path
    start: int
    length: int
    watch: Callable[[], None] | None = None
    """Asked now and then while the bytes go; what it raises ends the request."""

    @property
    def timeout_s(self) -> float:
        """Seconds for all of it."""
        return SILENCE_S + self.length / SLOWEST_BYTES_S

    def blocks(self, deadline: float) -> Iterator[bytes]:
        """The bytes, until *deadline* on the monotonic clock. Raises httpx2.WriteTimeout."""
        left, unwatched = self.length, 0
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left and (block := file.read(min(left, BLOCK_BYTES))):
                if time.monotonic() > deadline:
                    raise httpx2.WriteTimeout("the platform takes the film too slowly")
                left -= len(block)
                unwatched += len(block)
                if self.watch and unwatched >= WATCH_BYTES:
                    unwatched = 0
                    self.watch()
                yield block


def ask(
    vendor: Vendor,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    part: Part | None = None,
    **request: Any,
) -> Answer:
    """
    The answer to a request, whatever its status; redirects are answers too, so no token goes anywhere else.

    Args:
        vendor: bounds and name.
        method: of HTTP.
        url: whole.
        headers: beside the client's own.
        part: the body; else *request* has `params`, `json` or `data` as httpx2 takes them.
        request: for httpx2.

    Raises:
        ProviderUnavailable: no answer, none in time, or too much of it.
    """
    timeout_s = part.timeout_s if part else vendor.timeout_s
    deadline = time.monotonic() + timeout_s
    sent = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **vendor.headers, **(headers or {})}
    if part:
        sent["Content-Length"] = str(part.length)
        request["content"] = part.blocks(deadline)
    limits = httpx2.Timeout(min(SILENCE_S, timeout_s), connect=min(CONNECT_S, timeout_s))
    try:
        with (
            httpx2.Client(timeout=limits, headers=sent, trust_env=not is_local(url), verify=tls()) as client,
            client.stream(method, url, **request) as answer,
        ):
            content = _whole(vendor, answer, deadline)
            return Answer(answer.status_code, dict(answer.headers), content)
    except (httpx2.InvalidURL, UnicodeError):
        raise ProviderNotReady(vendor.role, vendor.name, f"{vendor.root!r} is no web address") from None
    except (httpx2.HTTPError, OSError) as error:
        # Not from the cause: its text has the address, which may hold a token.
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None


def object_of(vendor: Vendor, answer: Answer) -> dict[str, Any]:
    """The JSON object of a good answer. Raises ProviderUnavailable."""
    fields = answer.fields
    if not fields:
        raise vendor.unavailable("its answer was no JSON")
    return fields


def own_address(vendor: Vendor, url: object, *, public: str, hosts: tuple[str, ...]) -> str:
    """
    *url*, which the platform named for an upload, where it may be used.

    It has to be at the vendor's root or at one of the platform's *hosts*; where the operator has set another root than
    *public*, that stands in for those too.

    Raises:
        ProviderUnavailable: it is anywhere else: neither film nor token go there.
    """
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    root = urlsplit(vendor.root)
    is_at_root = (parts.scheme, parts.netloc) == (root.scheme, root.netloc)
    host = parts.hostname or ""
    is_theirs = parts.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in hosts)
    if not (is_at_root or is_theirs):
        raise vendor.unavailable("it named an address for the film that is not its own")
    if is_at_root or vendor.root.rstrip("/") == public:
        return str(url)
    return vendor.root.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def page_at(vendor: Vendor, page: str, *, public: str) -> str:
    """The address of a page for browsers: at the operator's root where that is not the *public* one."""
    root = vendor.root.rstrip("/")
    return page if root == public else root + urlsplit(page).path


def carry_on(work: Callable[[], T], *, has_begun: Callable[[], bool], reached: Callable[[], int] = int) -> T:
    """
    What *work* brings, begun again after what may pass: it goes on from what is written down, as another process would.

    Args:
        work: harmless to begin again.
        has_begun: what was asked for and left unanswered is not asked again in a hurry.
        reached: a number that grows as the work does; while it grows, failures are not counted.

    Raises:
        OverLimit: at once.
        ProviderUnavailable: it failed once more than there are PAUSES_S, or says itself when to come again.
    """
    failures, best = 0, reached()
    while True:
        try:
            return work()
        except OverLimit:
            raise
        except ProviderUnavailable as error:
            now = reached()
            failures, best = (0, now) if now > best else (failures, best)
            if error.retry_after is not None or not has_begun() or failures == len(PAUSES_S):
                raise
        time.sleep(PAUSES_S[failures])
        failures += 1


def _whole(vendor: Vendor, answer: httpx2.Response, deadline: float) -> bytes:
    content = bytearray()
    for chunk in answer.iter_raw():
        content += chunk
        if len(content) > vendor.most_bytes:
            raise vendor.unavailable(f"its answer is larger than {vendor.most_bytes} bytes")
        if time.monotonic() > deadline:
            raise vendor.unavailable("its answer took too long")
    return bytes(content)
