"""A server of somebody's that takes webhook messages, and answers as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def receiver(
    *statuses: int, content: bytes = b"", wait_s: float = 0.0, about: str = "", **headers: str
) -> Iterator[tuple[str, list[Any]]]:
    """
    Answers with the *statuses* in turn, the last for ever; gives its address and the messages (headers, body) that came.

    Messages without the text *about* are taken in silence.
    """
    came: list[Any] = []
    answers = statuses or (200,)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_meant = about.encode() in body
            came.extend([(dict(self.headers), body)] if is_meant else [])
            time.sleep(wait_s)
            self.send_response(answers[min(len(came), len(answers)) - 1] if is_meant else 200)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        server.server_close()
