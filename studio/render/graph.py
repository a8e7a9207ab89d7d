"""Graphs of everything but sound, each up to its argv. Pure: what they read and write has fixed names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import ffmpeg

from studio.models.timeline import Canvas
from studio.render import command, filters
from studio.render.encode import EXACT, h264, h264_preview
from studio.render.probe import Media
from studio.settings import Tier
from studio.timebase import FPS

SEGMENT = "segment.mp4"
FILM = "film.mp4"
SMALL = "small.mp4"
PREVIEW = "preview.mp4"
POSTER = "poster.jpg"
ANIMATION = "animation.webp"
STILL = "still.png"
SEGMENT_LIST = "segments.ffconcat"
AUDIO = "audio.m4a"

PREROLL_FRAMES = int(FPS)
"""Decoded before the first frame we want: then every segment of a shot sees the same source frames on our grid."""

TAIL_S = 0.5
"""Read beyond the last frame, and kept before the end of a source when we seek: a seek past the end yields nothing."""

JPEG_QUALITY = 2

ANIMATION_FPS = 12
"""Enough to see a movement, and a third of the bytes of our frame rate."""

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


def clip_segment(
    source: Media, window: Window, *, canvas: Canvas, tier: Tier, has_captions: bool, small: Canvas | None = None
) -> list[str]:
    """Render `source0` straight into a segment, and a copy of the size *small* into SMALL."""
    picture = filters.tag_bt709(_fitted(source, window, canvas=canvas))
    return command.compile_run(
        _encoded(picture, frames=window.frames, tier=tier, has_captions=has_captions, small=small)
    )


def piped_segment(
    frames: int, *, canvas: Canvas, tier: Tier, has_captions: bool, small: Canvas | None = None
) -> list[str]:
    """Encode *frames* finished frames from standard input, and a copy of the size *small* into SMALL."""
    picture = filters.tag_bt709(command.frames_from_pipe(canvas).video)
    return command.compile_run(_encoded(picture, frames=frames, tier=tier, has_captions=has_captions, small=small))


def small_segment(frames: int, *, small: Canvas) -> list[str]:
    """Copy the *frames* frames of SEGMENT at the size *small* into SMALL."""
    return command.compile_run(_reduced(ffmpeg.input(SEGMENT, threads=1).video, frames=frames, small=small))


def still(*, canvas: Canvas, has_captions: bool) -> list[str]:
    """Write the first frame of standard input as a PNG."""
    picture = filters.tag_bt709(command.frames_from_pipe(canvas).video)
    if has_captions:
        picture = filters.burn_captions(picture)
    picture = picture.filter("scale", in_color_matrix="bt709", in_range="tv").filter("format", "rgb24")
    # Packed lightly: it is read once and thrown away.
    options = {"frames:v": 1, "update": 1, "compression_level": 1, "format": "image2"}
    return command.compile_run(ffmpeg.output(picture, STILL, **options))


def clip_frames(name: str, source: Media, window: Window, *, canvas: Canvas, is_strict: bool = True) -> list[str]:
    """
    Write the frames of the file *name*, fitted to the canvas, to standard output as yuv420p.

    Where damage follows the window, it must not be *is_strict*.
    """
    picture = _fitted(source, window, canvas=canvas, name=name)
    options = {"frames:v": window.frames, "format": "rawvideo", "pix_fmt": "yuv420p"}
    return command.compile_read(ffmpeg.output(picture, "pipe:1", **options), is_strict=is_strict)


def still_planes(name: str, *, width: int, height: int, orientation: int, backing: str = "") -> list[str]:
    """
    Write the picture *name* at width x height, upright, to standard output as limited BT.709 yuv420p.

    A *backing* colour is laid behind a picture that can be seen through.
    """
    # The orientation is applied by us: which formats ffmpeg turns by itself differs between its versions.
    picture = command.source(name, **{"noautorotate": None}).video
    if backing:
        picture = filters.lay_on(picture, backing)
    for turn in _UPRIGHT.get(orientation, ()):
        picture = picture.filter(*turn.split("="))
    picture = picture.filter("scale", width, height, flags="lanczos", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p")
    return command.compile_read(
        ffmpeg.output(picture, "pipe:1", **{"frames:v": 1, "format": "rawvideo", "pix_fmt": "yuv420p"})
    )


def still_sample(name: str, *, side: int) -> list[str]:
    """
    Write the picture *name* at side x side, whatever its shape, to standard output as RGBA.

    Colours are weighted by their opacity, or a thin white line would come out as grey as what is hidden beside it.
    """
    picture = command.source(name).video.filter("format", "gbrap").filter("premultiply", inplace=1)
    picture = picture.filter("scale", side, side, flags="area").filter("format", "rgba")
    options = {"frames:v": 1, "format": "rawvideo", "pix_fmt": "rgba"}
    return command.compile_read(ffmpeg.output(picture, "pipe:1", **options))


def join_segments(*, title: str) -> list[str]:
    """Join the segments of SEGMENT_LIST and AUDIO by copying both streams; playable before it is wholly loaded."""
    segments = ffmpeg.input(SEGMENT_LIST, format="concat", safe=1)
    audio = ffmpeg.input(AUDIO)
    options = {"c": "copy", "movflags": "+faststart", "format": "mp4", **EXACT}
    if title:
        options["metadata"] = f"title={title}"
    return command.compile_run(ffmpeg.output(segments.video, audio.audio, FILM, **options))


def join_preview(frames: int) -> list[str]:
    """Join the small segments of SEGMENT_LIST, *frames* long together, with as much of AUDIO, as a film of its own."""
    segments = ffmpeg.input(SEGMENT_LIST, format="concat", safe=1)
    audio = ffmpeg.input(AUDIO, t=f"{float(frames / FPS):.6f}")
    options = {"c": "copy", "movflags": "+faststart", "format": "mp4", **EXACT}
    return command.compile_run(ffmpeg.output(segments.video, audio.audio, PREVIEW, **options))


def poster_frame(frame: int) -> list[str]:
    """Take frame number *frame* of a segment as a JPEG, in the colours that a JPEG means."""
    picture = ffmpeg.input(SEGMENT, ss=f"{float(frame / FPS):.6f}").video
    picture = picture.filter("scale", in_color_matrix="bt709", out_color_matrix="bt601", out_range="pc")
    picture = picture.filter("format", "yuvj420p")
    return command.compile_run(
        ffmpeg.output(picture, POSTER, **{"frames:v": 1, "q:v": JPEG_QUALITY, "update": 1, "format": "image2"})
    )


def animation(excerpts: Sequence[range], *, size: Canvas, quality: int) -> list[str]:
    """Put *excerpts* (frames of FILM) together as a WebP of that *size* that plays for ever, *quality* 0 to 100."""
    parts = [_excerpt(excerpt, size=size) for excerpt in excerpts]
    picture = ffmpeg.concat(*parts, v=1, a=0) if len(parts) > 1 else parts[0]
    # Level 2 of 6: a third less work than the usual 4 for a twentieth more bytes.
    level = {"compression_level": 2}
    options = {"c:v": "libwebp_anim", "quality": quality, "loop": 0, "format": "webp", "fflags": "+bitexact", **level}
    return command.compile_run(ffmpeg.output(picture, ANIMATION, **options))


def _excerpt(frames: range, *, size: Canvas) -> filters.Stream:
    seek = {"ss": f"{float(frames.start / FPS):.6f}", "t": f"{float(len(frames) / FPS):.6f}"}
    picture = ffmpeg.input(FILM, threads=1, **seek).video.filter(
        "fps", fps=ANIMATION_FPS, start_time=0, eof_action="pass"
    )
    # WebP knows no colour tags: it means BT.601 of limited range.
    colours = {"in_color_matrix": "bt709", "out_color_matrix": "bt601", "out_range": "tv"}
    picture = picture.filter("scale", size.width, size.height, flags="area", **colours)
    return picture.filter("format", "yuv420p").filter("setsar", 1)


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


def _encoded(
    picture: filters.Stream, *, frames: int, tier: Tier, has_captions: bool, small: Canvas | None
) -> filters.Stream:
    if has_captions:
        picture = filters.burn_captions(picture)
    if small is None:
        return ffmpeg.output(picture, SEGMENT, **h264(tier, frames=frames))
    both = picture.filter_multi_output("split")
    whole = ffmpeg.output(both[0], SEGMENT, **h264(tier, frames=frames))
    return ffmpeg.merge_outputs(whole, _reduced(both[1], frames=frames, small=small))


def _reduced(picture: filters.Stream, *, frames: int, small: Canvas) -> filters.Stream:
    picture = picture.filter("scale", small.width, small.height, flags="bilinear").filter("setsar", 1)
    return ffmpeg.output(picture, SMALL, **h264_preview(frames=frames))
