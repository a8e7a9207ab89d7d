"""Graphs of the sound: voice in its places, a music bed without a seam, ducked under the voice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ffmpeg

from studio.render import command
from studio.render.filters import Stream
from studio.timebase import FPS

SAMPLE_RATE_HZ = 48_000
SAMPLES_PER_FRAME = SAMPLE_RATE_HZ // int(FPS)

MIX = "mix.wav"
LOOP = "loop.wav"

FADE_OUT_S = 1.5
"""The bed ends with the film instead of being cut off."""

SEAM_S = 2.0
"""The end of a bed flows into its beginning over this long, or over a quarter of a short one."""

DUCKING = {"threshold": 0.02, "ratio": 6, "attack": 15, "release": 350, "knee": 4}
"""Pulls the bed down while somebody speaks, and lets it up again slowly enough not to pump."""

_FLOAT_WAV = {"c:a": "pcm_f32le", "format": "wav", "fflags": "+bitexact", "flags:a": "+bitexact"}


@dataclass(frozen=True, slots=True)
class Bed:
    """The music: its gain, and the samples of LOOP when it is shorter than the film (0: long enough)."""

    gain_db: float
    loop_samples: int = 0


def mix(voice_starts: Sequence[int], *, bed: Bed | None, frames: int) -> list[str]:
    """
    Mix `voice0`, `voice1`, … and `music` (or LOOP) into MIX: 48 kHz stereo float, exactly *frames* long.

    Args:
        voice_starts: frame at which each recording begins.
        bed: None for a film without music.
        frames: length of the film.
    """
    length = frames * SAMPLES_PER_FRAME
    voice = _voice(voice_starts, length=length) if voice_starts else None
    music = _music(bed, length=length) if bed else None
    if voice is not None and music is not None:
        split = voice.filter_multi_output("asplit")
        ducked = ffmpeg.filter([music, split[0]], "sidechaincompress", **DUCKING)
        sound = ffmpeg.filter([split[1], ducked], "amix", inputs=2, normalize=0, duration="first")
    elif voice is not None:
        sound = voice
    else:
        sound = music if music is not None else _silence(length=length)
    return command.compile_run(ffmpeg.output(sound, MIX, **_FLOAT_WAV), is_strict=False)


def unpack_music() -> list[str]:
    """Decode `music` to LOOP: only then is its length known to the sample."""
    music = _plain(command.source("music")["a:0"])
    return command.compile_run(ffmpeg.output(music, LOOP, **_FLOAT_WAV), is_strict=False)


def _voice(starts: Sequence[int], *, length: int) -> Stream:
    placed = [_placed(f"voice{number}", start) for number, start in enumerate(starts)]
    voice = placed[0]
    if len(placed) > 1:
        voice = ffmpeg.filter(placed, "amix", inputs=len(placed), normalize=0, duration="longest", dropout_transition=0)
    return voice.filter("apad").filter("atrim", end_sample=length)


def _placed(name: str, start: int) -> Stream:
    stream = _plain(command.source(name)["a:0"])
    return stream.filter("adelay", f"{start * SAMPLES_PER_FRAME}S", all=1) if start else stream


def _music(bed: Bed, *, length: int) -> Stream:
    music = _looped(bed.loop_samples) if bed.loop_samples else _plain(command.source("music")["a:0"])
    fade = min(FADE_OUT_S, length / SAMPLE_RATE_HZ / 2)
    music = music.filter("volume", f"{bed.gain_db:g}dB").filter("apad").filter("atrim", end_sample=length)
    return music.filter("afade", type="out", start_time=f"{length / SAMPLE_RATE_HZ - fade:.4f}", duration=f"{fade:.4f}")


def _looped(samples: int) -> Stream:
    """
    The bed without end: its head once, then over and over its middle and a turn, in which its tail becomes its head.

    The turn ends where the middle begins, so no two neighbouring samples were ever apart.
    """
    seam = min(int(SEAM_S * SAMPLE_RATE_HZ), samples // 4)
    parts = ffmpeg.input(LOOP).audio.filter_multi_output("asplit", 4)
    head, opening = (parts[number].filter("atrim", end_sample=seam) for number in (0, 1))
    middle = _from_zero(parts[2].filter("atrim", start_sample=seam, end_sample=samples - seam))
    tail = _from_zero(parts[3].filter("atrim", start_sample=samples - seam))
    turn = ffmpeg.filter([tail, opening], "acrossfade", nb_samples=seam, curve1="qsin", curve2="qsin")
    turning = ffmpeg.concat(middle, turn, v=0, a=1).filter("aloop", loop=-1, size=samples - seam)
    return ffmpeg.concat(head, turning, v=0, a=1)


def _plain(stream: Stream) -> Stream:
    return stream.filter("aresample", SAMPLE_RATE_HZ).filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def _from_zero(stream: Stream) -> Stream:
    return stream.filter("asetpts", "PTS-STARTPTS")


def _silence(*, length: int) -> Stream:
    source = ffmpeg.input(f"anullsrc=channel_layout=stereo:sample_rate={SAMPLE_RATE_HZ}", format="lavfi").audio
    return source.filter("atrim", end_sample=length)
