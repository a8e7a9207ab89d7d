"""After films were published, refused, interrupted and called off, no token is found anywhere, not even at rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from tests.media import make_clip
from tests.support.platforms.server import LEAK, Fault, serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET
from tests.support.platforms.youtube_many import ManyChannels
from tests.support.stack import Stack, running_stack, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Published:
    """What is left of publishing: the platform's secrets, every answer of ours, and the ledger's last words."""

    stack: Stack
    server: ManyChannels
    states: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    ledger: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def secrets(self) -> list[str]:
        return [*self.server.given, *self.states, CLIENT_SECRET, LEAK]

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.stack.token}"}
        answer = httpx2.request(
            method, path if path.startswith("http") else self.stack.api + path, json=body, headers=headers, timeout=45,
            trust_env=False,
        )  # fmt: skip
        self.answers[f"{len(self.answers)} {method} {path.partition('?')[0]}"] = f"{answer.headers}\n{answer.text}"
        return answer

    def connect(self, channel: str) -> tuple[str, httpx2.Response]:
        answer = self.ask("POST", "/social/accounts/youtube/connect")
        self.answers.popitem()  # its business is to show the state
        url = answer.json()["data"]["authorize_url"]
        self.states.append(url.partition("state=")[2].partition("&")[0])
        page = self.ask("GET", self.server.consent(url, channel))
        accounts = self.ask("GET", "/social/accounts").json()["data"]["items"]
        return next((each["id"] for each in accounts if each["remote_id"] == f"UC{channel}"), ""), page

    def publish(self, title: str, url: str, account_id: str, *ends: str) -> dict[str, Any]:
        order = {"platform": "youtube", "account_id": account_id, "content": {"title": title, "video_url": url}}
        publish_id = self.ask("POST", "/social/publish", order).json()["data"]["publish_id"]

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


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("films")
    for number in range(5):
        make_clip(folder / f"{number}.mp4", seconds=3 + number, size=(360, 640), fps="30", with_audio=True)
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
        "Postponed": ("scheduled", "PROVIDER_UNAVAILABLE"), "Expired": ("failed", "ACCOUNT_EXPIRED"),
    }  # fmt: skip
    assert used.server.refreshed >= 4
    for kind, least in (("access", 6), ("refresh", 2), ("session", 2), ("code", 3)):
        assert sum(secret.startswith(f"CANARY-{kind}") for secret in used.server.given) >= least, kind


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
