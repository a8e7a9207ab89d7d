"""The doors of a product's writer, voice and footage, and whether what went through them was paid once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.support.door import Door
from tests.support.stack import Stack, until


@dataclass(frozen=True)
class Doors:
    """Of the writer, the voice and the footage, in the order in which a film comes to them."""

    llm: Door
    tts: Door
    footage: Door

    @property
    def all(self) -> tuple[Door, Door, Door]:
        return (self.llm, self.tts, self.footage)

    def open(self, *, stalling: bool = False) -> None:
        """Open all that are not; each may stop in the middle of its first answer, or file."""
        for door, path in zip(self.all, ("/v1/chat", "/v1/audio", "/files/"), strict=True):
            if stalling:
                door.kill()
            if door.process is None:
                door.open(stalls_at=path if stalling else "")


def kill_in_the_middle(door: Door) -> str:
    """SIGKILL while half of an answer has gone out; what was asked for."""
    before = sum(each.is_stalled for each in door.passed())

    def stalled() -> list[str]:
        return [each.what for each in door.passed() if each.is_stalled][before:]

    (what, *_) = until(stalled, timeout_s=90, every_s=0.02)
    door.kill()
    return what


def await_answer(door: Door, what: str) -> None:
    """Until the door has answered *what* whole."""
    until(lambda: [each for each in door.passed() if each.what == what and each.is_answered], timeout_s=60)


def ledger(stack: Stack, video_id: str = "") -> list[dict[str, Any]]:
    """Rows of the ledger, of one film or of all."""
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT * FROM purchases WHERE ? IN (video_id, '') ORDER BY id", (video_id,)
        ).fetchall()
    return [dict(row) for row in rows]


def settled(stack: Stack, role: str, video_id: str = "") -> int:
    return sum(row["role"] == role and row["state"] == "settled" for row in ledger(stack, video_id))


def assert_nothing_was_paid_twice(stack: Stack, doors: Doors) -> None:
    """Every paid call that a server answered whole is one row of the ledger, and none was answered whole twice."""
    asked = {"llm": doors.llm.passed("/chat/"), "tts": doors.tts.passed("/audio/")}
    asked["footage"] = [each for each in doors.footage.passed() if not each.path.startswith("/files/")]
    answered = {role: [each.what for each in passed if each.is_answered] for role, passed in asked.items()}
    states = Counter(row["state"] for row in ledger(stack))

    assert {role: len(whats) for role, whats in answered.items()} == {role: settled(stack, role) for role in answered}
    assert all(most == 1 for whats in answered.values() for most in Counter(whats).values())
    assert set(states) <= {"settled", "failed"}
