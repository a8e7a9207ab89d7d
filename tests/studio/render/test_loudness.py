"""The sound of finished films, measured by our own meter on the encoded file and by its samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.errors import RenderFailed, UnreadableMedia
from studio.models.rendition import Loudness
from studio.models.timeline import MusicBed, VoiceClip
from studio.render.crew import Crew
from studio.render.loudness import meter, read_meter
from tests.media import make_sound
from tests.studio.render.conftest import Studio, drawn, film
from tests.studio.render.measure import audio_seconds, samples

pytestmark = pytest.mark.usefixtures("grey")

SPEECH = "0.2*sin(2*PI*220*t)*gt(sin(2*PI*2*t)\\,-0.5)+0.02*random(0)"
HZ = 48_000


def measured(path: Path) -> Loudness:
    return read_meter(Crew(timeout_s=30).run(meter(path.name), folder=path.parent))


def voice(studio: Studio, *, seconds: float = 2, expression: str = SPEECH, at: int = 0) -> VoiceClip:
    path = make_sound(studio.root / f"voice{at}.wav", seconds=seconds, expression=expression)
    return VoiceClip(audio=studio.asset(path, "audio"), start_frame=at)


def music(studio: Studio, *, seconds: float, expression: str, suffix: str = "wav") -> MusicBed:
    path = make_sound(studio.root / f"music.{suffix}", seconds=seconds, expression=expression)
    return MusicBed(audio=studio.asset(path, "audio"))


def level_db(sound: np.ndarray, start: float, end: float) -> float:
    part = sound[:, int(start * HZ) : int(end * HZ)]
    return float(20 * np.log10(np.sqrt((part**2).mean()) + 1e-9))


def test_a_film_without_sound_has_a_silent_track_as_long_as_the_picture(studio: Studio) -> None:
    made = studio.render(film(drawn(0, 31)))

    assert audio_seconds(made.video) == pytest.approx(31 / 30, abs=1 / 30)
    assert np.abs(samples(made.video)).max() == 0
    assert made.loudness.lufs <= -70


def test_a_silent_voice_stays_silent(studio: Studio) -> None:
    made = studio.render(film(drawn(0, 30), voice=(voice(studio, seconds=1, expression="0"),)))

    assert np.abs(samples(made.video)).max() < 1e-4


@pytest.mark.parametrize("gain", ["0.003", "0.2", "3"])
def test_quiet_and_loud_voices_come_out_at_the_same_loudness(studio: Studio, gain: str) -> None:
    spoken = f"{gain}*(0.7*sin(2*PI*220*t)+0.3*random(0))*gt(sin(2*PI*2*t)\\,-0.5)"

    made = studio.render(film(drawn(0, 60), voice=(voice(studio, expression=spoken),)))

    assert made.loudness.lufs == pytest.approx(-14, abs=0.3)
    assert made.loudness.dbtp <= -1
    assert measured(made.video) == made.loudness


def test_music_alone_is_as_loud_as_a_voice_and_fades_out(studio: Studio) -> None:
    bed = music(studio, seconds=4, expression="0.1*random(0)+0.1*sin(2*PI*110*t)")

    made = studio.render(film(drawn(0, 120), music=bed))

    sound = samples(made.video)
    assert made.loudness.lufs == pytest.approx(-14, abs=0.3)
    assert level_db(sound, 3.9, 4.0) < level_db(sound, 1, 2) - 15


def test_a_voice_starts_at_its_frame(studio: Studio) -> None:
    beep = "0.5*sin(2*PI*1000*t)"
    clips = (voice(studio, seconds=0.5, expression=beep, at=15), voice(studio, seconds=0.5, expression=beep, at=75))

    sound = np.abs(samples(studio.render(film(drawn(0, 120), voice=clips)).video)).max(axis=0)

    loud = np.flatnonzero(sound > 0.1)
    assert loud[0] / HZ == pytest.approx(0.5, abs=0.01)
    assert loud[loud > 2 * HZ][0] / HZ == pytest.approx(2.5, abs=0.01)
    assert sound[int(1.2 * HZ) : int(2.3 * HZ)].max() < 0.02


def test_a_voice_pulls_the_music_down(studio: Studio) -> None:
    bed = music(studio, seconds=6, expression="0.5*sin(2*PI*100*t)")
    spoken = voice(studio, seconds=2, expression="0.4*sin(2*PI*1500*t)", at=60)

    sound = samples(studio.render(film(drawn(0, 180), voice=(spoken,), music=bed)).video)

    def bass_db(start: float) -> float:
        part = sound[0, int(start * HZ) : int((start + 0.5) * HZ)]
        return float(20 * np.log10(np.abs(np.fft.rfft(part))[50]))

    assert bass_db(1.0) - bass_db(3.0) > 4


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_a_short_bed_is_looped_without_a_gap_or_a_click(studio: Studio, suffix: str) -> None:
    # A rising level makes the jump at a hard loop point plain.
    bed = music(studio, seconds=2, expression="(0.05+0.15*t)*sin(2*PI*100*t)", suffix=suffix)

    sound = samples(studio.render(film(drawn(0, 240), music=bed)).video)[0]

    levels = [level_db(sound[None], at, at + 0.05) for at in np.arange(0.2, 6.3, 0.05)]
    steps = np.abs(np.diff(levels))
    body = sound[: int(6.3 * HZ)]
    assert min(levels) > -40
    assert steps.max() < 3
    assert np.abs(np.diff(body, 2)).max() < 0.01


def test_junk_behind_an_mp3_is_forgiven(studio: Studio) -> None:
    path = make_sound(studio.root / "music.mp3", seconds=2, expression="0.2*sin(2*PI*100*t)+0.02*random(0)")
    path.write_bytes(path.read_bytes() + bytes(range(255, 0, -1)) * 20)

    made = studio.render(film(drawn(0, 60), music=MusicBed(audio=studio.asset(path, "audio"))))

    assert made.loudness.lufs == pytest.approx(-14, abs=0.3)


def test_five_short_voices_and_a_bed_are_the_same_film_twice(studio: Studio) -> None:
    clips = tuple(voice(studio, seconds=0.4, at=number * 20) for number in range(5))
    timeline = film(drawn(0, 120), voice=clips, music=music(studio, seconds=1, expression="0.1*sin(2*PI*100*t)"))

    first, second = studio.render(timeline), studio.render(timeline)

    assert first.loudness == second.loudness


def test_a_voice_that_is_no_sound_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    broken = VoiceClip(audio=studio.asset(tmp_path / "a.wav", "audio"), start_frame=0)

    with pytest.raises(UnreadableMedia):
        studio.render(film(drawn(0, 30), voice=(broken,)))


def test_a_report_without_figures_is_a_failure() -> None:
    with pytest.raises(RenderFailed, match="measured no loudness"):
        read_meter("nothing to see")
