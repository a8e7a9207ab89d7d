"""Cursors that nobody closed, on two real connections of which one waits for the other."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiosqlite
import pytest

from deployments import prefectserver
from studio.settings import PROJECT


@pytest.fixture
def _ended_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiosqlite.Cursor, "close", aiosqlite.Cursor.close)
    monkeypatch.setattr(aiosqlite.Cursor, "__del__", None, raising=False)
    prefectserver.end_cursors_in_their_threads()


async def cursor_that_failed(connection: aiosqlite.Connection) -> aiosqlite.Cursor:
    """One that met a lock, as SQLAlchemy leaves it: with its statement, and not closed."""
    await connection.execute("PRAGMA busy_timeout = 1")
    cursor = await connection.cursor()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await cursor.execute("BEGIN IMMEDIATE")
    await connection.execute("PRAGMA busy_timeout = 5000")
    return cursor


async def garbage_beside_a_writer(path: Path) -> bool:
    """Collect a cursor whose connection waits for what only this thread can end; whether that had not waited in vain."""
    by_hand = {"isolation_level": None}
    async with aiosqlite.connect(path, **by_hand) as writer, aiosqlite.connect(path, **by_hand) as other:
        await writer.execute("PRAGMA journal_mode = WAL")
        await writer.execute("BEGIN IMMEDIATE")
        circle: list[object] = [await cursor_that_failed(other)]
        circle.append(circle)
        gc.collect()
        waiting = asyncio.create_task(other.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0.2)
        del circle
        gc.collect()
        await writer.execute("COMMIT")
        await waiting
        return other.in_transaction


@pytest.mark.usefixtures("_ended_in_threads")
def test_garbage_holds_up_nobody_whose_connection_waits(tmp_path: Path) -> None:
    assert asyncio.run(garbage_beside_a_writer(tmp_path / "some.db"))


@pytest.mark.usefixtures("_ended_in_threads")
def test_a_cursor_that_was_closed_is_left_alone(tmp_path: Path) -> None:
    async def work() -> int:
        async with aiosqlite.connect(tmp_path / "some.db") as connection:
            cursor = await connection.execute("SELECT 1")
            await cursor.close()
            del cursor
            return connection._tx.qsize()

    assert asyncio.run(work()) == 0


def test_it_takes_the_words_of_prefect() -> None:
    argv = [sys.executable, "-m", "deployments.prefectserver", "--help"]

    said = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=60)

    assert said.returncode == 0, said.stderr
    assert "prefect server start" in said.stdout
    assert "--port" in said.stdout
