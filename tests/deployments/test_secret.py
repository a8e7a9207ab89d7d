"""Nothing starts with a secret that could be guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from deployments.cli import app
from studio.errors import BadInput
from studio.settings import get_settings

GUESSED = "changeme" * 4


@pytest.fixture(autouse=True)
def guessed(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECRET_KEY", GUESSED)
    get_settings.cache_clear()
    return fresh_home


@pytest.mark.parametrize("command", ["up", "doctor"])
def test_a_command_says_what_is_wrong_with_the_secret(guessed: Path, command: str) -> None:
    result = CliRunner().invoke(app, [command])

    assert result.exit_code == 1
    assert "SECRET_KEY: can be guessed; `openssl rand -hex 32` makes one that cannot" in " ".join(result.output.split())
    assert GUESSED not in result.output
    assert not (guessed / "video-system.db").exists()


def test_the_api_does_not_start() -> None:
    with pytest.raises(BadInput, match="SECRET_KEY: can be guessed"), TestClient(create_app()):
        pass
