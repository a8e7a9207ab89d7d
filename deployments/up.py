"""Everything on this machine: Prefect server, worker, API. All of it ends with this process."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import httpx2
from rich.console import Console

from deployments.environment import prefect_environment
from store.migrate import migrate
from studio.settings import PROJECT, get_settings, signing_key

START_S = 120.0
STOP_S = 12.0
_PR_SET_PDEATHSIG = 1


class StartFailed(Exception):
    """One of the processes did not come up; the message says which and where its log is."""


@dataclass
class Household:
    """The child processes, oldest first; the youngest is ended first."""

    logs: Path
    environment: dict[str, str]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *argv: str) -> None:
        """Start a child whose output goes to `logs/NAME.log` and which dies when we are killed."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                argv,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def await_url(self, name: str, url: str, *, timeout_s: float = START_S) -> None:
        """Return when *url* answers 200. Raises StartFailed when the child ends first or time is up."""
        deadline = time.monotonic() + timeout_s
        # One client for all tries: making one takes more of a core than asking does, and what is to start needs it.
        with httpx2.Client(timeout=3, trust_env=False) as client:
            while time.monotonic() < deadline:
                self.check()
                with suppress(httpx2.HTTPError):
                    if client.get(url).status_code == 200:
                        return
                time.sleep(0.15)
        raise StartFailed(f"{name} did not answer within {timeout_s:.0f} s; see {self.logs / name}.log")

    def check(self) -> None:
        """Raise StartFailed when a child has ended by itself."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise StartFailed(f"{name} ended with {child.returncode}; see {self.logs / name}.log")

    def stop(self) -> None:
        """End all of them, politely and then not."""
        for child in reversed(self.children.values()):
            _signal_group(child, signal.SIGTERM)
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.wait()


def up(console: Console) -> None:
    """
    Start everything, print the three addresses and `ready`, and stay until Ctrl-C or SIGTERM.

    Raises:
        StartFailed: a process did not come up, or ended later.
        BadInput: SECRET_KEY can be guessed.
    """
    settings = get_settings()
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    signing_key()
    migrate()
    with _household(Household(logs, _environment())) as house:
        house.start("prefect", sys.executable, "-m", "deployments.prefectserver", "--host", "127.0.0.1",
                    "--port", str(settings.prefect_port))  # fmt: skip
        house.start("api", sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--host",
                    settings.api_host, "--port", str(settings.api_port), "--no-access-log",
                    "--timeout-graceful-shutdown", "5")  # fmt: skip
        house.await_url("prefect", f"http://127.0.0.1:{settings.prefect_port}/api/health")
        house.start("deploy", sys.executable, "-m", "deployments.cli", "deploy")
        _await_exit(house, "deploy")
        house.start("worker", sys.executable, "-m", "deployments.cli", "worker")
        house.await_url("api", f"http://127.0.0.1:{settings.api_port}/health/ready")
        console.print(f"API      {settings.base_url}", highlight=False, soft_wrap=True)
        console.print(f"API docs {settings.base_url}/docs", highlight=False, soft_wrap=True)
        console.print(f"Prefect  http://127.0.0.1:{settings.prefect_port}", highlight=False, soft_wrap=True)
        console.print("ready")
        while True:
            house.check()
            time.sleep(0.5)


def worker_argv() -> list[str]:
    """The worker's command line. How many films are made at once is the limit of the queue `films`, set by `deploy`."""
    return [sys.executable, "-m", "prefect", "worker", "start", "--pool", "video-system", "--type", "process",
            "--install-policy", "never"]  # fmt: skip


def _environment() -> dict[str, str]:
    settings = get_settings()
    return {
        **os.environ,
        **prefect_environment(),
        "PYTHONPATH": str(PROJECT),
        "PREFECT_API_URL": f"http://127.0.0.1:{settings.prefect_port}/api",
        "VIDEO_SYSTEM_HOME": str(settings.home),
    }


@contextmanager
def _household(house: Household) -> Iterator[Household]:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        yield house
    except KeyboardInterrupt:
        pass
    finally:
        house.stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _await_exit(house: Household, name: str) -> None:
    child = house.children.pop(name)
    if child.wait(START_S):
        raise StartFailed(f"{name} ended with {child.returncode}; see {house.logs / name}.log")


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
