"""Graphs of everything but sound, each up to its argv. Pure: what they read and write has fixed names."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ffmpeg

from studio.models.timeline import Canvas
from studio.render import command, filters
from studio.render.encode import EXACT, h264
from studio.render.probe import Media
from studio.settings import Tier
from studio.timebase import FPS

SEGMENT = "segment.mp4"
FILM = "film.mp4"
POSTER = "poster.jpg"
SEGMENT_LIST = "segments.ffconcat"
AUDIO = "audio.m4a"

PREROLL_FRAMES = int(FPS)
"""Decoded before the first frame we want: then every segment of a shot sees the same source frames on our grid."""

TAIL_S = 0.5
"""Read beyond the last frame, and kept before the end of a source when we seek: a seek past the end yields nothing."""

JPEG_QUALITY = 2

_UPRIGHT = {
    2: ("hflip",),
    3: ("hflip", "vflip"),
    4: ("vflip",),
    5: ("transpose=0",),
    6: ("transpose=1",),
    7: ("transpose=3",),
    8: ("transpose=2",),
}
"""EXIF orientation to what sets the picture upright. Source: JEITA CP-3451 4.6.4 A."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which frames of a source to use: *frames* from number *first* of our grid, which begins at *start* seconds."""

    start: float
    first: int
    frames: int


def clip_segment(source: Media, window: Window, *, canvas: Canvas, tier: Tier, has_captions: bool) -> list[str]:
    """Render `source0` straight into a segment."""
    picture = filters.tag_bt709(_fitted(source, window, canvas=canvas))
    return command.compile_run(_encoded(picture, frames=window.frames, tier=tier, has_captions=has_captions))


def piped_segment(frames: int, *, canvas: Canvas, tier: Tier, has_captions: bool) -> list[str]:
    """Encode *frames* finished frames from standard input."""
    picture = filters.tag_bt709(command.frames_from_pipe(canvas).video)
    return command.compile_run(_encoded(picture, frames=frames, tier=tier, has_captions=has_captions))


def clip_frames(name: str, source: Media, window: Window, *, canvas: Canvas) -> list[str]:
    """Write the frames of the file *name*, fitted to the canvas, to standard output as yuv420p."""
    picture = _fitted(source, window, canvas=canvas, name=name)
    return command.compile_read(
        ffmpeg.output(picture, "pipe:1", **{"frames:v": window.frames, "format": "rawvideo", "pix_fmt": "yuv420p"})
    )


def still_planes(name: str, *, width: int, height: int, orientation: int) -> list[str]:
    """Write the picture *name* at width x height, upright, to standard output as limited BT.709 yuv420p."""
    # The orientation is applied by us: which formats ffmpeg turns by itself differs between its versions.
    picture = command.source(name, **{"noautorotate": None}).video
    for turn in _UPRIGHT.get(orientation, ()):
        picture = picture.filter(*turn.split("="))
    picture = picture.filter("scale", width, height, flags="lanczos", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p")
    return command.compile_read(
        ffmpeg.output(picture, "pipe:1", **{"frames:v": 1, "format": "rawvideo", "pix_fmt": "yuv420p"})
    )


def join_segments(*, title: str) -> list[str]:
    """Join the segments of SEGMENT_LIST and AUDIO by copying both streams; playable before it is wholly loaded."""
    segments = ffmpeg.input(SEGMENT_LIST, format="concat", safe=1)
    audio = ffmpeg.input(AUDIO)
    options = {"c": "copy", "movflags": "+faststart", "format": "mp4", **EXACT}
    if title:
        options["metadata"] = f"title={title}"
    return command.compile_run(ffmpeg.output(segments.video, audio.audio, FILM, **options))


def poster_frame(frame: int) -> list[str]:
    """Take frame number *frame* of a segment as a JPEG, in the colours that a JPEG means."""
    picture = ffmpeg.input(SEGMENT, ss=f"{float(frame / FPS):.6f}").video
    picture = picture.filter("scale", in_color_matrix="bt709", out_color_matrix="bt601", out_range="pc")
    picture = picture.filter("format", "yuvj420p")
    return command.compile_run(
        ffmpeg.output(picture, POSTER, **{"frames:v": 1, "q:v": JPEG_QUALITY, "update": 1, "format": "image2"})
    )


def _fitted(source: Media, window: Window, *, canvas: Canvas, name: str = "source0") -> filters.Stream:
    start, lead = _seek(source, window)
    skipped = window.first - lead
    span = (skipped + window.frames) / FPS
    seek = {"ss": f"{start:.6f}"} if start else {}
    stream = command.source(name, threads=1, t=f"{float(span) + TAIL_S:.6f}", **seek)["V:0"]
    stream = filters.fit_cover(stream, source=source, canvas=canvas)
    return filters.cut(stream, first=skipped, frames=window.frames)


def _seek(source: Media, window: Window) -> tuple[float, int]:
    """Where to start reading, in seconds, and which frame of the window's grid that is."""
    last = max(0.0, source.duration - TAIL_S)
    start = min(window.start, last)
    lead = min(max(0, window.first - PREROLL_FRAMES), math.floor((last - start) * FPS))
    return start + float(lead / FPS), lead


def _encoded(picture: filters.Stream, *, frames: int, tier: Tier, has_captions: bool) -> filters.Stream:
    if has_captions:
        picture = filters.burn_captions(picture)
    return ffmpeg.output(picture, SEGMENT, **h264(tier, frames=frames))
