"""The JavaScript SDK, by Node's own test runner."""

from __future__ import annotations

import subprocess

from studio.settings import PROJECT
from tests.support.node import node


def test_the_tests_of_the_javascript_sdk_pass() -> None:
    done = subprocess.run(
        [node(), "--test", "--test-reporter=tap"], cwd=PROJECT / "sdk" / "javascript", capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout
