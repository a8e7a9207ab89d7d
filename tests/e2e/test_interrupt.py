"""Ctrl-C in a terminal while `video-system make` renders."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.settings import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

BRIEF = (
    "Why are there tides?", "--description", "The Moon pulls on the sea. The Sun pulls too, and about half as hard. "
    "Most coasts see two high tides a day. Tides are highest at new and full moon.",
)  # fmt: skip
SOON_S = 30
"""It takes five seconds on an idle machine; while Prefect's server got the key too, it took more than seventy."""


def test_ctrl_c_ends_the_film_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    environment = {**os.environ, "VIDEO_SYSTEM_HOME": str(home), "COLUMNS": "150"}
    keyboard, terminal = pty.openpty()
    command = [str(Path(sys.executable).parent / "video-system"), "make", *BRIEF, "--out", str(out)]
    making = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdin=terminal, stdout=terminal, stderr=terminal,
        preexec_fn=lambda: at_the_keyboard(terminal),
    )  # fmt: skip
    os.close(terminal)
    shown = read_until(keyboard, b"render", at_most_s=120)
    # As after any key: some frames are made by then.
    time.sleep(2)
    os.write(keyboard, b"\x03")
    pressed = time.monotonic()
    shown += read_until(keyboard, None, at_most_s=SOON_S)
    status = making.wait(SOON_S)

    assert (status, time.monotonic() - pressed < SOON_S) == (130, True), shown.decode(errors="replace")
    assert b"Traceback" not in shown
    assert list((home / "work").iterdir()) == []
    assert not out.exists()
    assert column(home / "video-system.db", "SELECT completed_at IS NOT NULL FROM videos") == [1]
    assert column(home / "prefect" / "temporary.db", "SELECT state_type FROM flow_run") == ["CRASHED"]


def at_the_keyboard(terminal: int) -> None:
    """As a shell starts what one waits for: a session with that terminal, and Ctrl-C not ignored, as in the background."""
    os.login_tty(terminal)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def read_until(keyboard: int, wanted: bytes | None, *, at_most_s: float) -> bytes:
    """What is shown until *wanted* is, or until the terminal is left."""
    shown, end = b"", time.monotonic() + at_most_s
    while time.monotonic() < end and (wanted is None or wanted not in shown):
        if select.select([keyboard], [], [], 0.2)[0]:
            try:
                part = os.read(keyboard, 65_536)
            except OSError:
                break
            if not part:
                break
            shown += part
    return shown


def column(database: Path, query: str) -> list[object]:
    with sqlite3.connect(database) as connection:
        return [value for (value,) in connection.execute(query)]
