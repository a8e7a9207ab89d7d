"""Bring the mix to the platforms' loudness, and measure what the listener gets: the sound after the last encoder."""

from __future__ import annotations

import logging
import math
import re
from pathlib import Path

import ffmpeg

from studio.errors import RenderFailed
from studio.models.rendition import Loudness
from studio.render import command
from studio.render.cache import content_key
from studio.render.filters import Stream
from studio.render.graph import AUDIO
from studio.render.mix import LOOP, MIX, SAMPLE_RATE_HZ, SAMPLES_PER_FRAME, Bed, mix, unpack_music
from studio.render.probe import probe
from studio.render.suite import Suite
from studio.timebase import to_seconds

logger = logging.getLogger("studio.render")

TARGET_LUFS = -14.0
"""Where YouTube, TikTok, Instagram and X leave the sound as it is."""

MAX_DBTP = -1.0
"""True peak after AAC. Source: EBU R 128 s2, ITU-R BS.1770-5."""

TOLERANCE_LU = 0.2
HEADROOM_DB = 1.0
"""The limiter starts this far below MAX_DBTP, for what the encoder adds."""

ROUNDS = 5
LEAST_GAIN_LU = 0.3
"""A round that comes less closer than this is the last: bare drums never get to -14."""

MAX_GAIN_DB = 60.0
SILENT_LUFS = -69.0
"""The meter's gate opens at -70: what reads lower is silence and stays silence."""

FLOOR_DB = -120.0
"""Stands for minus infinity, which JSON has not."""

BIT_RATE = "192k"
OVERSAMPLED_HZ = 192_000
"""The limiter sees peaks between samples only at four times the rate."""


def make_audio(*, name: str, suite: Suite) -> tuple[Path, Loudness]:
    """
    The whole sound of the film as AAC, and its measured loudness.

    Raises:
        UnreadableMedia: a recording or the music is not sound.
        RenderFailed: ffmpeg failed.
    """
    desk = suite.desk(name)
    argv = _lay_out(desk, suite=suite)
    timeline = suite.timeline
    assets = [clip.audio.key for clip in timeline.voice] + ([timeline.music.audio.key] if timeline.music else [])
    key = content_key(mix=argv, master=master(gain_db=0, limit_db=0, frames=timeline.frames), assets=assets)
    audio, sheet = desk / AUDIO, desk / "loudness.json"
    if suite.cache.take(f"{key}.m4a", into=audio) and suite.cache.take(f"{key}.json", into=sheet):
        logger.info("audio %s cached", key[:8])
        return audio, Loudness.model_validate_json(sheet.read_bytes())
    audio.unlink(missing_ok=True)
    suite.crew.run(argv, folder=desk)
    loudness = _master(desk, suite=suite)
    sheet.write_text(loudness.model_dump_json(), "utf-8")
    suite.cache.keep(audio, name=f"{key}.m4a")
    suite.cache.keep(sheet, name=f"{key}.json")
    logger.info("audio %s rendered lufs=%.1f dbtp=%.1f", key[:8], loudness.lufs, loudness.dbtp)
    return audio, loudness


def master(*, gain_db: float, limit_db: float | None, frames: int) -> list[str]:
    """Gain, limiter (None where no peak comes near) and encoder: MIX to AUDIO, exactly *frames* long."""
    length = frames * SAMPLES_PER_FRAME
    sound = ffmpeg.input(MIX).audio.filter("volume", f"{gain_db:.2f}dB")
    if limit_db is not None:
        sound = _limited(sound, limit_db=limit_db)
    sound = sound.filter("apad").filter("atrim", end_sample=length)
    options = {"c:a": "aac", "audio_bitrate": BIT_RATE, "ar": SAMPLE_RATE_HZ, "ac": 2}
    exact = {"map_metadata": -1, "fflags": "+bitexact", "flags:a": "+bitexact", "format": "mp4"}
    return command.compile_run(ffmpeg.output(sound, AUDIO, **options, **exact))


