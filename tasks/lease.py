"""At most one process works on a film: the last one that opened its record."""

from __future__ import annotations

import logging
import os
import platform
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import psutil

logger = logging.getLogger("tasks.lease")

SAME_START_S = 1.0
"""Start times are read by two processes from the same kernel clock; they differ by rounding only."""


@dataclass(frozen=True)
class Holder:
    """A process, told apart from a later one that got the same number."""

    host: str
    pid: int
    pid_started: float

    def columns(self) -> dict[str, Any]:
        """As the film's row has it."""
        return asdict(self)

    def is_dead(self) -> bool:
        """Whether the process is known to be gone; of another machine's nobody here knows."""
        if self.host != platform.node():
            return False
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.pid_started) <= SAME_START_S
            return not is_same or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True


@cache
def this_process() -> Holder:
    """The process that asks."""
    return Holder(platform.node(), os.getpid(), psutil.Process().create_time())


def leave_to_successor(video_id: str) -> None:
    """
    End this process at once, without a word to Prefect.

    Another process has taken the film over after this one was thought dead. Whatever this one still said
    about the flow run, an error or a success, would be taken for the other's.
    """
    logger.warning("film %s is made by another process now", video_id)
    logging.shutdown()
    os._exit(0)
