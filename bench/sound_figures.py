"""Five mixes that loudness normalisers stumble over, measured after AAC by a meter of our own call."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from bench.workload import MUSIC, SPEECH, make_sound
from studio.models.asset import Asset
from studio.models.shot import ClipShot
from studio.models.timeline import Canvas, CaptionStyle, MusicBed, Timeline, TimelineClip, VoiceClip
from studio.render.film import render_film

SECONDS = 30
MIXES = {
    # name: (voice, music, seconds of voice)
    "normal": (SPEECH, MUSIC, SECONDS),
    "very quiet": (f"0.02*({SPEECH})", f"0.02*({MUSIC})", SECONDS),
    "clipped hot": (f"clip(8*({SPEECH})\\,-0.99\\,0.99)", MUSIC, SECONDS),
    "music-heavy": (f"0.3*({SPEECH})", f"clip(6*({MUSIC})\\,-0.99\\,0.99)", SECONDS),
    "little speech": (SPEECH, None, 4),
}


def five_mixes(media: Path) -> dict[str, Any]:
    """Loudness and true peak of each film."""
    found = {name: _measure(media, *mix) for name, mix in MIXES.items()}
    passes = all(abs(lufs + 14) <= 0.3 and dbtp <= -1 for lufs, dbtp in found.values())
    return {**{name: list(figures) for name, figures in found.items()}, "passes": passes}


def _measure(media: Path, speech: str, music: str | None, seconds: float) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder, files = Path(name), {"clip": media / "clip00.mp4"}

        def sound(key: str, expression: str, length: float) -> Asset:
            files[key] = make_sound(folder / f"{key}.wav", expression, length)
            return Asset(key=key, kind="audio", media_type="", size=0)

        shot = ClipShot(clip=Asset(key="clip", kind="video", media_type="", size=0))
        timeline = Timeline(
            canvas=Canvas(width=64, height=64),
            clips=(TimelineClip(start_frame=0, end_frame=SECONDS * 30, shot=shot),),
            caption_style=CaptionStyle(font="", size_px=1, outline_px=0, centre_y_px=0, max_width_px=0),
            voice=(VoiceClip(audio=sound("voice", speech, seconds), start_frame=15),),
            music=MusicBed(audio=sound("music", music, 20)) if music else None,
        )
        film = render_film(
            timeline, open_asset=lambda asset: files[asset.key], work=folder, cache=folder / "cache", tier="draft"
        )
        return _meter(film.video)


def _meter(film: Path) -> tuple[float, float]:
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-i", str(film), "-vn"]
    report = subprocess.run(
        [*argv, "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr.rpartition("Summary:")[2]
    lufs, dbtp = (re.search(pattern, report) for pattern in (r"I:\s+(\S+) LUFS", r"True peak:\s+Peak:\s+(\S+) dBFS"))
    assert lufs is not None
    assert dbtp is not None
    return float(lufs[1]), float(dbtp[1])
