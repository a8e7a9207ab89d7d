"""Requests to vendors at addresses that the operator sets: bounded, and every failure an error of ours."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from studio import web
from studio.errors import (
    AddressRefused,
    DownloadFailed,
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)

CONNECT_S = 5.0
LONGEST_RETRY_AFTER_S = 24 * 3600.0

PASSING = (409, *web.PASSING)
"""Statuses after which the same call may work."""

USER_AGENT = web.USER_AGENT


@dataclass(frozen=True)
class Reply:
    """A good answer: its headers in small letters, and all of its bytes."""

    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Vendor:
    """
    One vendor's API.

    *root* replaces scheme, host and port of the vendor's public address; it may be private. *key_name* is the
    variable that its key is in, for messages. Vendors' own words are never repeated: some hold the key.
    """

    role: str
    name: str
    root: str
    key_name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 20.0
    """For a whole answer, however slowly it comes."""
    most_bytes: int = 8 << 20

    def get_json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON at *path*. Raises ProviderError."""
        return self._parsed(self.send("GET", path, params=params))

    def post_json(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON that answers *body*. Raises ProviderError."""
        return self._parsed(self.send("POST", path, params=params, body=body))

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        most_bytes: int | None = None,
    ) -> Reply:
        """
        A good answer of *path*, read to its end; *body* is sent as JSON, *form* as a web form.

        Raises:
            ProviderUnavailable: no answer, none in time, too much of it, or the vendor is over its limit.
            ProviderNotReady: the key was refused, or the account has no balance.
            ProviderRejected: the vendor will never take this request.
        """
        request: dict[str, Any] = {"params": params} if params else {}
        if body is not None:
            request["json"] = body
        if form is not None:
            request["data"] = dict(form)
        parts: list[bytes] = []
        size, most = 0, most_bytes or self.most_bytes
        with self._answer(method, self.root.rstrip("/") + path, self.timeout_s, **request) as (answer, chunks):
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise self.unavailable(f"its answer is larger than {most} bytes")
                parts.append(chunk)
            return Reply(dict(answer.headers), b"".join(parts))

    def download(self, url: str, into: Path, *, max_bytes: int, timeout_s: float) -> None:
        """
        Save the file at *url*, an address out of one of this vendor's answers.

        One at the vendor's own root is trusted as the operator trusts that; any other has to be public.

        Raises:
            ProviderUnavailable: nothing usable came.
        """
        if _origin(url) != _origin(self.root):
            try:
                agent = self.headers.get("User-Agent", USER_AGENT)
                web.download(url, into, max_bytes=max_bytes, timeout_s=timeout_s, user_agent=agent)
            except (AddressRefused, DownloadFailed) as error:
                raise self.unavailable(f"a file of its could not be fetched ({error.message})") from error
            return
        try:
            with self._answer("GET", url, timeout_s) as (_, chunks), into.open("wb") as file:
                for chunk in chunks:
                    if file.tell() + len(chunk) > max_bytes:
                        raise self.unavailable(f"a file of its is larger than {max_bytes} bytes")
                    file.write(chunk)
        except BaseException:
            into.unlink(missing_ok=True)
            raise

    @contextmanager
    def _answer(
        self, method: str, url: str, timeout_s: float, **request: Any
    ) -> Iterator[tuple[httpx2.Response, Iterator[bytes]]]:
        deadline = time.monotonic() + timeout_s
        # Identity, so that a small answer cannot unfold into a large one.
        headers = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **self.headers}
        limits = httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        try:
            with (
                httpx2.Client(timeout=limits, headers=headers, trust_env=not is_local(url), verify=web.tls()) as client,
                client.stream(method, url, **request) as answer,
            ):
                if not answer.is_success:
                    raise self.refusal(answer.status_code, answer.headers)
                yield answer, self._in_time(answer, deadline)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise ProviderNotReady(self.role, self.name, f"{self.root!r} is no web address") from error
        except (httpx2.HTTPError, OSError) as error:
            # Not from the cause: its text has the address, and some vendors want their key in it.
            raise self.unavailable(f"no answer ({type(error).__name__})") from None

    def _in_time(self, answer: httpx2.Response, deadline: float) -> Iterator[bytes]:
        # As they come: gathered to a size, a byte a second would never be looked at.
        for chunk in answer.iter_raw():
            if time.monotonic() > deadline:
                raise self.unavailable("its answer took too long")
            yield chunk

    def _parsed(self, reply: Reply) -> Any:
        try:
            return json.loads(reply.content)
        except (ValueError, RecursionError) as error:
            raise self.unavailable("its answer was no JSON") from error

    def refusal(self, status: int, headers: Mapping[str, str]) -> ProviderError:
        """What an answer with *status*, which is no good one, means; *headers* by names in small letters."""
        if status == 402:
            return OutOfBalance(self.role, self.name, "the account has no balance left; top it up")
        if status in (401, 403):
            hint = f"check {self.key_name}" if self.key_name else "it wants a key that it did not ask for before"
            return ProviderNotReady(self.role, self.name, f"access was refused; {hint}")
        if status == 429:
            return OverLimit(self.role, self.name, "over its rate limit", retry_after=retry_after(headers))
        # A page that wants consent, or an address that has moved: the request itself is not at fault.
        if status in PASSING or status < 400:
            return self.unavailable(f"it answered {status}")
        return ProviderRejected(self.role, self.name, f"it refused the request with {status}")

    def unavailable(self, message: str) -> ProviderUnavailable:
        """That the same call may work later."""
        return ProviderUnavailable(self.role, self.name, message)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for, where it says so in seconds; OpenAI says "0.2" too."""
    value = headers.get("retry-after", "").strip()
    return min(float(value), LONGEST_RETRY_AFTER_S) if re.fullmatch(r"\d+(?:\.\d+)?", value, re.ASCII) else None


class _WithoutQuery(logging.Filter):
    """Keeps what follows the question mark out of the client's log: some vendors want their key there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, shortened."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx2.URL) else arg for arg in record.args
            )
        return True


logging.getLogger("httpx2").addFilter(_WithoutQuery())


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def is_local(url: str) -> bool:
    """Whether a proxy could not reach it."""
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")
