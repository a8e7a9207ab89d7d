"""A creator's own recording becomes scenes with timed words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from studio.errors import BadInput, UnreadableMedia
from studio.models.script import Scene, Script
from studio.providers.align import catalog
from studio.providers.sound import Sound, decode
from studio.providers.storage import Storage, open_storage
from studio.providers.tts.wav import write_wav
from studio.settings import get_settings
from studio.stages.recording import RATE_HZ, narrate_recording
from tests.support.speech import mp3_bytes, spoken

EN = ("Twice a day, the sea rises.", "The Moon pulls on it.", "Now you know why!")
ZH = ("海水每天漲兩次。", "月亮的引力拉著海水。")


@pytest.fixture
def storage(fresh_home: Path) -> Storage:
    return open_storage(get_settings())


def script(texts: Sequence[str], language: str = "en") -> Script:
    scenes = tuple(Scene(narration=text) for text in texts)
    return Script(title="Tides", language=language, scenes=scenes, written_by="creator")


def read(texts: Sequence[str], voice: str, *, gap_s: float = 0.5) -> Sound:
    """Somebody reading *texts* in a room: rests between them, a little noise over all."""
    parts = [spoken(text, voice=voice) for text in texts]
    gap = np.zeros(round(gap_s * parts[0].rate_hz), np.float32)
    samples = np.concatenate([gap, *(piece for part in parts for piece in (part.samples, gap))])
    noise = np.random.default_rng(1).normal(0, 0.001, len(samples))
    return Sound((samples + noise).astype(np.float32), parts[0].rate_hz)


def saved(sound: Sound, folder: Path, name: str = "mine.wav") -> Path:
    path = folder / name
    if name.endswith(".mp3"):
        path.write_bytes(mp3_bytes(sound))
    else:
        write_wav(sound, path)
    return path


@pytest.mark.parametrize(
    ("aligner", "texts", "language", "voice", "name"),
    [
        ("reference", EN, "en", "espeak/en-us", "mine.wav"),
        ("silence", EN, "en", "espeak/en-us", "mine.wav"),
        ("silence", ZH, "zh-TW", "espeak/cmn-latn-pinyin", "mine.mp3"),
        pytest.param("reference", ZH, "zh-TW", "kokoro/zm_yunjian", "mine.wav", marks=pytest.mark.slow),
    ],
)
def test_it_is_cut_into_scenes_in_the_rests_between_them(
    aligner: str, texts: Sequence[str], language: str, voice: str, name: str, tmp_path: Path, storage: Storage
) -> None:
    path = saved(read(texts, voice), tmp_path, name)
    narration = narrate_recording(path, script(texts, language), storage=storage, aligners=[catalog.open(aligner)])

    assert len(narration.recordings) == len(texts)
    for text, recording in zip(texts, narration.recordings, strict=True):
        alone = spoken(text, voice=voice)
        sound = decode(storage.fetch(recording.audio.key), rate_hz=RATE_HZ)

        assert "".join(word.text for word in recording.words) == text
        assert recording.duration == pytest.approx(alone.duration, abs=0.35)
        assert sound.duration == pytest.approx(recording.duration, abs=0.01)
        assert 0 <= recording.words[0].start <= 0.3
        assert recording.words[-1].end <= recording.duration
        assert np.abs(sound.samples).max() > 0.05


def test_scenes_that_are_read_without_a_rest_are_all_there(tmp_path: Path, storage: Storage) -> None:
    path = saved(read(EN, "espeak/en-us", gap_s=0.0), tmp_path)
    narration = narrate_recording(path, script(EN), storage=storage, aligners=[catalog.open("reference")])

    assert ["".join(w.text for w in r.words) for r in narration.recordings] == list(EN)
    assert all(recording.duration > 0.5 for recording in narration.recordings)


@pytest.mark.parametrize("repeated", [1, 12])
def test_a_recording_of_another_length_is_refused_with_both_lengths(
    repeated: int, tmp_path: Path, storage: Storage
) -> None:
    sound = spoken("Hello there, this is short.")
    path = saved(Sound(np.tile(sound.samples, repeated), sound.rate_hz), tmp_path)
    texts = EN * 4 if repeated == 1 else EN[:2]
    with pytest.raises(BadInput, match=r"lasts \d+\.\d s, but saying the script takes about \d+\.\d s") as caught:
        narrate_recording(path, script(texts), storage=storage)

    assert caught.value.field == "narration"


def test_silence_is_refused(tmp_path: Path, storage: Storage) -> None:
    path = saved(Sound(np.zeros(RATE_HZ, np.float32), RATE_HZ), tmp_path)
    with pytest.raises(BadInput, match="nothing is heard"):
        narrate_recording(path, script(EN), storage=storage)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVEjunk"])
def test_what_is_no_sound_is_refused(content: bytes, tmp_path: Path, storage: Storage) -> None:
    path = tmp_path / "mine.wav"
    path.write_bytes(content)
    with pytest.raises(UnreadableMedia):
        narrate_recording(path, script(EN), storage=storage)


def test_a_picture_holds_no_sound(tmp_path: Path, storage: Storage) -> None:
    from PIL import Image

    path = tmp_path / "mine.png"
    Image.new("RGB", (8, 8)).save(path)
    with pytest.raises(UnreadableMedia, match="holds no sound"):
        narrate_recording(path, script(EN), storage=storage)
