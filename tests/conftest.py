"""One folder for everything that tests write, before anything of ours is imported."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.order import InLines, place_of
from tests.support.shared import made_once, share_folder

_SHARED = share_folder()
_FOLDER = tempfile.TemporaryDirectory(prefix="video-system-tests-")
os.environ["VIDEO_SYSTEM_HOME"] = _FOLDER.name
for _name in (
    "DATABASE_URL",
    "STORAGE_URL",
    "SECRET_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    *(f"{name}_{what}" for name in ("DEEPSEEK", "OLLAMA", "GEMINI", "OPENROUTER") for what in ("API_KEY", "MODEL")),
    "PUBLIC_URL",
    "PEXELS_API_KEY",
    "PIXABAY_API_KEY",
    "FOOTAGE",
    "IMAGEGEN",
    "MUSIC",
    "MUSIC_FOLDER",
    "TTS",
    "LLM",
):
    os.environ.pop(_name, None)
os.environ["DO_NOT_TRACK"] = "1"


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A VIDEO_SYSTEM_HOME of its own: no rows, no objects."""
    from store.session import engine
    from studio.settings import get_settings

    monkeypatch.setenv("VIDEO_SYSTEM_HOME", str(tmp_path))
    get_settings.cache_clear()
    engine.cache_clear()
    yield tmp_path
    engine().dispose()
    get_settings.cache_clear()
    engine.cache_clear()


@pytest.fixture(scope="session")
def whisper_folder() -> Path:
    """Where the speech recogniser is put together."""
    from tests.support.hearing import put_together

    return made_once("whisper", put_together)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever is free takes the next file: in this order."""
    items.sort(key=place_of)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InLines | None:
    """For `--dist loadfile`."""
    return InLines(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that end-to-end tests print, for whoever reads the run later."""
    for report in terminalreporter.stats.get("passed", []):
        if "slow" in report.keywords and report.capstdout:
            terminalreporter.line(f"{report.nodeid}: {report.capstdout.strip()}")
