"""Databases in their newest shape, made once a process and copied: migrating takes longer than most tests."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from store.migrate import migrate
from store.session import engine
from studio.settings import get_settings

_FOLDER = tempfile.TemporaryDirectory(prefix="video-system-migrated-")


def take_migrated(home: Path) -> None:
    """Put a migrated database without rows into *home*, a VIDEO_SYSTEM_HOME."""
    shutil.copyfile(_file(), home / _file().name)


def migrate_aside(**environment: str) -> None:
    """Migrate the database that *environment* means, and no other afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        _forget()
        migrate()
        engine().dispose()
    _forget()


@cache
def _file() -> Path:
    migrate_aside(VIDEO_SYSTEM_HOME=_FOLDER.name)
    return Path(_FOLDER.name) / "video-system.db"


def _forget() -> None:
    get_settings.cache_clear()
    engine.cache_clear()
