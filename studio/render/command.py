"""From a graph to the words after `ffmpeg`. All names are fixed and relative, so nothing needs escaping."""

from __future__ import annotations

from typing import Any

import ffmpeg

from studio.models.timeline import Canvas
from studio.render.encode import GLOBALS, PROGRESS, SINGLE
from studio.render.probe import SAFE_INPUT
from studio.timebase import FPS


def compile_run(output: Any, *, is_strict: bool = True) -> list[str]:
    """
    The argv of a job that makes a file; it reports its progress on standard output.

    Args:
        output: where the graph ends.
        is_strict: a decoding error ends the job, as it must for pictures: a damaged clip would freeze unseen. Sound
            is forgiven: every other mp3 has junk behind its last frame, and skipping it loses milliseconds.
    """
    return [*GLOBALS, *(["-xerror"] if is_strict else []), *SINGLE, *PROGRESS, *_words(output)]


def compile_read(output: Any, *, is_strict: bool = True) -> list[str]:
    """The argv of a job whose result is its standard output; *is_strict* as in `compile_run`."""
    return [*GLOBALS, *(["-xerror"] if is_strict else []), *SINGLE, *_words(output)]


def source(name: str, **options: object) -> Any:
    """A file from outside, with everything switched off that could open another one."""
    return ffmpeg.input(f"file:{name}", **SAFE_INPUT, **options)


def frames_from_pipe(canvas: Canvas) -> Any:
    """Finished frames of the canvas on standard input: yuv420p, one after the other."""
    return ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        pixel_format="yuv420p",
        video_size=(canvas.width, canvas.height),
        framerate=int(FPS),
        protocol_whitelist="pipe",
    )


def _words(output: Any) -> list[str]:
    return [str(word) for word in ffmpeg.get_args(output)]
