"""A home for the application whose document the SDKs are compared with, and a service that answers as it is told."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from studio.settings import PROJECT
from tests.api.conftest import home  # noqa: F401  (a fixture)

sys.path.insert(0, str(PROJECT / "sdk" / "python"))


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    """Gives *answers* in turn, the last one for ever, and keeps what it was *asked*."""

    url: str
    answers: list[Any] = field(default_factory=lambda: [{}])
    asked: list[Asked] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.chunks() if "chunked" in headers.get("transfer-encoding", "") else self.sized(headers)
            there.asked.append(Asked(self.command, self.path, headers, body))
            data = there.answers.pop(0) if len(there.answers) > 1 else there.answers[0]
            content = json.dumps({"success": True, "data": data, "message": "操作成功"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815

        def sized(self, headers: dict[str, str]) -> bytes:
            return self.rfile.read(int(headers.get("content-length", 0)))

        def chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Service(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()
