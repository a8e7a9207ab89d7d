"""Whoever does what docs/adding-a-provider.md says has a provider."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import ProviderNotReady, ProviderUnavailable
from studio.providers.align import catalog as aligners
from studio.providers.storage import open_storage
from studio.providers.tts import TTS, catalog
from studio.settings import PROJECT, get_settings
from studio.stages.narration import choose_speaker, narrate
from tests.support.speech import spoken, wav_bytes
from tests.support.till import MemoryTill
from tests.support.vendor import Asked, Said, VendorServer, vendor_server

TEXT = "The sea rises twice a day."
FILE, LINE = re.findall(
    r"^```python\n(.*?)^```", (PROJECT / "docs/adding-a-provider.md").read_text("utf-8"), re.M | re.S
)


@pytest.fixture
def cellar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file is written and the line is in the catalog."""
    (tmp_path / "cellar.py").write_text(FILE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (name, where) = re.findall(r'"(.*?)"', LINE)
    monkeypatch.setitem(catalog.entries, name, where.replace("studio.providers.tts.", ""))
    yield
    sys.modules.pop("cellar", None)


@pytest.fixture
def server() -> Iterator[VendorServer]:
    def answer(asked: Asked) -> Said:
        assert (asked.method, asked.path) == ("POST", "/say")
        return Said(wav_bytes(spoken(asked.json["text"], speed=asked.json["speed"])), "audio/wav")

    with vendor_server(answer) as found:
        yield found


def test_the_page_is_about_one_file_and_one_line() -> None:
    assert len(FILE.splitlines()) < 60
    assert len(LINE.splitlines()) == 1


@pytest.mark.usefixtures("cellar")
def test_the_provider_keeps_the_promises_of_its_role() -> None:
    provider = catalog.open("cellar")

    assert isinstance(provider, TTS)
    assert provider.name == "cellar"
    with pytest.raises(ProviderNotReady, match="CELLAR_ROOT_URL is not set; set it, or use tts 'hibari'"):
        provider.check()


@pytest.mark.usefixtures("cellar")
def test_a_film_is_said_by_it_once_and_its_words_are_found(
    server: VendorServer, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELLAR_ROOT_URL", server.root)
    till = MemoryTill()
    speaker = choose_speaker("en", wanted=None, names=("cellar", "hibari"))
    recordings = [
        narrate(
            TEXT,
            speaker=speaker,
            storage=open_storage(get_settings()),
            aligners=[aligners.open("silence")],
            till=till,
        )
        for _ in range(2)
    ]

    assert {recording.voice for recording in recordings} == {"cellar/barrel"}
    assert "".join(word.text for word in recordings[0].words) == TEXT
    assert len(server.asked) == 1


@pytest.mark.usefixtures("cellar")
def test_its_failures_are_errors_of_ours(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLAR_ROOT_URL", server.root)
    server.fault = "500"
    provider = catalog.open("cellar")
    with pytest.raises(ProviderUnavailable, match="tts 'cellar': it answered 500"):
        provider.speak(TEXT, voice=provider.voices[0])
