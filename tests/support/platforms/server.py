"""What all platforms of the tests share: requests read bit by bit, faults in the middle of them, and a hook around each."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

FaultKind = Literal[
    "reset",  # RST after `after_bytes` of the body
    "half-close",  # FIN after `after_bytes` of the body, without an answer
    "status",  # `status` with `body` instead of acting
    "lost answer",  # act, then RST instead of the answer
    "slow",  # `seconds` before acting
    "silent",  # never an answer
    "malformed",  # act, then answer with half of a JSON text
]

LEAK = "CANARY-that-platforms-repeat"
"""Stands in every refusal: no message of ours may hold it."""


@dataclass
class Fault:
    """Something that goes wrong with the next *times* requests for which *where* is in "METHOD path?query", after *skip* good ones."""

    where: str
    kind: FaultKind
    times: int = 1
    skip: int = 0
    after_bytes: int = 0
    status: int = 503
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 1.0


@dataclass(frozen=True)
class Asked:
    """A request that came in; *body* is what arrived of it, *is_whole* whether that is all."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}" + (
            "?" + "&".join(f"{k}={v}" for k, v in self.query.items()) if self.query else ""
        )

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, **headers: str) -> Said:
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(status, json.dumps(value, ensure_ascii=False).encode(), {"Content-Type": "application/json", **shown})


class Refused(Exception):
    """A request that breaks the protocol: answered with *said*, and remembered, so that a test can say there was none."""

    def __init__(self, said: Said, why: str) -> None:
        super().__init__(why)
        self.said = said


@dataclass
class Platform:
    """
    One platform's server; a subclass answers in `act` and takes cut bodies in `take_part`.

    *hook* is called before and after every request is acted on, with its number from 1: a test kills a client there.
    """

    root: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    hook: Callable[[int, Literal["before", "after"], Asked], None] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)

    def act(self, asked: Asked) -> Said:
        """Do what is asked. May raise Refused."""
        raise NotImplementedError

    def take_part(self, asked: Asked) -> None:
        """Keep what arrived of a body that was cut, where the platform does."""

    def fault_for(self, line: str) -> Fault | None:
        """The fault that this request meets; it is used up."""
        with self.lock:
            for fault in self.faults:
                if fault.where not in line or fault.times <= 0:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                return fault
        return None


@contextmanager
def serving(platform: Platform) -> Iterator[Platform]:
    """*platform* on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        disable_nagle_algorithm = True  # headers and body are two writes: the second would wait 40 ms

        def _serve(self) -> None:
            _serve(self, platform)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    platform.root = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield platform
    finally:
        platform.closing.set()
        server.shutdown()
        server.server_close()


def _serve(handler: BaseHTTPRequestHandler, platform: Platform) -> None:
    parts = urlsplit(handler.path)
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    headers = {name.lower(): value for name, value in handler.headers.items()}
    length = int(headers.get("content-length") or 0)
    line = Asked(handler.command, parts.path, query, headers, b"").line
    fault = platform.fault_for(line)
    wanted = min(length, fault.after_bytes) if fault and fault.kind in ("reset", "half-close") else length
    body = _read(handler, wanted)
    asked = Asked(handler.command, parts.path, query, headers, body, is_whole=len(body) == length)
    with platform.lock:
        platform.asked.append(asked)
        number = len(platform.asked)
    if platform.hook:
        platform.hook(number, "before", asked)
    if fault and fault.kind in ("reset", "half-close"):
        with platform.lock:
            platform.take_part(asked)
        _cut(handler, is_reset=fault.kind == "reset")
        return
    if not asked.is_whole:
        with platform.lock:
            platform.take_part(asked)
        handler.close_connection = True
        return
    if fault and fault.kind == "status":
        refusal = fault.body if fault.body is not None else {"error": {"message": LEAK}}
        answer = as_json(refusal, fault.status)
        _send(handler, Said(answer.status, answer.body, {**answer.headers, **fault.headers}))
        return
    if fault and fault.kind == "silent":
        platform.closing.wait(60)
        handler.close_connection = True
        return
    if fault and fault.kind == "slow":
        time.sleep(fault.seconds)
    said = _acted(platform, asked)
    if platform.hook:
        platform.hook(number, "after", asked)
    if fault and fault.kind == "lost answer":
        _cut(handler, is_reset=True)
    elif fault and fault.kind == "malformed":
        _send(handler, Said(said.status, said.body[: len(said.body) // 2] + b"<html>", said.headers))
    else:
        _send(handler, said)


def _acted(platform: Platform, asked: Asked) -> Said:
    try:
        with platform.lock:
            return platform.act(asked)
    except Refused as refused:
        platform.refused.append(f"{asked.line}: {refused}")
        return refused.said
    except Exception as error:
        platform.refused.append(f"{asked.line}: {type(error).__name__} {error}")
        return as_json({"error": {"message": f"{type(error).__name__} {LEAK}"}}, 500)


def _read(handler: BaseHTTPRequestHandler, wanted: int) -> bytes:
    parts: list[bytes] = []
    left = wanted
    while left > 0:
        part = handler.rfile.read1(min(left, 65_536))  # type: ignore[attr-defined]
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _cut(handler: BaseHTTPRequestHandler, *, is_reset: bool) -> None:
    handler.close_connection = True
    if is_reset:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
    else:
        handler.connection.shutdown(socket.SHUT_RDWR)


def _send(handler: BaseHTTPRequestHandler, said: Said) -> None:
    handler.send_response(said.status)
    for name, value in said.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(said.body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(said.body)
