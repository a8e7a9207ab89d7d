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


@dataclass(frozen=True)
class Holder:
    """A process, told apart from a later one that got the same number."""

    host: str
    pid: int
    pid_started: float

    def columns(self) -> dict[str, Any]:
        """As the film's row has it."""
        return asdict(self)


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
