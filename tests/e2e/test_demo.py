"""`make demo` as a user runs it, and the film that comes out, measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.models.timeline import Timeline
from studio.settings import PROJECT
from studio.timebase import to_seconds
from tests.support.film import captions_read_back, contact_sheet, container, signal
from tests.support.hearing import error_rate, hanzi, hear, latin_words, onsets, toneless

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ENGLISH = (
    "Why are there tides?",
    "Twice a day, the sea rises and falls along the coast. The Moon pulls on the water nearest to it, and the ocean "
    "bulges toward the Moon. Another bulge forms on the far side, so most coasts see two high tides a day. The Sun helps "
    "too, with 46% of the Moon's pull. When the Sun and the Moon line up, the tide climbs highest.",
)


@dataclass(frozen=True)
class DemoFilm:
    """A finished demonstration film and the timeline it was rendered from."""

    home: Path
    path: Path
    timeline: Timeline
    tail_s: float
    narration: str


def make_demo(home: Path, title: str, description: str) -> DemoFilm:
    """Run the demo command in an environment of its own."""
    environment = {**os.environ, "VIDEO_SYSTEM_HOME": str(home), "TITLE": title, "DESCRIPTION": description}
    done = subprocess.run(
        [Path(sys.executable).parent / "video-system", "demo"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (home / "films").glob("*.mp4")
    row = json.loads(
        subprocess.run(
            [sys.executable, "-c", _ROW], env=environment, cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout
    )
    narration = "".join(scene["narration"] for scene in row["script"]["scenes"])
    return DemoFilm(home, path, Timeline.model_validate(row["timeline"]), 1.2, narration)


_ROW = """
import json
from sqlmodel import select
from store.session import reading
from store.tables import Video
with reading() as session:
    video = session.exec(select(Video)).one()
print(json.dumps({"script": video.script, "timeline": video.timeline}))
"""


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> DemoFilm:
    return make_demo(tmp_path_factory.mktemp("zh"), "", "")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> DemoFilm:
    return make_demo(tmp_path_factory.mktemp("en"), *ENGLISH)


@pytest.fixture(params=["chinese", "english"])
def film(request: pytest.FixtureRequest) -> DemoFilm:
    made: DemoFilm = request.getfixturevalue(request.param)
    return made


def test_the_demo_is_what_the_platforms_take(film: DemoFilm) -> None:
    found = container(film.path)
    print(found)

    assert (found.width, found.height, found.fps) == (1080, 1920, 30)
    assert (found.codec, found.profile, found.pixels) == ("h264", "High", "yuv420p")
    assert (found.sample_rate_hz, found.channels) == (48000, 2)
    assert found.is_constant
    assert found.is_faststart
    assert found.frames == film.timeline.frames


def test_picture_and_sound_end_together_with_the_tail(film: DemoFilm) -> None:
    found = container(film.path)
    last_word = film.timeline.captions[-1].lines[-1][-1].end_frame

    assert abs(found.video_s - found.audio_s) <= 1 / 30
    assert found.video_s - to_seconds(last_word) == pytest.approx(film.tail_s, abs=0.15)


def test_the_demo_is_loud_enough_and_never_black_or_frozen(film: DemoFilm) -> None:
    found = signal(film.path)
    print(found)

    assert found.lufs == pytest.approx(-14, abs=1)
    assert found.dbtp <= -1
    assert found.black_s == 0
    assert found.frozen_s == 0
    assert found.complaints == ""


def test_the_captions_of_the_demo_can_be_read_back(film: DemoFilm) -> None:
    share, read = captions_read_back(film.path, film.timeline)
    print(f"captions read back: {share:.3f} {read}")

    assert share >= 0.97


def test_words_light_up_when_they_are_heard(film: DemoFilm) -> None:
    """Words after a silence only: elsewhere speech has no edge that could be measured."""
    starts = sorted(w.start_frame for cue in film.timeline.captions for line in cue.lines for w in line)
    misses = sorted(
        min(abs(to_seconds(start) - onset) for start in starts)
        for clip in film.timeline.voice
        for onset in onsets(film.home / "objects" / clip.audio.key, after_s=to_seconds(clip.start_frame))
    )
    print(f"{len(misses)} onsets, p90 {misses[int(len(misses) * 0.9)]:.3f} s, worst {misses[-1]:.3f} s")

    assert len(misses) >= 8
    assert misses[int(len(misses) * 0.9)] <= 0.1


def test_the_chinese_demo_is_understood(chinese: DemoFilm, whisper_folder: Path) -> None:
    heard, _ = hear(chinese.path, "zh", folder=whisper_folder)
    characters = error_rate(hanzi(chinese.narration), hanzi(heard))
    syllables = error_rate(toneless(chinese.narration), toneless(heard))
    print(f"CER {characters:.3f}, toneless {syllables:.3f}: {heard}")

    assert characters <= 0.10
    assert syllables <= 0.03


def test_the_english_demo_is_understood(english: DemoFilm, whisper_folder: Path) -> None:
    heard, _ = hear(english.path, "en", folder=whisper_folder)
    words = error_rate(latin_words(english.narration), latin_words(heard))
    print(f"WER {words:.3f}: {heard}")

    assert words <= 0.05


def test_the_demo_has_a_contact_sheet(film: DemoFilm, tmp_path: Path) -> None:
    contact_sheet(film.path, tmp_path / "sheet.png")

    assert (tmp_path / "sheet.png").stat().st_size > 50_000
