"""The command line: what it refuses, and how it says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.accounts import log_in
from api.schemas.auth import Login
from deployments.cli import app
from store.migrate import migrate
from store.repos.users import Users
from store.session import engine, reading
from store.tables.users import User
from studio.settings import get_settings

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_home: Path) -> Iterator[Run]:
    """Runs a command; what it does to the environment ends with the test."""
    before = dict(os.environ)

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    yield invoke
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([""], "title: String should have at least 1 character"),
        (["……"], "title: must hold at least one letter or digit"),
        (["a\x07b"], "title: must not hold control characters"),
        (["x" * 301], "title: String should have at most 300 characters"),
        (["Tides", "--duration", "4"], "duration: Input should be greater than or equal to 5"),
        (["Tides", "--duration", "601"], "duration: Input should be less than or equal to 600"),
        (["Tides", "--description", "x" * 20_001], "description: String should have at most 20000 characters"),
        (["Tides", "--template", "nope"], "template: there is no 'nope'; known are explainer, listicle"),
        (["Tides", "--language", "fr"], "language: 'fr' is not among zh-TW, en"),
        (["Tides", "--language", "?"], "language: '?' is not a BCP 47 tag"),
        (["Tides", "--voice", "nope"], "voice: there is no 'nope'; known are"),
        (["שלום עולם"], "title: holds no word that a voice of en can say"),
    ],
)
def test_make_refuses_what_it_cannot_make_and_names_the_field(run: Run, words: list[str], message: str) -> None:
    result = run("make", *words)

    assert result.exit_code == 1
    assert f"error {message}" in result.output
    assert not (get_settings().home / "video-system.db").exists()


def test_a_refusal_shows_brackets_as_they_are(run: Run) -> None:
    result = run("make", "Tides", "--template", "[bold]x[/italic]")

    assert result.exit_code == 1
    assert "error template: there is no '[bold]x[/italic]'" in result.output


def test_make_refuses_a_script_that_is_no_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "script.txt").write_bytes(b"\xff\xfe\x00")
    result = run("make", "Tides", "--script", str(tmp_path / "script.txt"))

    assert result.exit_code == 1
    assert "error script: " in result.output


def test_make_refuses_an_asset_that_is_no_picture(run: Run, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"no picture")
    result = run("make", "Tides", "--asset", str(tmp_path / "picture.png"))

    assert result.exit_code == 1
    assert "picture.png" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ["make"],
        ["make", "x", "--resolution", "8k"],
        ["make", "x", "--script", "/nowhere"],
        ["make", "x", "--duration", "1.5"],
    ],
)
def test_what_is_no_command_is_a_usage_error(run: Run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


def account(username: str) -> User | None:
    with reading() as session:
        return Users(session).by_name(username)


def test_an_account_is_made_with_a_password_that_was_typed_twice(run: Run) -> None:
    result = run("user", "Someone", "--email", "a@example.com", "--plan", "paid", typed="password123\npassword123\n")
    made = account("someone")

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "someone: plan paid"
    assert made
    assert (made.email, made.plan) == ("a@example.com", "paid")
    assert log_in(Login(username="someone", password="password123")).expires_in == 3600


def test_an_accounts_plan_is_changed_without_a_password(run: Run) -> None:
    run("user", "someone", "--email", "a@example.com", typed="password123\npassword123\n")
    result = run("user", "someone", "--plan", "admin")
    found = account("someone")

    assert result.output == "someone: plan admin\n"
    assert found
    assert found.plan == "admin"


@pytest.mark.parametrize(
    ("words", "typed", "message"),
    [
        (["someone"], "", "username: there is no account 'someone'; give --email to make it"),
        (["someone", "--plan", "gold"], "", "plan: there is no 'gold'; known are free, paid, admin"),
        (["operator", "--email", "a@example.com"], "password123\npassword123\n", "username: is taken"),
        (["someone", "--email", "nobody"], "password123\npassword123\n", "email: value is not a valid email address"),
        (["someone", "--email", "a@example.com"], "pa55w\npa55w\n", "password: String should have at least 8"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_field(run: Run, words: list[str], typed: str, message: str) -> None:
    result = run("user", *words, typed=typed)

    assert result.exit_code == 1
    assert f"error {message}" in result.output


def test_a_refused_password_is_not_shown(run: Run) -> None:
    result = run("user", "someone", "--email", "a@example.com", typed="pa55w\npa55w\n")

    assert result.exit_code == 1
    assert "pa55w" not in result.output


def test_migrate_makes_the_database(run: Run, fresh_home: Path) -> None:
    assert run("migrate").exit_code == 0
    assert (fresh_home / "video-system.db").stat().st_size > 0


def test_openapi_is_written_the_same_each_time(run: Run, tmp_path: Path) -> None:
    first = run("openapi").output
    run("openapi", "--out", str(tmp_path / "openapi.json"))

    assert (tmp_path / "openapi.json").read_text("utf-8") == first
    assert json.loads(first)["info"]["title"] == "Auto Video Generation System"


def test_doctor_ends_well_when_films_can_be_made(run: Run) -> None:
    result = run("doctor")

    assert result.exit_code == 0
    assert "OPENAI_API_KEY is not set" in result.output


def test_doctor_ends_badly_when_they_cannot(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM", "openai")
    get_settings.cache_clear()

    assert run("doctor").exit_code == 1


def test_doctor_names_a_setting_that_is_no_provider(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSIC", "orchestra")
    get_settings.cache_clear()
    result = run("doctor")

    assert result.exit_code == 1
    assert "error music: there is no 'orchestra'; known are packaged" in result.output


def test_the_home_of_a_command_is_the_one_of_the_environment(run: Run, fresh_home: Path) -> None:
    migrate()

    assert engine().url.database == f"{fresh_home}/video-system.db"
