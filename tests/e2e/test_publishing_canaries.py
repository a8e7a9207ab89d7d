"""After films were published, refused, interrupted and called off, no token is found anywhere, not even at rest."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from studio.providers.publish.youtube_client import GRAIN
from tests.media import make_clip
from tests.support.browser import agreed, form_in
from tests.support.platforms.server import LEAK, Asked, Fault, serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET, Video
from tests.support.platforms.youtube_many import ManyChannels
from tests.support.stack import Stack, call, running_stack, until

LONG = 5
"""The number of the first film of several chunks."""

SECOND_CHUNK = f"bytes {GRAIN}-"
HELD_S = 30.0
"""So long the platform takes for a chunk while the run is cancelled: longer than a worker needs to notice."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Published:
    """What is left of publishing: the platform's secrets, every answer of ours, and the ledger's last words."""

    stack: Stack
    server: ManyChannels
    states: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    ledger: dict[str, dict[str, Any]] = field(default_factory=dict)
    renewal: tuple[str, list[str]] = field(default_factory=lambda: ("", []))
    """The token that the platform has forgotten in the middle of an upload, and those that it gave instead."""
    cut_session: str = ""
    """The upload session of the run that was cancelled."""

    @property
    def secrets(self) -> list[str]:
        return [*self.server.given, *self.states, CLIENT_SECRET, LEAK]

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.stack.token}"}
        answer = call(
            method, path if path.startswith("http") else self.stack.api + path, json=body, headers=headers
        )  # fmt: skip
        self.answers[f"{len(self.answers)} {method} {path.partition('?')[0]}"] = f"{answer.headers}\n{answer.text}"
        return answer

    def connect(self, channel: str) -> tuple[str, httpx2.Response]:
        answer = self.ask("POST", "/social/accounts/youtube/connect")
        self.answers.popitem()  # its business is to show the state
        url = answer.json()["data"]["authorize_url"]
        self.states.append(url.partition("state=")[2].partition("&")[0])
        question = self.ask("GET", self.server.consent(url, channel))
        if form := form_in(question.text):
            self.answers.popitem()  # its business is to hold what the yes is sent with
            self.states.append(form.fields["token"])
        page = agreed(question)
        self.answers[f"{len(self.answers)} POST callback"] = f"{page.headers}\n{page.text}"
        accounts = self.ask("GET", "/social/accounts").json()["data"]["items"]
        return next((each["id"] for each in accounts if each["remote_id"] == f"UC{channel}"), ""), page

    def publish(self, title: str, url: str, account_id: str, *ends: str) -> dict[str, Any]:
        return self.outcome(title, self.begin(title, url, account_id), *ends)

    def begin(self, title: str, url: str, account_id: str) -> str:
        order = {"platform": "youtube", "account_id": account_id, "content": {"title": title, "video_url": url}}
        return str(self.ask("POST", "/social/publish", order).json()["data"]["publish_id"])

    def outcome(self, title: str, publish_id: str, *ends: str) -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.stack.get(f"/social/publications/{publish_id}").json()["data"]
            return shown if shown["status"] in ends else None

        found = until(over, timeout_s=90, every_s=0.3)
        assert found is not None
        self.ask("GET", f"/social/publications/{publish_id}")
        self.ledger[title] = found
        return found

    def found_in(self, texts: dict[str, bytes]) -> list[tuple[str, str]]:
        """Which secret is in which of *texts*."""
        return [(secret, where) for secret in self.secrets for where, text in texts.items() if secret.encode() in text]

    def publish_with_a_token_that_ends_in_the_middle(self, title: str, url: str, account_id: str) -> None:
        """Its platform forgets the token when the second chunk comes, before that is acted on."""
        refused: list[str] = []

        def end_tokens(_: int, when: str, asked: Asked) -> None:
            if when == "before" and asked.headers.get("content-range", "").startswith(SECOND_CHUNK) and not refused:
                refused.append(asked.headers["authorization"].removeprefix("Bearer "))
                self.server.access.clear()

        self.server.hook = end_tokens
        self.publish(title, url, account_id, "published")
        self.server.hook = None
        [old] = refused
        later = self.server.given[self.server.given.index(old) + 1 :]
        self.renewal = old, [each for each in later if each.startswith("CANARY-access")]

    def publish_and_cancel_the_run_in_the_middle(self, title: str, url: str, account_id: str) -> None:
        """What an operator does in the Prefect UI while the second chunk is on its way."""
        held = Fault("PUT /upload/youtube/v3/videos", "slow", skip=1, seconds=HELD_S)
        self.server.faults = [held]
        publish_id = self.begin(title, url, account_id)
        until(lambda: held.times == 0, timeout_s=90, every_s=0.1)
        self.cut_session = list(self.server.sessions)[-1]
        with closing(sqlite3.connect(self.stack.home / "video-system.db", timeout=10)) as connection:
            (run_id,) = connection.execute("SELECT run_id FROM publications WHERE id = ?", (publish_id,)).fetchone()
        self.stack.cancel(run_id)
        self.outcome(title, publish_id, "cancelled")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("films")
    for number in range(LONG):
        make_clip(folder / f"{number}.mp4", seconds=3 + number, size=(360, 640), fps="30", with_audio=True)
    for number in (LONG, LONG + 1):
        # Bytes behind the film that players pass over: several chunks without encoding for minutes.
        make_clip(folder / f"{number}.mp4", seconds=2, size=(360, 640), fps="30", with_audio=True)
        free = struct.pack(">I4s", 4 * GRAIN, b"free") + random.Random(number).randbytes(4 * GRAIN - 8)
        with (folder / f"{number}.mp4").open("ab") as film:
            film.write(free)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, films: str) -> Iterator[Published]:
    # Tokens that live so shortly are renewed before each use.
    with (
        serving(ManyChannels(lives_s=120)) as server,
        running_stack(
            tmp_path_factory.mktemp("publishing"),
            YOUTUBE_ROOT_URL=server.root,
            GOOGLE_OAUTH_ROOT_URL=server.root,
            YOUTUBE_CLIENT_ID=CLIENT_ID,
            YOUTUBE_CLIENT_SECRET=CLIENT_SECRET,
        ) as stack,
    ):
        assert isinstance(server, ManyChannels)
        day = Published(stack, server)
        tides, _ = day.connect("tides")
        published = day.publish("Good", f"{films}/0.mp4", tides, "published")
        upload = "PUT /upload/youtube/v3/videos"
        server.faults += [Fault(upload, "reset", after_bytes=1_000), Fault(upload, "lost answer", skip=1)]
        day.publish("Interrupted", f"{films}/1.mp4", tides, "published")
        day.publish_with_a_token_that_ends_in_the_middle("Renewed", f"{films}/{LONG}.mp4", tides)
        day.publish_and_cancel_the_run_in_the_middle("Called off", f"{films}/{LONG + 1}.mp4", tides)
        server.faults = [Fault("POST /upload/youtube/v3/videos", "status", times=9, status=400)]
        day.publish("Refused", f"{films}/2.mp4", tides, "failed")
        server.faults = [Fault("POST /upload/youtube/v3/videos", "status", times=9, status=503)]
        day.publish("Postponed", f"{films}/3.mp4", tides, "scheduled")
        server.faults = []
        day.ask("POST", f"/social/publications/{day.ledger['Postponed']['id']}/cancel")
        day.ask("DELETE", f"/social/publications/{published['id']}")
        removed = f"/social/publications/{published['id']}"
        until(lambda: stack.get(removed).json()["data"]["status"] == "withdrawn", timeout_s=60, every_s=0.3)
        moons, _ = day.connect("moons")
        for token in [each for each, channel in server.channels.items() if channel == "moons"]:
            server.access.pop(token, None)
            del server.channels[token]
        day.publish("Expired", f"{films}/4.mp4", moons, "failed")
        server.scopes = "nothing"
        assert day.connect("winds")[1].status_code == 400
        for path in ("/social/accounts", "/social/platforms", "/social/publications", "/openapi.json"):
            day.ask("GET", path)
        day.ask("DELETE", f"/social/accounts/{moons}")
        yield day


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_that_gives_tokens_away_has_happened(used: Published) -> None:
    ends = {title: (shown["status"], (shown["error"] or {}).get("code")) for title, shown in used.ledger.items()}

    assert ends == {
        "Good": ("published", None), "Interrupted": ("published", None), "Refused": ("failed", "PROVIDER_REJECTED"),
        "Renewed": ("published", None), "Called off": ("cancelled", None),
        "Postponed": ("scheduled", "PROVIDER_UNAVAILABLE"), "Expired": ("failed", "ACCOUNT_EXPIRED"),
    }  # fmt: skip
    assert used.server.refreshed >= 4
    for kind, least in (("access", 6), ("refresh", 2), ("session", 2), ("code", 3)):
        assert sum(secret.startswith(f"CANARY-{kind}") for secret in used.server.given) >= least, kind


