"""Migrations and models are the same database, on both engines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from store.migrate import alembic_config, migrate
from store.session import database_url, engine
from studio.settings import PROJECT, get_settings

OURS = {"users", "refresh_tokens", "videos"}


def tables() -> set[str]:
    return set(inspect(engine()).get_table_names()) - {"alembic_version"}


def test_migrated_tables_are_those_of_the_models(database: str) -> None:
    migrate()
    command.check(alembic_config())

    assert tables() >= OURS


def test_migrations_lead_there_and_back_and_there_again(database: str) -> None:
    migrate()
    command.downgrade(alembic_config(), "base")
    empty = tables()
    migrate()
    command.check(alembic_config())

    assert empty == set()
    assert tables() >= OURS


def test_migrating_twice_changes_nothing(database: str) -> None:
    migrate()
    before = tables()
    migrate()

    assert tables() == before


@pytest.mark.slow
def test_four_processes_may_migrate_at_once(database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    program = "from store.migrate import migrate; print('ready', flush=True); input(); migrate()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=environment, cwd=tmp_path, stdin=-1, stdout=-1, stderr=-1, text=True
        )
        for _ in range(4)
    ]
    assert [process.stdout and process.stdout.readline() for process in processes] == ["ready\n"] * 4
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    endings = [process.communicate(timeout=60)[1][-500:] for process in processes]

    assert [process.returncode for process in processes] == [0] * 4, endings
    assert tables() >= OURS


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_any_spelling_of_postgresql_gets_the_driver_that_we_install(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://me:secret@db/films")
    get_settings.cache_clear()

    assert database_url() == "postgresql+psycopg://me:secret@db/films"


def test_without_an_address_the_database_is_a_file_at_home(fresh_home: Path) -> None:
    assert database_url() == f"sqlite:///{fresh_home}/video-system.db"
