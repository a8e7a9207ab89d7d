"""What takes long to make and is the same for all: made once a run, by whichever process of the tests needs it first."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "VIDEO_SYSTEM_TESTS_SHARED"
"""Names the run's folder: the process that starts the others sets it, and they inherit it."""


_KEPT: list[tempfile.TemporaryDirectory[str] | None] = []
"""The folder of a process that is no test run, a bench for one: until that ends."""


def share_folder() -> tempfile.TemporaryDirectory[str] | None:
    """The run's folder, which is there as long as what is returned; None in a process that inherited it."""
    if FOLDER in os.environ:
        return None
    folder = tempfile.TemporaryDirectory(prefix="video-system-run-")
    os.environ[FOLDER] = folder.name
    return folder


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder *name*, filled by *make* unless another process has done it; not to be written to."""
    if FOLDER not in os.environ:
        _KEPT.append(share_folder())
    made = Path(os.environ[FOLDER]) / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half = made.with_suffix(".half")
            half.mkdir(exist_ok=True)
            make(half)
            half.rename(made)
    return made
