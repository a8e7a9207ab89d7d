"""
What a worker starts for a run: a process of the fork server, or the engine itself where there is none.

`python -m deployments.engine` stands for the run's process to the worker: it passes signals on and ends as that process ends.
Only the standard library is imported here, so that it is there at once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from types import FrameType
from typing import BinaryIO, NoReturn

ADDRESS = "VIDEO_SYSTEM_FORK_SERVER"
"""Names the socket of the fork server in the environment of a worker."""

STDIO = (0, 1, 2)
PASSED_ON = (signal.SIGTERM, signal.SIGINT)


def main() -> NoReturn:
    """Be the engine of the run that the environment names."""
    server = _connection()
    if server is None:
        _become_engine()
    with server, server.makefile("rb") as answers:
        begun = _message(answers)
        if begun is None:
            # It went away before there was a process.
            _become_engine()
        _pass_signals_on(int(begun["pid"]))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        status = 1
        # Whoever ends first says so: the line is open until the process is gone, also when the fork server has died.
        while (message := _message(answers)) is not None:
            status = int(message["status"])
    _end_as(status)


def _connection() -> socket.socket | None:
    """The fork server, asked for a process, or None where nobody listens."""
    address = os.environ.get(ADDRESS)
    if not address or not hasattr(socket, "AF_UNIX"):
        return None
    # Not of pathlib: importing it would take as long as all else here.
    folder = os.getcwd()  # noqa: PTH109
    request = json.dumps({"environment": dict(os.environ), "folder": folder}).encode()
    # From here on there may be a process: a signal that comes before we know which waits for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(address)
        socket.send_fds(server, [len(request).to_bytes(4, "big")], STDIO)
        server.sendall(request)
    except OSError:
        server.close()
        return None
    return server


def _become_engine() -> NoReturn:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    os.execv(sys.executable, [sys.executable, "-m", "prefect.engine"])  # noqa: S606


def _message(answers: BinaryIO) -> dict[str, int] | None:
    try:
        line = answers.readline()
    except ConnectionResetError:
        return None
    found: dict[str, int] | None = json.loads(line) if line.endswith(b"\n") else None
    return found


def _pass_signals_on(pid: int) -> None:
    """Signals of ours go to the process and all that it has started, as they would without us."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            return

    for number in PASSED_ON:
        signal.signal(number, pass_on)


def _end_as(status: int) -> NoReturn:
    """End with *status*; below zero it is the signal that ended the process."""
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
