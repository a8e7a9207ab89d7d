"""`video-system social …` and `make --publish`: what the shell says, and when it says no."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api import connecting
from deployments import social
from deployments.cli import app
from store.repos.social import SocialAccounts
from store.repos.users import Users
from store.session import reading, transaction
from store.tables.social import SocialAccount
from studio.models.publication import Grant, Target, Token
from tests.support.browser import form_in
from tests.support.platforms.server import serving
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET
from tests.support.platforms.youtube_many import ManyChannels

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_home: Path) -> Iterator[Run]:
    """Runs a command; what it does to the environment ends with the test."""
    before = dict(os.environ)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})

    yield invoke
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[ManyChannels]:
    with serving(ManyChannels()) as server:
        assert isinstance(server, ManyChannels)
        for name in ("YOUTUBE_ROOT_URL", "GOOGLE_OAUTH_ROOT_URL"):
            monkeypatch.setenv(name, server.root)
        monkeypatch.setenv("YOUTUBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", CLIENT_SECRET)
        yield server


@pytest.fixture
def browser(google: ManyChannels, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An owner who opens the address that was printed, while the command waits; it holds what was opened."""
    opened: list[str] = []
    begin = social.begin

    def begun(platform: Target, **who: Any) -> Any:
        connecting = begin(platform, **who)
        opened.append(connecting.authorize_url)
        return connecting

    def come_back(_: float) -> None:
        query = parse_qs(urlsplit(google.consent(opened[-1], "tides")).query)
        state, code = query["state"][0], query["code"][0]
        question = connecting.come_back(Target.YOUTUBE, state=state, code=code, error="", language="en")
        form = form_in(question.text)
        assert form is not None
        connecting.confirm(Target.YOUTUBE, token=form.fields["token"], language="en")

    monkeypatch.setattr(social, "begin", begun)
    monkeypatch.setattr(social, "time", SimpleNamespace(monotonic=time.monotonic, sleep=come_back))
    return opened


def accounts() -> list[SocialAccount]:
    with reading() as session:
        return list(SocialAccounts.of_everyone(session).all())


@pytest.fixture
def no_film(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be made in these tests."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a film was made")

    monkeypatch.setattr("deployments.make.make_film", refuse)


def test_an_account_is_connected_listed_and_let_go(run: Run, google: ManyChannels, browser: list[str]) -> None:
    connected = run("social", "connect", "youtube")
    listed = run("social", "list")
    [account] = accounts()
    gone = run("social", "disconnect", account.id)

    assert connected.exit_code == 0, connected.output
    assert browser[0] in connected.output
    assert f"connected Channel tides ({account.id})" in connected.output
    assert all(each in listed.output for each in (account.id, " youtube ", " connected "))
    assert gone.exit_code == 0, gone.output
    assert google.revoked == ["tides"]
    assert accounts() == []


def test_an_account_that_is_connected_again_is_noticed(run: Run, google: ManyChannels, browser: list[str]) -> None:
    first, again = run("social", "connect", "youtube"), run("social", "connect", "youtube")

    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    assert len(accounts()) == 1


def test_nobody_who_comes_back_is_an_error(run: Run, google: ManyChannels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(social, "WAIT_S", 0)
    result = run("social", "connect", "youtube")

    assert result.exit_code == 1
    assert "error nobody came back from the platform within ten minutes" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("social", "connect", "youtube"), "YOUTUBE_CLIENT_ID or YOUTUBE_CLIENT_SECRET is not set"),
        (("social", "connect", "folder"), "there is no 'folder'; known are youtube, x, tiktok, instagram"),
        (("social", "connect", "youtube", "--user", "nobody@example.com"), "there is no account 'nobody@example.com'"),
        (("social", "list", "--user", "nobody@example.com"), "there is no account 'nobody@example.com'"),
        (("social", "disconnect", "account_nope"), "NOT_FOUND"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, words: tuple[str, ...], message: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert message in result.output
    assert result.output.startswith("error ")
    assert "Traceback" not in result.output


def test_a_platform_that_there_is_not_is_refused(run: Run) -> None:
    assert run("social", "connect", "myspace").exit_code == 2


def test_nobody_else_s_account_is_let_go(run: Run, fresh_home: Path) -> None:
    social.owner(None)
    with transaction() as session:
        from store.repos.users import NO_PASSWORD
        from store.tables.users import User

        other = Users(session).add(User(username="ann@example.com", email="a@example.com", password_hash=NO_PASSWORD))
        grant = Grant(remote_id="UC1", name="Tides", token=Token(access="access-1"))
        account = SocialAccounts(session, owner_id=other.id).keep(Target.YOUTUBE, grant)

    assert run("social", "disconnect", account.id).exit_code == 1
    assert len(accounts()) == 1
    assert account.id not in run("social", "list").output
    assert account.id in run("social", "list", "--user", "ann@example.com").output


@pytest.mark.usefixtures("no_film")
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (("myspace",), "publish: there is no 'myspace'; known are youtube, x, tiktok, instagram, folder"),
        (("folder", ""), "publish: there is no ''"),
        (("youtube",), "YOUTUBE_CLIENT_ID or YOUTUBE_CLIENT_SECRET is not set"),
        (("folder", "x:account_1"), "X_CLIENT_ID or X_CLIENT_SECRET is not set"),
    ],
)
def test_a_target_that_cannot_be_published_to_is_refused_before_a_film_is_made(
    run: Run, targets: tuple[str, ...], message: str
) -> None:
    words = [word for target in targets for word in ("--publish", target)]
    result = run("make", "Tides", *words)

    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("no_film")
def test_an_account_that_is_not_connected_is_refused_before_a_film_is_made(run: Run, google: ManyChannels) -> None:
    none, unknown = run("make", "Tides", "--publish", "youtube"), run("make", "Tides", "--publish", "youtube:account_1")

    assert (none.exit_code, unknown.exit_code) == (1, 1)
    assert "connect an account first" in none.output
    assert "there is no such account at youtube" in unknown.output


@pytest.mark.usefixtures("no_film")
def test_a_title_that_the_platform_refuses_is_refused_before_a_film_is_made(
    run: Run, google: ManyChannels, browser: list[str]
) -> None:
    run("social", "connect", "youtube")
    result = run("make", "潮" * 101, "--publish", "youtube")

    assert result.exit_code == 1
    assert "publish.title: has 101 characters; 100 are allowed" in result.output
