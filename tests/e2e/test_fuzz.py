"""Thousands of odd requests to every operation: no unexplained answer, and nothing that the document does not say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.settings import PROJECT
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1600)]

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "10")
"""Random cases of each operation, beside those that the document gives rise to; ten make some two thousand in all."""

PLANS = '{"free": {"waiting": 100000, "films_a_day": 1000000}}'


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Prefect and the API without a worker: films are asked for by the hundred, and nobody has to make them."""
    monkeypatch.setenv("PLANS", PLANS)
    stack = Stack(tmp_path)
    try:
        stack.start_deployed()
        stack.start_api()
        stack.log_in()
        yield stack
    finally:
        stack.house.stop()


def test_no_request_is_answered_in_a_way_that_is_not_documented(server: Stack) -> None:
    fuzzer = str(Path(sys.executable).with_name("st"))
    argv = [
        fuzzer,
        "run",
        f"{server.api}/openapi.json",
        "-H",
        f"Authorization: Bearer {server.token}",
        "--checks",
        "all",
    ]
    argv += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"]
    argv += ["--suppress-health-check", "all"]
    done = subprocess.run(argv, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, timeout=1500)
    counted = re.search(r"(\d+) generated", done.stdout)
    print(counted[0] if counted else done.stdout[-500:])

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert counted is not None
    assert int(counted[1]) > 1000
