"""A vendor's SDK cannot be kept waiting or fed for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest

from studio.providers.bounded import bounds


@pytest.fixture
def endless() -> Iterator[str]:
    """A server that refuses with a body that never ends."""
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 99999999\r\n\r\n")
        while not over.wait(0.02):
            try:
                connection.sendall(b"x" * 1000)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    over.set()
    server.close()
    thread.join(5)


@pytest.mark.parametrize(("most_bytes", "error"), [(10_000, httpx2.ReadError), (1 << 30, httpx2.ReadTimeout)])
def test_a_refusal_without_end_ends(endless: str, most_bytes: int, error: type[Exception]) -> None:
    begun = time.monotonic()
    with httpx2.Client(timeout=0.5, event_hooks=bounds(most_bytes=most_bytes)) as client, pytest.raises(error):
        client.get(endless)

    assert time.monotonic() - begun < 2
