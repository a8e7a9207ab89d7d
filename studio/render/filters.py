"""Filters in the trade's words, for ffmpeg-python streams (which have no types)."""

from __future__ import annotations

from typing import Any

import ffmpeg

from studio.models.timeline import Canvas
from studio.render.probe import Media
from studio.timebase import FPS

Stream = Any

HD_HEIGHT = 720
"""Untagged material this high is BT.709, below it BT.601. Source: the convention of every player."""


def fit_cover(stream: Stream, *, source: Media, canvas: Canvas) -> Stream:
    """
    Fill the canvas with the middle of the picture, at our frame rate, as limited BT.709 yuv420p.

    Cropping before scaling saves a third of the scaler's work. Frames are dropped before the scaler and repeated
    after it. Pixels that are not square are taken at their shown width.
    """
    is_fast = source.fps is not None and source.fps > FPS
    if is_fast:
        stream = conform_rate(stream)
    width, height = canvas.width, canvas.height
    stream = stream.filter("crop", f"min(iw,ih*{width}/{height}/sar)", f"min(ih,iw*{height}/{width}*sar)")
    stream = _to_bt709(stream.filter("scale", width, height, **_scaling(source)), source=source)
    return stream if is_fast else conform_rate(stream)


def conform_rate(stream: Stream) -> Stream:
    """Put frames on our grid, counted from the time stamp 0."""
    return stream.filter("fps", fps=int(FPS), start_time=0)


def cut(stream: Stream, *, first: int, frames: int) -> Stream:
    """Frames [first, first + frames); a source that ends earlier holds its last frame."""
    stream = stream.filter("tpad", stop=-1, stop_mode="clone")
    stream = stream.filter("trim", start_frame=first, end_frame=first + frames)
    return stream.filter("setpts", "PTS-STARTPTS")


def lay_on(stream: Stream, colour: str) -> Stream:
    """
    Lay a picture that can be seen through on a plain *colour*, as RGB.

    Before it is scaled: afterwards, edges would have taken on the colour that hides in what is seen through.
    """
    both = stream.filter("format", "rgba").filter_multi_output("split")
    ground = both[0].filter("drawbox", color=f"{colour}@1", t="fill", replace=1)
    return ffmpeg.overlay(ground, both[1], format="rgb", alpha="straight").filter("format", "rgb24")


def tag_bt709(stream: Stream) -> Stream:
    """
    Say that the picture is limited BT.709 of square pixels, without touching it.

    It stands before the captions, which are coloured by it, and it makes the parameter sets of all segments equal.
    """
    return stream.filter("setsar", 1).filter(
        "setparams",
        color_primaries="bt709",
        color_trc="bt709",
        colorspace="bt709",
        range="tv",
        chroma_location="left",
        field_mode="prog",
    )


def burn_captions(stream: Stream) -> Stream:
    """Draw `captions.ass` of the working directory, whose `fonts.conf` names the fonts: nothing needs escaping."""
    return stream.filter("ass", "captions.ass")


def _scaling(source: Media) -> dict[str, str]:
    options = {"flags": "bicubic"}
    if source.is_hdr:
        return options
    if source.is_untagged:
        options["in_color_matrix"] = "bt709" if min(source.width, source.height) >= HD_HEIGHT else "bt601"
    return options | {"out_color_matrix": "bt709", "out_range": "tv"}


def _to_bt709(stream: Stream, *, source: Media) -> Stream:
    if source.is_hdr:
        # Linear light, highlights rolled off, back to our curve. Source: ffmpeg's tonemap documentation.
        stream = stream.filter("zscale", t="linear", npl=100).filter("format", "gbrpf32le")
        stream = stream.filter("zscale", p="bt709").filter("tonemap", "hable", desat=0)
        stream = stream.filter("zscale", t="bt709", m="bt709", r="tv")
    return stream.filter("format", "yuv420p")
