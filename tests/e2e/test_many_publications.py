"""Fifty films due in one minute at ten accounts, and a process that dies among them: each is there once, within the limits."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from store.repos.publications import AT_ONCE
from tests.media import make_clip
from tests.support.browser import agreed
from tests.support.platforms.server import serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET
from tests.support.platforms.youtube_many import ManyChannels
from tests.support.stack import Stack, call, running_stack, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

ACCOUNTS = 10
FILMS = 5
AHEAD_S = 20
KILL_AFTER = 15
"""So many are there when the process that makes another one, not its first, is killed."""

MOST_S = 240
"""On two cores, together with server, worker and API."""


@contextmanager
def films(folder: Path) -> Iterator[list[str]]:
    """Addresses of films that differ."""
    for number in range(FILMS):
        make_clip(folder / f"{number}.mp4", seconds=2 + number / 10, size=(360, 640), fps="30", with_audio=True)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [f"http://127.0.0.1:{server.server_port}/{number}.mp4" for number in range(FILMS)]
    finally:
        server.shutdown()
        server.server_close()


def connect(stack: Stack, server: ManyChannels, channel: str) -> None:
    """What an owner and a browser do."""
    url = stack.post("/social/accounts/youtube/connect", {}).json()["data"]["authorize_url"]
    page = agreed(stack.get(server.consent(url, channel)))
    assert page.status_code == 200, page.text


def most_at_once(spans: Iterable[tuple[Any, Any]]) -> int:
    """How many of the half-open *spans* hold one moment at most."""
    marks = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, step in sorted(marks, key=lambda mark: (mark[0], mark[1])):
        now += step
        most = max(most, now)
    return most


def ledger(stack: Stack) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM publications")]


def test_fifty_that_are_due_in_one_minute_are_published_once_each_and_within_the_limits(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    with (
        serving(ManyChannels()) as server,
        films(tmp_path / "films") as urls,
        running_stack(
            tmp_path / "stack",
            YOUTUBE_ROOT_URL=server.root,
            GOOGLE_OAUTH_ROOT_URL=server.root,
            YOUTUBE_CLIENT_ID=CLIENT_ID,
            YOUTUBE_CLIENT_SECRET=CLIENT_SECRET,
        ) as stack,
    ):
        assert isinstance(server, ManyChannels)
        for number in range(ACCOUNTS):
            connect(stack, server, f"c{number}")
        accounts = [each["id"] for each in stack.get("/social/accounts").json()["data"]["items"]]
        at = datetime.now(UTC) + timedelta(seconds=AHEAD_S)
        for place, account in enumerate(accounts):
            for number, url in enumerate(urls):
                content = {"title": f"Tides {place} {number}", "video_url": url}
                answer = stack.post(
                    "/social/publish",
                    {"platform": "youtube", "account_id": account, "content": content, "scheduled_at": at.isoformat()},
                )
                assert (answer.status_code, answer.json()["data"]["status"]) == (202, "scheduled"), answer.text
        assert datetime.now(UTC) < at, "written down too slowly to be due together"

        killed: list[dict[str, Any]] = []

        def over() -> list[dict[str, Any]] | None:
            rows = ledger(stack)
            if not killed and sum(row["state"] == "published" for row in rows) > KILL_AFTER:
                held = [row for row in rows if row["pid"] and not row["finished_at"]]
                killed.extend(held[:1])
                for row in killed:
                    os.kill(row["pid"], signal.SIGKILL)
            wrong = [row for row in rows if row["state"] == "failed"]
            assert wrong == []
            return rows if all(row["finished_at"] for row in rows) else None

        rows = until(over, timeout_s=AHEAD_S + MOST_S, every_s=1)
        lasted_s = (datetime.now(UTC) - at).total_seconds()
        runs = call("POST", f"{stack.prefect}/flow_runs/filter", json={"limit": 200}).json()

    assert rows is not None
    spans = [(row["account_id"], row["started_at"], row["finished_at"]) for row in rows]
    uploads = [(begin, end) for _, begin, end in server.sent]
    lanes = {name: most_at_once([(begin, end) for owner, begin, end in spans if owner == name]) for name in accounts}
    channels = {
        name: most_at_once([(begin, end) for owner, begin, end in server.sent if owner == name])
        for name in {owner for owner, _, _ in server.sent}
    }
    busy = most_at_once([(begin, end) for _, begin, end in spans])
    waits = sorted(
        (datetime.fromisoformat(row["finished_at"]) - at.replace(tzinfo=None)).total_seconds() for row in rows
    )
    print(
        f"\n{len(rows)} publications at {ACCOUNTS} accounts in {lasted_s:.0f} s, {lasted_s / len(rows):.1f} s each; "
        f"first after {waits[0]:.0f} s; {busy} at once, {most_at_once(uploads)} uploads at once; {len(runs)} flow runs"
    )
    titles = Counter(video.resource["snippet"]["title"] for video in server.videos.values())
    assert server.refused == []
    assert titles == {f"Tides {place} {number}": 1 for place in range(ACCOUNTS) for number in range(FILMS)}
    assert {row["state"] for row in rows} == {"published"}
    assert {hashlib.sha256(video.film).hexdigest() for video in server.videos.values()} == {
        hashlib.sha256((tmp_path / "films" / f"{number}.mp4").read_bytes()).hexdigest() for number in range(FILMS)
    }
    assert [row["restarts"] for row in rows if row["id"] == killed[0]["id"]] == [1]
    assert set(lanes.values()) == {1}
    assert set(channels.values()) == {1}
    assert 2 <= busy <= AT_ONCE
    assert min(row["started_at"] for row in rows) >= at.replace(tzinfo=None).isoformat(" ")
    assert lasted_s < MOST_S
