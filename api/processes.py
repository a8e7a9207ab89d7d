"""Processes that rows name: whether they are still there, and how they are ended."""

from __future__ import annotations

import platform
from contextlib import suppress
from typing import Protocol

import psutil

SAME_START_S = 1.0
"""Start times are read by two processes from the same kernel clock; they differ by rounding only."""


class Held(Protocol):
    """A row that a process of *host* works on."""

    @property
    def host(self) -> str | None:
        """Name of the machine."""

    @property
    def pid(self) -> int | None:
        """The process's number there."""

    @property
    def pid_started(self) -> float | None:
        """When it was started, in seconds since the epoch: numbers are used again."""


def is_gone(row: Held) -> bool:
    """Whether the process that holds *row* is known to be dead; of another machine's nobody here knows."""
    return row.pid is not None and row.host == platform.node() and _process_of(row) is None


def is_alive(row: Held) -> bool:
    """Whether the process that holds *row* is known to work on, on this machine."""
    return row.host == platform.node() and _process_of(row) is not None


def end_orphan(row: Held) -> None:
    """A worker that died leaves its flow process behind; two processes must not do one piece of work."""
    process = _process_of(row) if row.host == platform.node() else None
    if process is None:
        return
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for each in family:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(family, timeout=5)


def _process_of(row: Held) -> psutil.Process | None:
    """The process that holds *row*, unless its number belongs to another one by now."""
    if row.pid is None or row.pid_started is None:
        return None
    try:
        process = psutil.Process(row.pid)
        is_same = abs(process.create_time() - row.pid_started) <= SAME_START_S
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None
