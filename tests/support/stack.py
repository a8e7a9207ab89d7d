"""The whole product on free ports in a folder of its own, each process to be killed and started again by a test."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import psutil

from deployments.up import Household
from studio.settings import PROJECT, get_settings
from tests.support.shared import made_once

T = TypeVar("T")

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is asked by TLS; reading all certificates for each request would take most of the tests' own time."""

PLAIN = {"RENDER_TIER": "draft", "RENDER_PREVIEWS": "false"}
"""Settings where the picture is not the subject: its quality is measured in test_demo.py, small copies in test_providers.py."""


COMPLAINT = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|^\w[\w.]*(Error|Exception)\b", re.I)
MOST_COMPLAINTS = 12


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(method: str, url: str, **request: Any) -> httpx2.Response:
    """An answer from this machine; nothing is kept between two calls, neither connections nor cookies."""
    return httpx2.request(method, url, verify=_TLS, trust_env=False, **{"timeout": 45, **request})


def until(ask: Callable[[], T], *, timeout_s: float, every_s: float = 0.1) -> T:
    """The first answer of *ask* that is true."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"nothing within {timeout_s:.0f} s")


@dataclass
class Stack:
    """Prefect server, worker and API, and a user's client."""

    home: Path
    api_port: int = field(default_factory=free_port)
    prefect_port: int = field(default_factory=free_port)
    token: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    """Of this stack only, by the names of the environment."""

    def __post_init__(self) -> None:
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self.house = Household(logs, self._environment())

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def prefect(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}/api"

    def start_prefect(self) -> None:
        words = ("--host", "127.0.0.1", "--port", str(self.prefect_port))
        self._python("prefect", "-m", "deployments.prefectserver", *words)
        self.house.await_url("prefect", f"{self.prefect}/health")

    def start_deployed(self) -> None:
        """Start Prefect as `start_prefect` and `deploy` would leave it: alone they take twelve seconds of a core."""
        shutil.copytree(made_once("prefect", _deployed_prefect), self.home / "prefect", dirs_exist_ok=True)
        self.start_prefect()
        if "PROVIDER_LIMITS" in self.settings:
            # They are kept by whoever deploys.
            self.deploy()

    def start_worker(self) -> None:
        self._python("worker", "-m", "deployments.cli", "worker")

    def start_api(self) -> None:
        self._python("api", "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(self.api_port))
        self.house.await_url("api", f"{self.api}/health/live")

    def deploy(self) -> None:
        self._python("deploy", "-m", "deployments.cli", "deploy")
        assert self.house.children.pop("deploy").wait(120) == 0

    def await_ready(self) -> None:
        self.house.await_url("api", f"{self.api}/health/ready")

    def kill(self, name: str) -> None:
        """SIGKILL, as the kernel does when memory runs out."""
        child = self.house.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def complaints(self) -> str:
        """The last warnings and errors of each process, without their tracebacks."""
        said = []
        for log in sorted((self.home / "logs").glob("*.log")):
            lines = [line for line in log.read_text("utf-8", "replace").splitlines() if COMPLAINT.search(line)]
            said += [f"{log.stem}: {line[:300]}" for line in lines[-MOST_COMPLAINTS:]]
        return "\n".join(said)

    def rest(self) -> None:
        """End everything; the files stay, and each process can be started again."""
        self.house.stop()
        self.house.children.clear()

    def log_in(self, name: str = "someone@example.com") -> None:
        account = {"username": name, "password": "password123"}
        self.post("/auth/register", {**account, "email": "someone@example.com"})
        self.token = self.post("/auth/login", account).json()["data"]["access_token"]
        # A login has a hundred requests an hour, which polling would use up; a key has ten thousand.
        self.token = self.post("/api-keys", {"name": "tests"}).json()["data"]["key"]

    def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        return call("POST", self.api + path, json=body, headers=self._headers())

    def get(self, path: str, **headers: str) -> httpx2.Response:
        url = path if path.startswith("http") else self.api + path
        return call("GET", url, headers={**self._headers(), **headers})

    def generate(self, title: str, description: str = "", **settings: Any) -> str:
        answer = self.post("/video/generate", {"title": title, "description": description, "settings": settings})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["task_id"])

    def task(self, task_id: str) -> dict[str, Any]:
        data: dict[str, Any] = self.get(f"/video/task/{task_id}").json()["data"]
        return data

    def await_status(self, task_id: str, *statuses: str, timeout_s: float = 120) -> dict[str, Any]:
        """The task once its status is one of *statuses*; an end that is none of them fails at once."""

        def ask() -> dict[str, Any] | None:
            task = self.task(task_id)
            ended = task["status"] in ("completed", "failed", "cancelled")
            assert not ended or task["status"] in statuses, (task, self.row(task_id))
            return task if task["status"] in statuses else None

        found = until(ask, timeout_s=timeout_s, every_s=0.2)
        assert found is not None
        return found

    def await_stage(self, task_id: str, stage: str, *, progress: int = 0, timeout_s: float = 60) -> dict[str, Any]:
        """The row once its work has come to *stage* and at least *progress*."""

        def ask() -> dict[str, Any] | None:
            row = self.row(task_id)
            return row if row["stage"] == stage and row["progress"] >= progress else None

        found = until(ask, timeout_s=timeout_s, every_s=0.05)
        assert found is not None
        return found

    def row(self, task_id: str) -> dict[str, Any]:
        """The film's row, read past the product."""
        with closing(sqlite3.connect(self.home / "video-system.db", timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            found = connection.execute("SELECT * FROM videos WHERE id = ?", (task_id,)).fetchone()
        return dict(found)

    def flow_runs(self, task_id: str) -> list[dict[str, Any]]:
        """Every flow run that Prefect has for the film."""
        return [run for run in self._filter("flow_runs") if run["parameters"].get("video_id") == task_id]

    def task_runs(self, run_id: str) -> list[dict[str, Any]]:
        """The flow run's task runs in order of creation, once Prefect, which writes them down later, has all."""

        def settled() -> list[dict[str, Any]] | None:
            before = self._task_runs(run_id)
            time.sleep(1.5)
            now = self._task_runs(run_id)
            is_still = [(run["id"], run["state"]) for run in before] == [(run["id"], run["state"]) for run in now]
            return now if is_still and all(run["state"] for run in now) else None

        found = until(settled, timeout_s=60)
        assert found is not None
        return found

    def _task_runs(self, run_id: str) -> list[dict[str, Any]]:
        runs = self._filter("task_runs", {"flow_runs": {"id": {"any_": [run_id]}}})
        return sorted(runs, key=lambda run: run["created"])

    def cancel(self, run_id: str) -> None:
        """What the cancel button of the Prefect UI does."""
        state = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
        address = f"{self.prefect}/flow_runs/{run_id}/set_state"
        until(lambda: call("POST", address, json=state).is_success, timeout_s=60, every_s=1)

    def encoders(self) -> list[psutil.Process]:
        """Every ffmpeg that works below this stack's folder."""
        found = []
        for process in psutil.process_iter(["name", "cwd"]):
            if "ffmpeg" in (process.info["name"] or "") and str(self.home) in (process.info["cwd"] or ""):
                found.append(process)
        return found

    def _filter(self, kind: str, query: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Asked again while the server's SQLite is busy."""

        def ask() -> list[list[dict[str, Any]]] | None:
            answer = call("POST", f"{self.prefect}/{kind}/filter", json=query or {})
            return [answer.json()] if answer.is_success else None

        found = until(ask, timeout_s=60, every_s=1)
        assert found is not None
        return found[0]

    def _python(self, name: str, *argv: str) -> None:
        self.house.start(name, sys.executable, *argv)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _environment(self) -> dict[str, str]:
        from deployments.environment import prefect_environment

        home = str(get_settings().home)
        prefect = {key: value.replace(home, str(self.home)) for key, value in prefect_environment().items()}
        return {
            **os.environ,
            **prefect,
            "PYTHONPATH": str(PROJECT),
            "VIDEO_SYSTEM_HOME": str(self.home),
            "API_PORT": str(self.api_port),
            "PREFECT_PORT": str(self.prefect_port),
            "PREFECT_API_URL": self.prefect,
            "PRIVATE_ADDRESSES": "true",
            **self.settings,
        }


def _deployed_prefect(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home))
        try:
            stack.start_prefect()
            stack.deploy()
        finally:
            stack.rest()
        for file in (stack.home / "prefect").glob("prefect.db*"):
            shutil.copy(file, folder)


@contextmanager
def running_stack(home: Path, **settings: str) -> Iterator[Stack]:
    """A stack that is ready, with a user who is logged in; all of it is ended afterwards."""
    stack = Stack(home, settings=settings)
    try:
        stack.start_deployed()
        stack.start_api()
        stack.start_worker()
        stack.await_ready()
        stack.log_in()
        yield stack
    finally:
        stack.house.stop()
