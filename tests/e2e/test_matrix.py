"""
A process killed with -9 at every request to every platform, before and after it was acted on: one publication each.

`.venv/bin/pytest -m slow -s tests/e2e/test_matrix.py` prints the matrix.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from store.migrate import migrate
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.repos.users import NO_PASSWORD, Users
from store.session import engine, transaction
from store.tables.base import new_id, utc_now
from store.tables.social import Publication
from store.tables.users import User
from studio.models.publication import Grant, Target, Token
from studio.providers.storage import open_storage, store_file
from studio.settings import PROJECT, get_settings
from tests.media import make_clip
from tests.support.platforms.instagram import ACCOUNT, InstagramPlatform
from tests.support.platforms.server import Asked, Platform, serving
from tests.support.platforms.tiktok import TikTokPlatform
from tests.support.platforms.x import USER, XPlatform
from tests.support.platforms.youtube import YouTubePlatform
from tests.support.zygote import SMALL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST_RUNS = 8
"""A killed process and those after it; each may be set aside once more."""

Phase = Literal["before", "after"]


@dataclass(frozen=True)
class Case:
    """A platform of the tests, and how to look into it."""

    target: Target
    make: Callable[[], Platform]
    settings: dict[str, str]
    remote_id: str
    films: Callable[[Any], list[bytes]]
    received: Callable[[Any], int]
    resumes: bool = True


CASES = (
    Case(
        Target.YOUTUBE,
        YouTubePlatform,
        {"YOUTUBE_ROOT_URL": "", "GOOGLE_OAUTH_ROOT_URL": "", "YOUTUBE_CLIENT_ID": "a", "YOUTUBE_CLIENT_SECRET": "b"},
        "UC1",
        lambda server: [bytes(video.film) for video in server.visible],
        lambda server: server.received,
    ),
    Case(
        Target.X,
        XPlatform,
        {"X_ROOT_URL": "", "X_CLIENT_ID": "a", "X_CLIENT_SECRET": "b"},
        USER,
        lambda server: list(server.films),
        lambda server: server.received,
    ),
    Case(
        Target.TIKTOK,
        lambda: TikTokPlatform(smallest=SMALL * 8),
        {"TIKTOK_ROOT_URL": "", "TIKTOK_CLIENT_KEY": "a", "TIKTOK_CLIENT_SECRET": "b"},
        "open-1",
        lambda server: [bytes(upload.received) for upload in server.visible],
        lambda server: server.bytes_in,
    ),
    Case(
        Target.INSTAGRAM,
        InstagramPlatform,
        {"INSTAGRAM_ROOT_URL": "", "INSTAGRAM_APP_ID": "a", "INSTAGRAM_APP_SECRET": "b"},
        ACCOUNT,
        lambda server: [bytes(post.container.received) for post in server.visible],
        lambda server: server.bytes_in,
    ),
)


@dataclass
class Zygote:
    """Forks a process for each publication."""

    process: subprocess.Popen[str]
    pid: int = 0
    kill_at: tuple[int, Phase] | None = None
    killed: list[str] = field(default_factory=list)

    def run(self, publication_id: str) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(publication_id + "\n")
        self.process.stdin.flush()
        self.pid = int(self.process.stdout.readline().split()[1])
        return int(self.process.stdout.readline().split()[1])

    def hook(self, number: int, phase: Phase, asked: Asked) -> None:
        if self.kill_at == (number, phase):
            self.kill_at = None
            self.killed.append(f"{asked.method} {asked.path}")
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


@contextmanager
def zygote(settings: dict[str, str]) -> Iterator[Zygote]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.zygote"],
        cwd=PROJECT,
        env={**os.environ, **settings, "DO_NOT_TRACK": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield Zygote(process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("matrix")
    before = os.environ["VIDEO_SYSTEM_HOME"]
    os.environ["VIDEO_SYSTEM_HOME"] = str(folder)
    get_settings.cache_clear()
    engine.cache_clear()
    migrate()
    yield folder
    engine().dispose()
    os.environ["VIDEO_SYSTEM_HOME"] = before
    get_settings.cache_clear()
    engine.cache_clear()


@pytest.fixture(scope="module")
def film(home: Path) -> tuple[str, bytes]:
    """Object key and content of a film of four seconds."""
    path = make_clip(home / "film.mp4", seconds=4, size=(360, 640), fps="30", with_audio=True)
    return store_file(open_storage(get_settings()), path, kind="video").key, path.read_bytes()


def line(case: Case, owner: User, object_key: str) -> str:
    with transaction() as session:
        grant = Grant(
            remote_id=case.remote_id,
            name="Tides",
            token=Token(access="access-1", refresh="refresh-1", expires_at=utc_now() + timedelta(days=1)),
        )
        account = SocialAccounts(session, owner_id=owner.id).keep(case.target, grant)
        visibility = "private" if case.target in (Target.YOUTUBE, Target.TIKTOK) else "public"
        row = Publication(
            owner_id=owner.id,
            platform=case.target,
            account_id=account.id,
            object_key=object_key,
            post={"title": "潮汐", "visibility": visibility},
        )
        return Publications(session, owner_id=owner.id).add(row).id


def state_of(publication_id: str) -> str:
    with transaction() as session:
        found = Publications.of_everyone(session).get(publication_id)
    assert found is not None
    return f"{found.state}" + (
        f" ({found.error_message})" if found.error_message and found.state != "published" else ""
    )


def published(case: Case, child: Zygote, owner: User, film: tuple[str, bytes], server: Platform) -> str:
    """How one publication ended, killed where the zygote was told to."""
    publication_id = line(case, owner, film[0])
    for _ in range(MOST_RUNS):
        child.run(publication_id)
        if state_of(publication_id).startswith(("published", "failed")):
            break
    return verdict(case, state_of(publication_id), film[1], server)


def verdict(case: Case, state: str, film: bytes, server: Platform) -> str:
    films, share = case.films(server), case.received(server) / len(film)
    if state != "published":
        return state
    if server.refused:
        return f"broke the protocol: {server.refused[0]}"
    if len(films) != 1:
        return f"{len(films)} visible"
    if hashlib.sha256(films[0]).digest() != hashlib.sha256(film).digest():
        return "another film arrived"
    return "one" if share <= 1.1 or not case.resumes else f"one, but {share:.2f} times the bytes"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.target.value)
def test_whatever_request_the_process_dies_at_one_film_is_there(
    case: Case, home: Path, film: tuple[str, bytes]
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(case.make()))
        roots = {name: value or server.root for name, value in case.settings.items()}
        child = stack.enter_context(zygote({**roots, "VIDEO_SYSTEM_HOME": str(home)}))
        with transaction() as session:
            owner = Users(session).add(User(username=new_id("u"), email="a@example.com", password_hash=NO_PASSWORD))
        undisturbed = published(case, child, owner, film, server)
        requests = len(server.asked)
        found: dict[tuple[int, Phase], str] = {}
        for number in range(1, requests + 1):
            for phase in ("before", "after"):
                fresh = case.make()
                for name, value in vars(fresh).items():
                    if name not in ("root", "lock", "closing", "hook"):
                        setattr(server, name, value)
                server.hook = child.hook
                child.kill_at = (number, phase)
                found[number, phase] = published(case, child, owner, film, server)
                assert child.kill_at is None, f"request {number} never came"
                print(f"{case.target:<9} {number:>2} {phase:<6} {child.killed[-1]:<60.60} {found[number, phase]}")

    print(f"{case.target}: {len(found)} deaths at {requests} requests")
    assert undisturbed == "one"
    assert requests >= 5
    assert {place: outcome for place, outcome in found.items() if outcome != "one"} == {}
