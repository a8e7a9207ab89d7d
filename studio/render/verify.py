"""Count a finished file's packets and check their times: an encoder can end well and still have made too little."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from studio.errors import RenderFailed
from studio.render.encode import TICKS, TICKS_PER_FRAME


def verify_picture(path: Path, *, frames: int) -> bytes:
    """
    Check that *path* holds exactly *frames* pictures, each one frame after the other from 0.

    Returns:
        The decoder's parameter sets; segments with different ones cannot be joined.

    Raises:
        RenderFailed: it does not.
    """
    try:
        with av.open(f"file:{path}", format="mov") as opened:
            stream = opened.streams.video[0]
            parameters = bytes(stream.codec_context.extradata or b"")
            times = sorted(packet.pts for packet in opened.demux(stream) if packet.pts is not None)
            tick = stream.time_base
    except (av.FFmpegError, IndexError) as error:
        raise RenderFailed(f"{path.name} cannot be read back: {error}") from error
    if len(times) != frames:
        raise RenderFailed(f"{path.name} holds {len(times)} frames instead of {frames}")
    if tick != Fraction(1, TICKS) or any(time != number * TICKS_PER_FRAME for number, time in enumerate(times)):
        raise RenderFailed(f"{path.name} holds frames that are not one frame apart")
    return parameters
