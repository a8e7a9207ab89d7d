"""A door before a server: it counts the requests that go through, and can fall silent like a broken network."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_REQUEST = re.compile(rb"^(?:GET|POST|PUT|PATCH|DELETE) (/[^ ?]*)")
CHUNK = 1 << 16


class Relay:
    """
    Forwards connections to *port* of this machine.

    A request is counted by its path where it begins a packet, as it does with HTTP clients that wait for an answer.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self.paths: Counter[str] = Counter()
        self._to = port
        self._silent = ""
        self._open: dict[asyncio.Task[None], str] = {}

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.paths.total()

    def cut(self, path: str) -> None:
        """Forward nothing more, without a word, on connections that began with a request under *path*."""
        self._silent = path

    def mend(self) -> None:
        """Forward again; connections that were cut are closed."""
        was, self._silent = self._silent, ""
        self._loop.call_soon_threadsafe(self._close, was)

    async def serve(self, ready: threading.Event) -> None:
        """Forward until cancelled."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = ""
        with suppress(OSError, asyncio.CancelledError):
            await self._forward(task, reader, writer)
        self._open.pop(task)
        writer.close()

    async def _forward(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        first = await reader.read(CHUNK)
        self._count(first)
        self._open[task] = found[1].decode() if (found := _REQUEST.match(first)) else ""
        back, forth = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            if not self._is_cut(task):
                forth.write(first)
            ways = {
                asyncio.create_task(self._pump(task, reader, forth, is_asking=True)),
                asyncio.create_task(self._pump(task, back, writer, is_asking=False)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        finally:
            forth.close()

    async def _pump(
        self, task: asyncio.Task[None], source: asyncio.StreamReader, to: asyncio.StreamWriter, *, is_asking: bool
    ) -> None:
        while chunk := await source.read(CHUNK):
            if self._is_cut(task):
                continue
            if is_asking:
                self._count(chunk)
            to.write(chunk)
            await to.drain()

    def _count(self, chunk: bytes) -> None:
        if found := _REQUEST.match(chunk):
            self.paths[found[1].decode()] += 1

    def _is_cut(self, task: asyncio.Task[None]) -> bool:
        return bool(self._silent) and self._open.get(task, "").startswith(self._silent)

    def _close(self, path: str) -> None:
        for task, began_with in list(self._open.items()):
            if path and began_with.startswith(path):
                task.cancel()


@contextmanager
def relaying(port: int) -> Iterator[Relay]:
    """A relay to *port* in a thread of its own."""
    relay, ready = Relay(port), threading.Event()
    loop = asyncio.new_event_loop()
    serving = loop.create_task(relay.serve(ready))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(10)
