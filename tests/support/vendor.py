"""A vendor's server on this machine that checks nothing by itself, writes down what came, and fails on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Fault = Literal["silent", "slow", "cut", "huge", "malformed", "empty", "401", "402", "403", "404", "429", "500"]

FAULTS: tuple[Fault, ...] = (
    "silent", "slow", "cut", "huge", "malformed", "empty", "401", "402", "403", "404", "429", "500",
)  # fmt: skip
RETRY_AFTER_S = 7
LEAK = "sk-CANARY-that-vendors-repeat"
"""Stands in every refusal: no message of ours may hold it."""


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By their names in small letters."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """What the server answers."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200) -> Said:
    return Said(json.dumps(value, ensure_ascii=False).encode(), status=status)


@dataclass
class VendorServer:
    """Where it is, what it says, how it fails now, and what it was asked."""

    answer: Callable[[Asked], Said]
    root: str = ""
    fault: Fault | None = None
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def vendor_server(answer: Callable[[Asked], Said]) -> Iterator[VendorServer]:
    """A server on a free port until the block ends; *answer* may raise AssertionError at a wrong request (500)."""
    vendor = VendorServer(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            vendor.asked.append(asked)
            if vendor.fault:
                _fail(self, vendor)
            else:
                _send(self, vendor.answer(asked))

        do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendor.root = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield vendor
    finally:
        vendor.closing.set()
        server.shutdown()
        server.server_close()


def _send(handler: BaseHTTPRequestHandler, said: Said) -> None:
    handler.send_response(said.status)
    handler.send_header("Content-Type", said.media_type)
    handler.send_header("Content-Length", str(len(said.body)))
    for name, value in said.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(said.body)


def _fail(handler: BaseHTTPRequestHandler, vendor: VendorServer) -> None:
    handler.close_connection = True
    fault = vendor.fault
    if fault == "silent":
        vendor.closing.wait(30)
    elif fault == "slow":
        _open(handler, 10_000)
        for _ in range(600):
            if vendor.closing.is_set() or not _pushed(handler, b" "):
                return
            time.sleep(0.05)
    elif fault == "cut":
        _open(handler, 10_000)
        _pushed(handler, b'{"half": ')
    elif fault == "huge":
        _open(handler, 4 << 30)
        while not vendor.closing.is_set() and _pushed(handler, b" " * 65_536):
            pass
    elif fault in ("malformed", "empty"):
        _send(handler, Said(b"<html>Welcome to the proxy" if fault == "malformed" else b""))
    else:
        assert fault is not None
        said = as_json({"error": {"message": f"Incorrect key {LEAK}", "code": None}}, int(fault))
        headers = {"Retry-After": str(RETRY_AFTER_S)} if fault == "429" else {}
        _send(handler, Said(said.body, status=said.status, headers=headers))


def _open(handler: BaseHTTPRequestHandler, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def _pushed(handler: BaseHTTPRequestHandler, part: bytes) -> bool:
    try:
        handler.wfile.write(part)
        handler.wfile.flush()
    except OSError:
        return False
    return True
