"""
Requests to addresses that users name, without becoming their way into our own network.

The check stands at the socket: a name is resolved once, every address it has must be public, and the connection
goes to the address that was checked. Whatever spelling of an address comes in, and whatever a name resolves to a
moment later, is decided there. TLS still sees the name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from studio.errors import AddressRefused, DownloadFailed, DownloadUnavailable
from studio.settings import get_settings

PORTS = {"http": 80, "https": 443}
"""Only the usual ports: others belong to things that are no web servers."""

MOST_REDIRECTS = 3
USER_AGENT = "video-system"
CHUNK_BYTES = 64 * 1024

PASSING = (408, 425, *range(500, 600))
"""Statuses after which the same request may work, 429 aside: whoever knows limits reads Retry-After."""

# Source: IANA's special-purpose address registries. `ipaddress.is_global` is wrong about some of these in Python 3.11.
_CLOSED = [
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_OPEN_V6 = ipaddress.ip_network("2000::/3")
"""All other IPv6 addresses are local, mapped, translated or unassigned."""


@dataclass(frozen=True)
class Fetched:
    """What came from an address."""

    url: str
    """Where it was in the end."""
    media_type: str
    size: int


@dataclass(frozen=True)
class Answer:
    """What a server said to what was sent to it."""

    status: int
    content: bytes
    """Its beginning."""
    retry_after: str


def check_url(url: str, *, field: str = "url", schemes: tuple[str, ...] = ("http", "https")) -> None:
    """
    Refuse what is no plain web address, before anything is connected.

    Raises:
        AddressRefused: names *field*.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("is no web address", field=field) from error
    if parts.scheme not in schemes or not parts.hostname:
        raise AddressRefused(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}", field=field)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("must not hold a name or password", field=field)
    if port not in (None, PORTS[parts.scheme]) and not get_settings().private_addresses:
        raise AddressRefused(f"must use port {PORTS[parts.scheme]}", field=field)
    if _is_closed_literal(parts.hostname) and not get_settings().private_addresses:
        raise AddressRefused("must be a public address", field=field)


def download(
    url: str, into: Path, *, max_bytes: int, timeout_s: float, field: str = "url", user_agent: str = USER_AGENT
) -> Fetched:
    """
    Save what is at *url* as the file *into*; nothing is left of a download that fails.

    Args:
        url: http or https.
        into: written here.
        max_bytes: a longer answer is refused, at the latest when it has become longer.
        timeout_s: seconds for all of it, redirects included.
        field: what an error names.
        user_agent: who asks; some hosts want a contact in it.

    Raises:
        AddressRefused: not a public web address.
        DownloadFailed: no good answer, or too much of it; DownloadUnavailable where there may be one later.
    """
    try:
        headers = {"User-Agent": user_agent}
        with _answer("GET", url, timeout_s=timeout_s, field=field, headers=headers) as answer:
            if not answer.is_success:
                kind = DownloadUnavailable if answer.status_code in (429, *PASSING) else DownloadFailed
                raise kind(f"the server answered {answer.status_code}", field=field)
            if int(answer.headers.get("content-length", 0) or 0) > max_bytes:
                raise DownloadFailed(f"is larger than {max_bytes} bytes", field=field)
            size = _save(answer, into, max_bytes=max_bytes, field=field)
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Fetched(url=str(answer.url), media_type=media_type, size=size)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def post(url: str, content: bytes, *, headers: dict[str, str], timeout_s: float, keep_bytes: int) -> Answer:
    """
    Send *content* to *url*, following no redirect; of the answer the first *keep_bytes* are read.

    Raises:
        AddressRefused: not a public web address.
        DownloadUnavailable: no answer.
    """
    kept = b""
    with _answer("POST", url, timeout_s=timeout_s, content=content, headers=headers, redirects=0) as answer:
        for chunk in answer.iter_raw(1024):
            kept += chunk
            if len(kept) >= keep_bytes:
                break
        return Answer(answer.status_code, kept[:keep_bytes], answer.headers.get("retry-after", ""))


def is_public(address: str) -> bool:
    """Whether *address* (an IP address) belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and ip not in _OPEN_V6:
        return False
    return not any(ip.version == net.version and ip in net for net in _CLOSED)


def _is_closed_literal(host: str) -> bool:
    """Whether *host* is no name but an address of ours; what names lead to is judged when they are connected."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False


@contextmanager
def _answer(
    method: str, url: str, *, timeout_s: float, field: str = "url", redirects: int = MOST_REDIRECTS, **request: Any
) -> Iterator[httpx2.Response]:
    guard = _Guard(deadline=time.monotonic() + timeout_s, field=field)
    try:
        with _client(guard) as client:
            for _ in range(redirects + 1):
                check_url(url, field=field)
                with client.stream(method, url, **request) as answer:
                    if not (redirects and answer.has_redirect_location):
                        yield answer
                        return
                    url = urljoin(url, answer.headers["location"])
        raise DownloadFailed(f"redirects more than {redirects} times", field=field)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise AddressRefused("is no web address", field=field) from error
    except (httpx2.HTTPError, OSError) as error:
        raise DownloadUnavailable(f"no answer ({type(error).__name__})", field=field) from error


@cache
def tls() -> ssl.SSLContext:
    """The certificates, read once: that takes longer than a short answer."""
    return httpx2.create_ssl_context()


def _client(guard: _Guard) -> httpx2.Client:
    transport = httpx2.HTTPTransport(verify=tls())
    # httpx2 has no public way to give its pool another backend; tests/studio/test_web.py fails if this stops working.
    transport._pool._network_backend = guard
    # Identity, so that a small answer cannot unfold into a large one.
    headers = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT}
    return httpx2.Client(transport=transport, trust_env=False, follow_redirects=False, timeout=10, headers=headers)


def _save(answer: httpx2.Response, into: Path, *, max_bytes: int, field: str) -> int:
    size = 0
    with into.open("wb") as file:
        for chunk in answer.iter_raw(CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise DownloadFailed(f"is larger than {max_bytes} bytes", field=field)
            file.write(chunk)
    return size


class _Guard(httpcore2.NetworkBackend):
    """Connects to public addresses only, and ends everything when its time is over."""

    def __init__(self, *, deadline: float, field: str) -> None:
        self._backend = httpcore2.SyncBackend()
        self._deadline = deadline
        self._field = field

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """Resolve once, judge, connect to what was judged."""
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address") from error
        if not get_settings().private_addresses and not all(is_public(address) for address in found):
            raise AddressRefused("must be a public address", field=self._field)
        stream = self._backend.connect_tcp(
            sorted(found, key=lambda address: ":" in address)[0],
            port,
            timeout=_left(self._deadline, timeout),
            local_address=local_address,
            socket_options=socket_options,
        )
        return _Timed(stream, self._deadline)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        """Never."""
        raise AddressRefused("must be a web address", field=self._field)


class _Timed(httpcore2.NetworkStream):
    """A connection whose every wait ends at the deadline: a byte every few seconds does not prolong it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, in time."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All bytes, in time."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Timed:
        """The same connection, encrypted."""
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is over")
    return left if timeout is None else min(left, timeout)
