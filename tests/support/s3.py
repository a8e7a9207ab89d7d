"""A real S3 server, which checks signatures, on a free port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.support.stack import call, free_port, until

KEY_ID, SECRET = "tests", "a-secret-of-the-tests"


@dataclass(frozen=True)
class Bucket:
    """Where it is, and the folder in which the server keeps its objects as files."""

    endpoint: str
    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """By the names of the environment."""
        return {
            "STORAGE_URL": "s3://films/objects",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }


@contextmanager
def s3_server(folder: Path) -> Iterator[Bucket]:
    """A server with the bucket "films"."""
    port = free_port()
    (folder / "films").mkdir(parents=True)
    environment = {**os.environ, "NANIO_ACCESS_KEY": KEY_ID, "NANIO_SECRET_KEY": SECRET}
    program = [sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder)]
    process = subprocess.Popen(
        [*program, "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def is_up() -> bool:
        with suppress(httpx2.HTTPError):
            return call("GET", f"http://127.0.0.1:{port}/").status_code > 0
        return False

    try:
        until(is_up, timeout_s=20)
        yield Bucket(f"http://127.0.0.1:{port}", folder / "films")
    finally:
        process.terminate()
        process.wait(10)