def test_a_token_that_ends_in_the_middle_of_an_upload_is_renewed_and_the_film_arrives_once(
    used: Published, films: str
) -> None:
    arrived = [video.film for video in used.server.videos.values() if titled(video, "Renewed")]
    film = call("GET", f"{films}/{LONG}.mp4").content
    old, instead = used.renewal

    assert [hashlib.sha256(each).digest() for each in arrived] == [hashlib.sha256(film).digest()]
    assert len(instead) == 1
    assert {old, *instead} <= set(used.secrets)
    assert used.ledger["Renewed"]["bytes_sent"] == len(film)


def test_nothing_stays_of_a_run_that_an_operator_cancels_in_the_middle_of_an_upload(used: Published) -> None:
    assert used.cut_session in used.server.given
    assert used.cut_session not in used.server.sessions
    assert [video for video in used.server.videos.values() if titled(video, "Called off")] == []
    assert used.ledger["Called off"]["url"] is None


def titled(video: Video, title: str) -> bool:
    return bool(video.resource["snippet"]["title"] == title)


def test_prefect_has_no_token_in_runs_logs_or_artifacts(used: Published) -> None:
    files = files_below(used.stack.home / "prefect")

    assert any(b"Interrupted" in content for name, content in files.items() if ".db" in name)
    assert used.found_in(files) == []


def test_no_log_has_a_token(used: Published) -> None:
    files = files_below(used.stack.home / "logs")

    assert b"/social/callback/youtube" in files["api.log"]
    assert used.found_in(files) == []


def test_no_answer_of_the_api_has_a_token(used: Published) -> None:
    assert len(used.answers) > 20
    assert used.found_in({where: text.encode() for where, text in used.answers.items()}) == []


def test_our_own_database_and_everything_beside_it_has_no_token(used: Published) -> None:
    files = files_below(used.stack.home)

    assert any(b"UCtides" in content for name, content in files.items() if name.startswith("video-system.db"))
    assert used.found_in(files) == []
