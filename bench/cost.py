"""What a command costs: processor time and peak memory of it and everything it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.02


@dataclass(frozen=True)
class Cost:
    """*cpu_s* is user and system time of the process tree, *rss_mb* the largest sum of resident memory seen."""

    cpu_s: float
    wall_s: float
    rss_mb: float
    output: str = ""


def measure(argv: list[str], *, cwd: Path | None = None, stdin: int | None = None) -> Cost:
    """Run *argv*; its standard output is kept, a failure ends the bench."""
    started = time.monotonic()
    child = subprocess.Popen(argv, cwd=cwd, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    peak, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(child.pid, peak, done))
    watcher.start()
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if child.returncode:
        raise SystemExit(f"{argv[:3]} ended with {child.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - started, peak[0], output)


def _watch(root: int, peak: list[float], done: threading.Event) -> None:
    while not done.wait(SAMPLE_S):
        peak[0] = max(peak[0], sum(_rss_mb(pid) for pid in _tree(root)))


def _tree(root: int) -> list[int]:
    found, at = [root], 0
    while at < len(found):
        # Any of them may end in between.
        with suppress(OSError):
            for task in Path(f"/proc/{found[at]}/task").iterdir():
                with suppress(OSError):
                    found += [int(word) for word in (task / "children").read_text().split()]
        at += 1
    return found


def _rss_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0