def meter(name: str) -> list[str]:
    """Measure the sound of the file *name*; the figures are in the report."""
    sound = ffmpeg.input(f"file:{name}", vn=None)["a:0"].filter("ebur128", peak="true", framelog="quiet")
    argv = command.compile_run(ffmpeg.output(sound, "-", format="null"))
    argv[argv.index("-loglevel") + 1] = "info"
    return argv


def read_meter(report: str) -> Loudness:
    """Integrated loudness and true peak from the report of `meter`."""
    summary = report[report.rfind("Summary:") :]
    lufs, dbtp = (re.search(pattern, summary) for pattern in (r"I:\s+(\S+) LUFS", r"True peak:\s+Peak:\s+(\S+) dBFS"))
    if lufs is None or dbtp is None:
        raise RenderFailed(f"ffmpeg measured no loudness:\n{report}")
    return Loudness(lufs=max(FLOOR_DB, float(lufs[1])), dbtp=max(FLOOR_DB, float(dbtp[1])))


def _limited(sound: Stream, *, limit_db: float) -> Stream:
    # Without level=false the limiter adds 2 LU by itself, without latency=true the sound is 5 ms late.
    limit = f"{10 ** (limit_db / 20):.5f}"
    sound = sound.filter("aresample", OVERSAMPLED_HZ)
    sound = sound.filter("alimiter", limit=limit, level="false", attack=5, release=50, latency="true")
    return sound.filter("aresample", SAMPLE_RATE_HZ)


def _lay_out(desk: Path, *, suite: Suite) -> list[str]:
    """Put the recordings and the music on the desk, and say how they are mixed."""
    timeline = suite.timeline
    for number, clip in enumerate(timeline.voice):
        suite.lay_out(clip.audio, at=desk / f"voice{number}", kind="audio")
    bed = None
    if timeline.music is not None:
        music = suite.lay_out(timeline.music.audio, at=desk / "music", kind="audio")
        is_short = music.duration < to_seconds(timeline.frames) + 1
        bed = Bed(gain_db=timeline.music.gain_db, loop_samples=_unpack(desk, suite=suite) if is_short else 0)
    return mix([clip.start_frame for clip in timeline.voice], bed=bed, frames=timeline.frames)


def _unpack(desk: Path, *, suite: Suite) -> int:
    suite.crew.run(unpack_music(), folder=desk)
    return round(probe(desk / LOOP).duration * SAMPLE_RATE_HZ)


def _master(desk: Path, *, suite: Suite) -> Loudness:
    """Encode, measure, correct: until the loudness is right, no round helps, or ROUNDS are over."""
    if not suite.timeline.voice and suite.timeline.music is None:
        suite.crew.run(master(gain_db=0, limit_db=None, frames=suite.timeline.frames), folder=desk)
        return Loudness(lufs=FLOOR_DB, dbtp=FLOOR_DB)
    measured = read_meter(suite.crew.run(meter(MIX), folder=desk))
    is_silent = measured.lufs <= SILENT_LUFS
    gain, limit = 0.0 if is_silent else TARGET_LUFS - measured.lufs, MAX_DBTP - HEADROOM_DB
    miss, peak = math.inf, measured.dbtp
    for _ in range(ROUNDS):
        gain = min(gain, MAX_GAIN_DB)
        limit_db = limit if peak + gain > limit else None
        suite.crew.run(master(gain_db=gain, limit_db=limit_db, frames=suite.timeline.frames), folder=desk)
        measured = read_meter(suite.crew.run(meter(AUDIO), folder=desk))
        excess = measured.dbtp - MAX_DBTP
        nearer, miss = miss - abs(TARGET_LUFS - measured.lufs), abs(TARGET_LUFS - measured.lufs)
        if is_silent or (excess <= 0 and (miss <= TOLERANCE_LU or nearer < LEAST_GAIN_LU)):
            break
        gain += TARGET_LUFS - measured.lufs
        limit -= excess + 0.1 if excess > 0 else 0
    return measured
