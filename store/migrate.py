"""Bring the database to the newest shape."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from studio.settings import get_settings

FOLDER = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def migrate(revision: str = "head") -> None:
    """Apply all migrations up to *revision*. Two processes may do this at once: the second finds nothing to do."""
    get_settings().home.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(), revision)
