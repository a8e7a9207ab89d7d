"""The film that all figures are about: twelve scenes of stock-like clips, captions, speech-like sound, music."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from studio.models.asset import Asset, AssetKind
from studio.models.shot import CaptionLook, ClipShot
from studio.models.timeline import (
    Canvas,
    CaptionCue,
    CaptionWord,
    MusicBed,
    Timeline,
    TimelineClip,
    VoiceClip,
)

CANVAS = Canvas(width=1080, height=1920)
LOOK = CaptionLook(fill="#ffffff", highlight="#ffe500", outline="#101010")
LENGTHS = (62, 90, 75, 70, 81, 66, 90, 75, 72, 84, 63, 72)
"""Frames of the twelve scenes: 900 in all."""

SPEECH = (
    "0.25*(sin(2*PI*130*t+3*sin(2*PI*3*t))+0.5*sin(2*PI*390*t)+0.3*random(0))"
    "*gt(sin(2*PI*2.3*t)+sin(2*PI*0.41*t)\\,-0.3)"
)
MUSIC = "0.15*(sin(2*PI*110*t)+sin(2*PI*165*t)+sin(2*PI*220*t))*(0.6+0.4*sin(2*PI*2*t))+0.03*random(1)"

# (width, height, fps, Mb/s, picture): sizes and rates that stock libraries hand out; every picture moves and has grain.
_SOURCES = (
    (1920, 1080, "24000/1001", 12, "mandelbrot=size=480x270:start_scale=2"),
    (1920, 1080, "25", 8, "testsrc2=size=480x270"),
    (1920, 1080, "30000/1001", 10, "life=size=240x135:mold=10:ratio=0.2:seed=1:death_color=#204080:life_color=#e0c080"),
    (1920, 1080, "50", 14, "mandelbrot=size=480x270:start_x=-0.8:start_y=0.15:start_scale=0.4"),
    (1080, 1920, "24", 9, "mandelbrot=size=270x480:start_scale=1"),
    (1080, 1920, "25", 8, "life=size=135x240:mold=5:ratio=0.3:seed=2:death_color=#803020:life_color=#c0e0ff"),
    (1080, 1920, "30", 12, "testsrc2=size=270x480"),
    (1280, 720, "30", 4, "mandelbrot=size=320x180:start_x=-1.2:start_scale=0.8"),
    (720, 1280, "30", 3, "life=size=90x160:mold=20:ratio=0.25:seed=3:death_color=#305030:life_color=#ffe0a0"),
    (2560, 1440, "30", 16, "mandelbrot=size=640x360:start_scale=1.5"),
    (3840, 2160, "30", 22, "mandelbrot=size=640x360:start_x=-0.4:start_y=0.6:start_scale=0.6"),
    (1920, 1080, "25", 10, "life=size=320x180:mold=30:ratio=0.15:seed=4:death_color=#402060:life_color=#80ffe0"),
)
CLIP_S = 4.0


@dataclass(frozen=True)
class Workload:
    """Timeline, and the local files of its assets by key."""

    timeline: Timeline
    files: dict[str, Path]

    def save(self, path: Path) -> Path:
        files = {key: str(file) for key, file in self.files.items()}
        path.write_text(json.dumps({"timeline": self.timeline.model_dump(mode="json"), "files": files}))
        return path


def load(path: Path) -> Workload:
    saved = json.loads(path.read_text())
    return Workload(
        Timeline.model_validate(saved["timeline"]), {key: Path(file) for key, file in saved["files"].items()}
    )


def make_workload(
    folder: Path, *, lengths: tuple[int, ...] = LENGTHS, with_sound: bool = True, last_word: str = "sunset"
) -> Workload:
    """A film of one scene for each of *lengths* (frames), from the twelve clips in turn; *last_word* is in scene 2."""
    # Here, so that the process that is measured does not pay for what only makes its task.
    from studio.picture.captions import caption_style

    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}

    def asset(path: Path, kind: AssetKind) -> Asset:
        files[path.name] = path
        return Asset(key=path.name, kind=kind, media_type="", size=path.stat().st_size)

    sources = [asset(make_source(folder, number), "video") for number in range(min(len(lengths), len(_SOURCES)))]
    clips, cues, at = [], [], 0
    for number, frames in enumerate(lengths):
        shot = ClipShot(clip=sources[number % len(sources)], start=0.1 * (number // len(sources) % 10))
        clips.append(TimelineClip(start_frame=at, end_frame=at + frames, shot=shot))
        cues += _cues(at, frames, number, last_word if number == 1 else "sunset")
        at += frames
    voice, music = (), None
    if with_sound:
        voice = (VoiceClip(audio=asset(make_sound(folder / "voice.wav", SPEECH, at / 30), "audio"), start_frame=0),)
        music = MusicBed(audio=asset(make_sound(folder / "music.wav", MUSIC, 20), "audio"))
    timeline = Timeline(
        canvas=CANVAS,
        clips=tuple(clips),
        captions=tuple(cues),
        caption_style=caption_style(CANVAS, "en"),
        voice=voice,
        music=music,
    )
    return Workload(timeline, files)


def make_source(folder: Path, number: int) -> Path:
    """Clip *number* of the twelve; made once."""
    width, height, fps, rate, picture = _SOURCES[number]
    path = folder / f"clip{number:02d}.mp4"
    if not path.exists():
        pan = "crop=iw*0.9:ih*0.9:x='(iw-ow)/2*(1+sin(t))':y='(ih-oh)/2*(1+cos(t*1.3))'"
        graph = f"{pan},scale={width}:{height}:flags=bicubic,noise=alls=9:allf=t:all_seed={number},format=yuv420p"
        words = ["-f", "lavfi", "-i", f"{picture}:rate={fps}", "-t", str(CLIP_S), "-vf", graph, "-c:v", "libx264"]
        words += ["-preset", "veryfast", "-b:v", f"{rate}M", "-maxrate", f"{rate}M", "-bufsize", f"{rate}M"]
        run_ffmpeg(*words, "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", str(path))
    return path


def make_sound(path: Path, expression: str, seconds: float) -> Path:
    run_ffmpeg("-f", "lavfi", "-i", f"aevalsrc={expression}:s=48000:d={seconds:.3f}", "-ac", "1", str(path))
    return path


def run_ffmpeg(*words: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-v", "error", *words], check=True)


def _cues(at: int, frames: int, number: int, last_word: str) -> list[CaptionCue]:
    """Two cues a scene of three words each, or one of one word where there is no room."""
    if frames < 30:
        word = CaptionWord(text=f"{number}", start_frame=at, end_frame=at + frames)
        return [CaptionCue(start_frame=at, end_frame=at + frames, lines=((word,),), look=LOOK)]
    cues = []
    for half in range(2):
        start, step = at + 2 + half * (frames // 2), frames // 7
        texts = ("A ", f"red {number} ", last_word)
        words = tuple(
            CaptionWord(text=text, start_frame=start + place * step, end_frame=start + (place + 1) * step)
            for place, text in enumerate(texts)
        )
        cues.append(CaptionCue(start_frame=start, end_frame=start + 3 * step, lines=(words,), look=LOOK))
    return cues
