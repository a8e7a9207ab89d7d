"""
A client that asks how far films are, over some connections and as fast as it is answered.

    echo '{"port": 8000, "connections": 16, "seconds": 8, "requests": ["GET /health/live HTTP/1.1\\r\\n..."]}' | python -m bench.poller

Run in a process of its own by `bench.api`. A request is a write of ready bytes and an answer a search for its length, on
uvloop: about 40 µs of processor for each.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from typing import cast

import uvloop

WARM_UP_S = 1.5


class Round:
    """What all connections of one round share."""

    def __init__(self, requests: list[str]) -> None:
        self.requests = [request.encode() for request in requests]
        self.latencies: list[float] = []
        self.refused: list[str] = []
        self.is_counting = False
        self.is_over = False


class Connection(asyncio.Protocol):
    """Asks for a random film, and again when it is answered."""

    def __init__(self, shared: Round) -> None:
        self._shared = shared
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        head = head.lower()
        at = head.index(b"content-length:") + 15
        if len(body) < int(head[at : head.find(b"\r", at) if head.find(b"\r", at) > 0 else None]):
            return
        if self._shared.is_counting:
            self._shared.latencies.append(time.perf_counter() - self._began)
        if not head.startswith(b"http/1.1 200"):
            self._shared.refused.append(self._answer.decode("utf-8", "replace")[:600])
        self._answer = b""
        if self._shared.is_over:
            self._transport.close()
        else:
            self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(random.choice(self._shared.requests))


async def poll(*, port: int, connections: int, seconds: float, requests: list[str]) -> dict[str, object]:
    """Ask for *seconds* after warming up; latencies in milliseconds."""
    shared = Round(requests)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(shared), "127.0.0.1", port)
        await asyncio.sleep(0.02)
    await asyncio.sleep(WARM_UP_S)
    cpu_s, began, shared.is_counting = _cpu_s(), time.perf_counter(), True
    await asyncio.sleep(seconds)
    took_s, shared.is_counting, shared.is_over = time.perf_counter() - began, False, True
    spent_s = _cpu_s() - cpu_s
    await asyncio.sleep(0.3)
    latencies = sorted(shared.latencies)
    if not latencies:
        raise SystemExit(f"no answers; {shared.refused[:1]}")
    return {
        "connections": connections,
        "polls": len(latencies),
        "polls_a_second": round(len(latencies) / took_s, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1000, 1),
        "p99_ms": round(latencies[len(latencies) * 99 // 100] * 1000, 1),
        "max_ms": round(latencies[-1] * 1000, 1),
        "refused": shared.refused[:1] and [len(shared.refused), shared.refused[0]],
        "client_cores": round(spent_s / took_s, 2),
    }


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print(json.dumps(uvloop.run(poll(**json.load(sys.stdin)))))
