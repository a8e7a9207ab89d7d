"""
A process that has imported everything and becomes the engine of a run by forking: no run waits for imports.

A worker starts it beside itself (`start_beside`); `deployments.engine` asks it for a process. Linux only: elsewhere forking a
process that has loaded numerical libraries is not safe, and each run imports for itself.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployments.engine import ADDRESS
from studio.errors import UnknownName
from studio.settings import get_settings

ASKING_S = 5.0
"""How long a client may take over its request: until then nobody else is served."""

PACKAGES = ("studio", "store", "tasks", "flows")


@dataclass(frozen=True)
class Request:
    """What a client wants to run, and the line to it."""

    client: socket.socket
    stdio: tuple[int, ...]
    environment: dict[str, str]
    folder: str


def start_beside() -> dict[str, str]:
    """
    Start a fork server that lives as long as this process, whatever is executed in it; give the variables that name it.

    Its socket listens before this returns: who comes while it still imports waits for no longer than the imports take.
    """
    if sys.platform != "linux" or not get_settings().fork_server:
        return {}
    folder = tempfile.mkdtemp(prefix="video-system-")
    address = str(Path(folder) / "engines")
    lifeline, held = os.pipe()
    # Not closed on exec: it stays with this process when that becomes the worker.
    os.set_inheritable(held, True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        subprocess.Popen(
            [sys.executable, "-m", "deployments.forkserver", str(listener.fileno()), str(lifeline), folder],
            pass_fds=(listener.fileno(), lifeline),
            start_new_session=True,
        )
    os.close(lifeline)
    return {ADDRESS: address}


class ForkServer:
    """One thread, one selector: a fork copies nothing else that could hold a lock."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self.listener = listener
        self.clients: dict[int, socket.socket] = {}
        self.is_wanted = True
        self._woken, self._wake = os.pipe()
        self._lifeline = lifeline
        self._selector = selectors.DefaultSelector()
        for ready in (listener, lifeline, self._woken):
            self._selector.register(ready, selectors.EVENT_READ)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # The end of the worker is the lifeline's end; its runs end as the worker wants.
            signal.signal(number, signal.SIG_IGN)
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def serve(self) -> Request | None:
        """Fork for each request until the worker is gone and all runs have ended. A request: this is the new process."""
        while self.is_wanted or self.clients:
            for key, _ in self._selector.select():
                if key.fileobj is self.listener:
                    request = self._forked()
                    if request is not None:
                        return request
                elif key.fileobj == self._woken:
                    self._reap()
                elif key.fileobj == self._lifeline:
                    self._leave()
                elif isinstance(key.fileobj, socket.socket):
                    self._end_run_of(key.fileobj)
        return None

    def _forked(self) -> Request | None:
        client, _ = self.listener.accept()
        try:
            request = _read(client)
        except (OSError, ValueError):
            client.close()
            return None
        pid = os.fork()
        if pid == 0:
            self._let_go()
            return request
        for number in request.stdio:
            os.close(number)
        self.clients[pid] = client
        self._selector.register(client, selectors.EVENT_READ)
        return None

    def _let_go(self) -> None:
        """In the new process: nothing of the server's is left."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._selector.close()
        for held in (self._woken, self._wake, self._lifeline):
            os.close(held)
        self.listener.close()
        for client in self.clients.values():
            client.close()

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, 4096)
        while self.clients:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            # An encoder does not outlive the run that reads what it writes.
            _kill(pid)
            with self.clients.pop(pid) as client, suppress(OSError):
                self._forget(client)
                _say(client, status=os.waitstatus_to_exitcode(status))

    def _end_run_of(self, client: socket.socket) -> None:
        """A client says nothing after its request: it has been killed, and so is what it stands for."""
        self._forget(client)
        for pid, of in self.clients.items():
            if of is client:
                _kill(pid)

    def _leave(self) -> None:
        self.is_wanted = False
        self._forget(self._lifeline)
        self._forget(self.listener)
        self.listener.close()

    def _forget(self, ready: socket.socket | int) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(ready)


def import_everything() -> None:
    """All that a run may need. What an optional extra is missing for says so when it is used."""
    for name in ("prefect.engine", "prefect.flow_engine"):
        importlib.import_module(name)
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            with suppress(ImportError):
                importlib.import_module(module.name)


def read_what_films_read() -> None:
    """Dictionaries, fonts, icons and the check sums of the voices: what the studio keeps once it has read it."""
    from studio.language.keywords import keywords
    from studio.picture.iconwords import find_icon
    from studio.picture.typography import displayable
    from studio.providers import tts
    from studio.providers.fallback import ready_ones
    from studio.providers.tts.chinese import pinyin_of
    from studio.providers.tts.english import english_units

    keywords("The moon pulls the sea.", "en")
    keywords("月亮拉著海水。", "zh-TW")
    find_icon("The moon pulls the sea.", chinese=False)
    find_icon("月亮拉著海水。", chinese=True)
    english_units("The moon pulls the sea.")
    pinyin_of("月亮拉著海水。")
    displayable("月")
    with suppress(UnknownName):
        # A name that is wrong is told to whom it concerns: to the film that asks for it.
        ready_ones(tts.catalog, get_settings().tts)


def become_engine(request: Request) -> None:
    """
    Run what `python -m prefect.engine` runs, as the process that *request* asks for.

    Raises:
        SystemExit: as the engine ends.
    """
    os.setsid()
    _say(request.client, pid=os.getpid())
    for number, handed in enumerate(request.stdio):
        os.dup2(handed, number)
        os.close(handed)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    _forget_settings()
    sys.argv = ["prefect.engine"]
    warnings.filterwarnings("ignore", "'prefect.engine' found in sys.modules", RuntimeWarning)
    status = 1
    try:
        runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        raise
    finally:
        # For the client, should the fork server be gone when this process ends.
        with suppress(OSError):
            _say(request.client, status=status)


def _forget_settings() -> None:
    """What was read from the fork server's environment is read again from the run's."""
    from prefect.context import refresh_global_settings_context

    from store.session import engine

    refresh_global_settings_context()
    get_settings.cache_clear()
    engine.cache_clear()


def _read(client: socket.socket) -> Request:
    """
    What *client* asks for: stdin, stdout and stderr, four bytes of length, and JSON.

    Raises:
        OSError: it does not say it in time.
        ValueError: it says something else.
    """
    client.settimeout(ASKING_S)
    head, stdio, _, _ = socket.recv_fds(client, 4, 3)
    length = int.from_bytes(head, "big")
    body = b""
    while len(body) < length:
        more = client.recv(length - len(body))
        if not more:
            raise ConnectionResetError
        body += more
    client.settimeout(None)
    asked: dict[str, Any] = json.loads(body)
    return Request(client, tuple(stdio), asked["environment"], asked["folder"])


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _say(client: socket.socket, **message: int) -> None:
    client.sendall(json.dumps(message).encode() + b"\n")


def main() -> None:
    """`python -m deployments.forkserver LISTENER LIFELINE FOLDER`, as `start_beside` starts it."""
    listener, lifeline, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    server = ForkServer(socket.socket(fileno=listener), lifeline)
    import_everything()
    read_what_films_read()
    gc.collect()
    # What is never freed is never copied either.
    gc.freeze()
    request = server.serve()
    if request is None:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        become_engine(request)


if __name__ == "__main__":
    main()
