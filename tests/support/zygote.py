"""
Publishes lines of the ledger in processes that can be killed, each ready in a tenth of a second.

`python -m tests.support.zygote`: for each publication id on stdin a child is forked that does what the flow does with the
real tasks; "pid N" is answered, and "end STATUS" when it is over. Prefect is left out: it takes seconds and knows nothing
of the platforms; tests/e2e/test_publishing.py has it in.
"""

from __future__ import annotations

import os
import sys
import uuid
from typing import Any

from studio.errors import VideoSystemError
from studio.providers.publish import (
    instagram,
    instagram_upload,
    patience,
    tiktok,
    tiktok_upload,
    wire,
    x,
    x_upload,
    youtube,
)
from tasks import publish as tasks

SMALL = 16 << 10


def nobody_waits() -> None:
    """Pauses and pieces for servers on this machine and films of a megabyte."""
    for module, name, value in (
        (patience, "WAITS", (0.0, 0.0)),
        (wire, "PAUSES_S", (0.0, 0.0)),
        (wire, "WATCH_BYTES", 100_000),
        (youtube, "POLLS_S", (0.0,)),
        (x, "LOOKS_S", (0.0, 0.0, 0.0)),
        (x_upload, "SMALLEST_SEGMENT", SMALL * 2),
        (x_upload, "SHORTEST_WAIT_S", 0.0),
        (x_upload, "LONGEST_WAIT_S", 0.0),
        (tiktok, "POLL_S", 0.0),
        (tiktok, "LINK_S", 0.0),
        (tiktok_upload, "CHUNK_BYTES", SMALL * 8),
        (instagram, "POLL_S", 0.0),
        (instagram_upload, "POLL_S", 0.0),
        (tasks, "create_markdown_artifact", lambda **_: None),
    ):
        assert hasattr(module, name), name
        setattr(module, name, value)


def publish(publication_id: str) -> None:
    """What flows/publish_video.py does."""
    wanted = tasks.open_publication.fn(publication_id, run_id=str(uuid.uuid4()))
    if wanted == "nothing":
        return
    try:
        if wanted == "withdraw":
            tasks.withdraw.fn(publication_id)
            return
        key = tasks.fetch_film.fn(publication_id)
        published = tasks.publish.fn(publication_id, object_key=key)
    except VideoSystemError as error:
        tasks.set_aside(publication_id, error)
        return
    tasks.conclude.fn(publication_id, published)


def serve(lines: Any) -> None:
    """A child for each line."""
    for line in lines:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                publish(line.strip())
                status = 0
            finally:
                os._exit(status)
        print(f"pid {pid}", flush=True)
        print(f"end {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}", flush=True)


if __name__ == "__main__":
    nobody_waits()
    print("ready", flush=True)
    serve(sys.stdin)
