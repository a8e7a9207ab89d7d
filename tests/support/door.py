"""
A door before a server, as a process that can be killed: it passes requests on and writes down both sides of each.

What it wrote outlives it: `asked` when a request has come whole, `answered` when its answer has gone out whole,
`stalled` when half of the answer has.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LONG_S = 600.0


@dataclass(frozen=True)
class Passed:
    """A request that came to the door, by *what* it asked for, and how far its answer came."""

    what: str
    path: str
    is_answered: bool
    is_stalled: bool


@dataclass
class Door:
    """The way to *target* ("host:port"); its port stays the same however often it is killed and opened again."""

    target: str
    log: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self, *, stalls_at: str = "") -> None:
        """Start it; the first good answer to a path that begins with *stalls_at* stops half-way and goes no further."""
        argv = [sys.executable, __file__, str(self.port), self.target, str(self.log), stalls_at]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"open\n"

    def kill(self) -> None:
        """SIGKILL: whoever is connected is cut off, and nobody can connect until it is opened again."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def passed(self, path: str = "") -> list[Passed]:
        """Every request for a path that holds *path*, in order, over all of its lives."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        marks = {(line["mark"], line["id"]) for line in lines}
        return [
            Passed(line["what"], line["path"], ("answered", line["id"]) in marks, ("stalled", line["id"]) in marks)
            for line in lines
            if line["mark"] == "asked" and path in line["path"]
        ]


def _handler(target: str, log: Path, stalls_at: str) -> type[BaseHTTPRequestHandler]:
    writing = threading.Lock()
    stalling = iter([True] if stalls_at else [])

    def note(mark: str, number: int, **more: str) -> None:
        with writing, log.open("a") as file:
            file.write(json.dumps({"mark": mark, "id": number, **more}) + "\n")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            what, number = hashlib.sha256(self.path.encode() + b"\n" + body).hexdigest(), time.time_ns()
            note("asked", number, what=what, path=self.path)
            status, headers, answer = _asked(target, self.command, self.path, body, dict(self.headers.items()))
            is_stalled = status == 200 and bool(stalls_at) and self.path.startswith(stalls_at) and next(stalling, False)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer[: len(answer) // 2] if is_stalled else answer)
            self.wfile.flush()
            note("stalled" if is_stalled else "answered", number)
            if is_stalled:
                time.sleep(LONG_S)

        do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _asked(
    target: str, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the server behind says; its own framing is left behind."""
    connection = http.client.HTTPConnection(target, timeout=LONG_S)
    # The caller's Host goes along: addresses in the answer lead to this door again.
    connection.request(method, path, body or None, {**headers, "Connection": "close"})
    answer = connection.getresponse()
    content = answer.read()
    framing = ("transfer-encoding", "content-length", "connection")
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in framing]
    return answer.status, [*kept, ("Content-Length", str(len(content)))], content


def main(port: str, target: str, log: str, stalls_at: str) -> None:
    """Pass on until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), _handler(target, Path(log), stalls_at))
    server.daemon_threads = True
    print("open", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
