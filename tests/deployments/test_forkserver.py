"""A fork server, its worker and its clients as real processes; only the engine is a few lines of the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deployments.engine import ADDRESS
from studio.settings import PROJECT
from tests.support.stack import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="each run imports for itself there")

SAYS_WHERE = """
import os, sys, json
print(json.dumps({"pid": os.getpid(), "group": os.getpgid(0), "run": os.environ.get("PREFECT__FLOW_RUN_ID"),
                  "folder": os.getcwd(), "words": sys.argv, "in": sys.stdin.read()}), flush=True)
"""
STAYS = """
import os, signal, subprocess, sys, time
def leave(*_):
    # Not by print: the signal may come while the line below is being flushed, and a second flush is an error there.
    os.write(1, b"asked to leave\\n")
    sys.exit(7)
signal.signal(signal.SIGTERM, leave)
child = subprocess.Popen(["sleep", "60"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


class Worker:
    """A worker's process with a fork server beside it."""

    def __init__(self, folder: Path, engine: str) -> None:
        script = folder / "engine.py"
        script.write_text(engine, "utf-8")
        argv = [sys.executable, "-m", "tests.support.forked", str(script)]
        self.process = subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        self.clients: list[subprocess.Popen[str]] = []

    def run(self, **environment: str) -> subprocess.Popen[str]:
        """What a worker starts for a run."""
        self.clients.append(
            subprocess.Popen(
                [sys.executable, "-m", "deployments.engine"],
                cwd=PROJECT,
                env={**os.environ, ADDRESS: self.address, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return self.clients[-1]

    def fork_server(self) -> psutil.Process:
        """The process behind the socket; between fork and exec it has its parent's name still."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = [child for child in psutil.Process(self.process.pid).children() if "-c" in child.cmdline()]
            if found:
                return found[0]
            time.sleep(0.05)
        raise AssertionError("there is no fork server")

    def end(self) -> None:
        for process in (*self.clients, self.process):
            process.kill()
            process.communicate()


@pytest.fixture
def worker_of(tmp_path: Path) -> Iterator[Callable[[str], Worker]]:
    workers: list[Worker] = []

    def start(engine: str) -> Worker:
        workers.append(Worker(tmp_path, engine))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()


def begun(run: subprocess.Popen[str]) -> tuple[int, int]:
    """Process id of the engine that STAYS, and of what it has started."""
    assert run.stdout
    pid, child = run.stdout.readline().split()
    return int(pid), int(child)


def blocked(pid: int) -> set[int]:
    """Signals that the process lets wait. Source: proc(5), SigBlk."""
    [mask] = [line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "SigBlk" in line]
    return {number for number in range(1, 65) if int(mask, 16) >> (number - 1) & 1}


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_run_has_the_environment_folder_and_streams_of_its_client(worker_of: Callable[[str], Worker]) -> None:
    run = worker_of(SAYS_WHERE).run(PREFECT__FLOW_RUN_ID="abc", LONG="x" * 70_000)

    found = json.loads(run.communicate("words", timeout=20)[0])

    pid = found.pop("pid")
    assert found == {"group": pid, "run": "abc", "folder": str(PROJECT), "words": ["prefect.engine"], "in": "words"}
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("engine", "status"),
    [("import sys; sys.exit(3)", 3), ("import sys; sys.exit('no')", 1), ("1 / 0", 1), ("import sys; sys.exit()", 0)],
)
def test_a_client_ends_as_its_run_ends(worker_of: Callable[[str], Worker], engine: str, status: int) -> None:
    run = worker_of(engine).run()

    run.communicate(timeout=20)

    assert run.returncode == status


def test_what_a_run_starts_hears_the_signals_of_the_client_too(worker_of: Callable[[str], Worker]) -> None:
    run = worker_of(STAYS).run()
    _, child = begun(run)

    run.terminate()

    said, errors = run.communicate(timeout=20)
    assert (said, run.returncode) == ("asked to leave\n", 7), errors
    assert until(lambda: is_gone(child), timeout_s=5)


def test_a_signal_that_comes_before_the_client_knows_its_run_is_passed_on(worker_of: Callable[[str], Worker]) -> None:
    worker = worker_of(STAYS)
    server = worker.fork_server()
    server.suspend()
    run = worker.run()
    until(lambda: signal.SIGTERM in blocked(run.pid), timeout_s=20)
    run.terminate()
    time.sleep(0.2)
    waits = run.poll() is None
    server.resume()

    _, errors = run.communicate(timeout=20)

    assert waits
    # The run may be ended before it has set itself to hear signals.
    assert run.returncode in (7, -signal.SIGTERM), errors


def test_a_client_that_is_killed_takes_its_run_along(worker_of: Callable[[str], Worker]) -> None:
    run = worker_of(STAYS).run()
    pid, child = begun(run)

    run.kill()

    assert until(lambda: is_gone(pid) and is_gone(child), timeout_s=5)


def test_a_run_that_is_killed_takes_its_client_and_what_it_started_along(worker_of: Callable[[str], Worker]) -> None:
    worker = worker_of(STAYS)
    run, other = worker.run(), worker.run()
    begun(other)
    pid, child = begun(run)

    os.kill(pid, signal.SIGKILL)

    assert run.wait(20) == -signal.SIGKILL
    assert until(lambda: is_gone(child), timeout_s=5)
    assert other.poll() is None


def test_runs_outlive_the_worker_and_the_fork_server_goes_with_the_last(worker_of: Callable[[str], Worker]) -> None:
    worker = worker_of(STAYS)
    run = worker.run()
    begun(run)
    server, folder = worker.fork_server(), Path(worker.address).parent

    worker.process.kill()
    worker.process.wait()
    with pytest.raises(AssertionError):
        until(lambda: run.poll() is not None or not server.is_running(), timeout_s=1)
    run.terminate()

    assert run.wait(20) == 7
    assert until(lambda: not server.is_running() and not folder.exists(), timeout_s=10)


def test_a_run_goes_on_and_says_how_it_ended_after_the_fork_server_is_killed(
    worker_of: Callable[[str], Worker],
) -> None:
    worker = worker_of(STAYS)
    run = worker.run()
    begun(run)

    worker.fork_server().kill()
    with pytest.raises(AssertionError):
        until(lambda: run.poll() is not None, timeout_s=0.5)
    run.terminate()

    assert run.communicate(timeout=20)[0] == "asked to leave\n"
    assert run.returncode == 7


@pytest.mark.parametrize("address", ["", "/nowhere/engines"])
def test_without_a_fork_server_the_client_is_the_engine_itself(
    worker_of: Callable[[str], Worker], address: str
) -> None:
    run = worker_of(SAYS_WHERE).run(**{ADDRESS: address, "PREFECT__FLOW_RUN_ID": "no uuid"})

    said, errors = run.communicate(timeout=60)

    assert (run.returncode, said) == (1, "")
    assert "Invalid flow run id" in errors
