"""
Prefect's server without its standstills: `python -m deployments.prefectserver` takes what `prefect server start` takes.

On SQLite the server could stand still for a minute, with every request unanswered. A statement that finds the database
locked fails, and its cursor is left to the garbage collector, which runs on the event loop. Ending a cursor there waits
until its connection is free; the connection waits for the write lock, and whoever has that waits for the event loop.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import aiosqlite

CLOSE = aiosqlite.Cursor.close


def end_cursors_in_their_threads() -> None:
    """From now on a cursor of aiosqlite that nobody closed is closed by its connection's thread, not by who finds it."""
    aiosqlite.Cursor.close = _close  # type: ignore[assignment, method-assign]
    aiosqlite.Cursor.__del__ = _leave  # type: ignore[attr-defined]


async def _close(cursor: Any) -> None:
    cursor.is_closed = True
    await CLOSE(cursor)


def _leave(cursor: Any) -> None:
    # aiosqlite has no word for this; what it queues without a future is simply done.
    if not getattr(cursor, "is_closed", False):
        cursor._conn._tx.put_nowait((None, cursor._cursor.close))


def main() -> None:
    """Be `prefect server start`."""
    end_cursors_in_their_threads()
    sys.argv = ["prefect", "server", "start", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
