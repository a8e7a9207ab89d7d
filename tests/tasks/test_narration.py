"""A film has one voice, whatever happens to the first choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from studio.errors import (
    BadInput,
    ObjectMissing,
    OverBudget,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.models.brief import Brief
from studio.models.script import Scene, Script
from studio.providers.storage import open_storage, store_file
from studio.providers.tts import catalog
from studio.settings import get_settings
from tasks import narration as module
from tasks.lease import this_process
from tasks.narration import narrate, narrate_scene
from tests.support.migrated import take_migrated
from tests.support.speech import spoken, wav_bytes
from tests.support.voices import FakeVendor

SCRIPT = Script(
    title="Tides",
    language="en",
    scenes=(Scene(narration="The sea rises."), Scene(narration="The Moon pulls.")),
    written_by="creator",
)


@pytest.fixture
def film(fresh_home: Path) -> str:
    """A film of this process whose script left a warning."""
    take_migrated(fresh_home)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="Tides"), owner_id=Users(session).operator().id)
        videos.change(video.id, warnings=["short notes"], **this_process().columns())
        return video.id


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    """The first provider in TTS; scenes are said without Prefect."""
    found = FakeVendor()
    monkeypatch.setattr("tests.support.voices.opened", lambda: found, raising=False)
    monkeypatch.setitem(catalog.entries, "vendor", "tests.support.voices:opened")
    monkeypatch.setenv("TTS", "vendor,hibari")
    monkeypatch.setattr(module, "_scene_of", lambda text, *, is_fresh, **inputs: narrate_scene.fn(text, **inputs))
    get_settings.cache_clear()
    yield found
    get_settings.cache_clear()


def warnings_of(film: str) -> list[str]:
    with reading() as session:
        video = Videos.of_everyone(session).get(film)
    return list(video.warnings or ()) if video else []


def voices(film: str, **wishes: Any) -> list[str]:
    return [recording.voice for recording in narrate(Brief(title="Tides", **wishes), SCRIPT, video_id=film).recordings]


def test_the_first_choice_says_the_film_without_a_warning(film: str, vendor: FakeVendor) -> None:
    assert voices(film) == ["vendor/any", "vendor/any"]
    assert warnings_of(film) == ["short notes"]


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailable("tts", "vendor", "it answered 500"),
        ProviderNotReady("tts", "vendor", "the key was refused"),
        OverBudget("tts", "vendor", "the day's budget is spent"),
    ],
)
@pytest.mark.parametrize("scene", [0, 1])
def test_a_voice_that_fails_in_any_scene_is_replaced_in_all_and_the_record_says_so(
    film: str, vendor: FakeVendor, error: ProviderError, scene: int
) -> None:
    vendor.error, vendor.fails_from = error, scene

    assert voices(film) == ["hibari/heart", "hibari/heart"]
    assert warnings_of(film) == ["short notes", f"The film is said by hibari/heart instead, because {error}."]


def test_a_warning_is_written_once_however_often_the_run_starts_again(film: str, vendor: FakeVendor) -> None:
    vendor.error = ProviderUnavailable("tts", "vendor", "it answered 500")
    for _ in range(2):
        voices(film)

    assert len(warnings_of(film)) == 2


def test_a_text_that_is_refused_is_not_taken_elsewhere(film: str, vendor: FakeVendor) -> None:
    vendor.error = ProviderRejected("tts", "vendor", "not this")
    with pytest.raises(ProviderRejected):
        voices(film)


def test_when_nobody_can_say_it_the_last_reason_stands(
    film: str, vendor: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS", "vendor")
    get_settings.cache_clear()
    vendor.error = ProviderUnavailable("tts", "vendor", "it answered 500")
    with pytest.raises(ProviderUnavailable, match="it answered 500"):
        voices(film)


def test_a_speed_that_the_voice_has_not_is_said(film: str, vendor: FakeVendor) -> None:
    vendor.speeds = (0.7, 1.2)
    voices(film, speed=2.0)

    assert warnings_of(film)[-1] == "vendor/any cannot speak at 2 times its pace; it speaks at 1.2."


def test_the_operators_lexicon_is_used(
    film: str, vendor: FakeVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lexicon.json").write_text(json.dumps({"en": {"sea": "see"}}), "utf-8")
    monkeypatch.setenv("LEXICON", str(tmp_path / "lexicon.json"))
    get_settings.cache_clear()
    voices(film)

    assert vendor.said == ["The see rises.", "The Moon pulls."]


def test_a_recording_without_its_words_is_refused(film: str) -> None:
    with pytest.raises(BadInput, match="needs the words"):
        narrate(Brief(title="Tides", narration="sha256/…"), SCRIPT, video_id=film)


def test_a_creators_own_recording_is_cut(film: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cut_recording", module.cut_recording.fn)
    storage = open_storage(get_settings())
    (tmp_path / "mine.wav").write_bytes(wav_bytes(spoken("The sea rises. The Moon pulls.")))
    key = store_file(storage, tmp_path / "mine.wav", kind="audio").key
    own = {"narration": key, "script": "The sea rises.\nThe Moon pulls."}

    assert voices(film, **own) == ["own", "own"]
    with pytest.raises(ObjectMissing):
        voices(film, **{**own, "narration": f"sha256/00/{'0' * 64}.wav"})
