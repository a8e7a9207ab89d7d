"""A server of the OpenAI protocol that checks what it is asked and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WIRE = {"content-type": "text/event-stream"}


def chunk(text: str | None = None, *, finish_reason: str | None = None, **more: Any) -> dict[str, Any]:
    """One event of a streamed answer."""
    choice = {"index": 0, "delta": {"content": text} if text is not None else {}, "finish_reason": finish_reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}


def usage(input_tokens: int, output_tokens: int) -> dict[str, Any]:
    """The last event of a streamed answer."""
    counted = {"prompt_tokens": input_tokens, "completion_tokens": output_tokens, "total_tokens": 0}
    return {**chunk(), "choices": [], "usage": counted}


@dataclass
class ChatServer:
    """
    Streams *events*; *refusals* are answers that come first, one a request.

    *raw* is sent instead of events, *pause_s* passes before each, *endless* repeats the last for ever.
    """

    events: list[Any] = field(default_factory=lambda: [chunk("潮汐"), chunk("來了。"), usage(5, 4)])
    models: list[str] | int = field(default_factory=lambda: ["test-model", "other-model", "text-embedding-3"])
    refusals: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    raw: bytes | None = None
    pause_s: float = 0.0
    list_pause_s: float = 0.0
    endless: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    lists: int = 0
    hung_up: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def refuse(self, status: int, *, headers: dict[str, str] | None = None, **error: Any) -> None:
        """Answer the next request with *status*."""
        self.refusals.append((status, {"error": {"message": "secret detail sk-test", **error}}, headers or {}))


@contextmanager
def serving() -> Iterator[ChatServer]:
    """A server on a port of its own."""
    chat = ChatServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(chat))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    chat.address = f"http://127.0.0.1:{server.server_port}/v1"
    yield chat
    chat.endless = False
    server.shutdown()
    server.server_close()


def _handler(chat: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            chat.lists += 1
            time.sleep(chat.list_pause_s)
            if isinstance(chat.models, int):
                self._json(chat.models, {"error": {"message": "no"}}, {})
                return
            data = [{"id": name, "object": "model", "created": 1, "owned_by": "us"} for name in chat.models]
            self._json(200, {"object": "list", "data": data}, {})

        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            assert self.headers["authorization"] == "Bearer sk-test"
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert body["stream"] is True
            chat.asked.append(body)
            if chat.refusals:
                self._json(*chat.refusals.pop(0))
                return
            self.send_response(200)
            self.send_header("content-type", WIRE["content-type"])
            self.end_headers()
            try:
                self._stream(self.wfile.write)
            except OSError:
                chat.hung_up.set()

        def _stream(self, write: Callable[[bytes], Any]) -> None:
            if chat.raw is not None:
                write(chat.raw)
                return
            for event in chat.events:
                time.sleep(chat.pause_s)
                write(f"data: {json.dumps(event)}\n\n".encode())
            while chat.endless:
                time.sleep(chat.pause_s)
                write(f"data: {json.dumps(chat.events[-1])}\n\n".encode())
            write(b"data: [DONE]\n\n")

        def _json(self, status: int, body: Any, headers: dict[str, str]) -> None:
            answer = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    return Handler
