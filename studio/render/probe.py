"""Look at a media file before anything decodes it: what it is, how big, how long, and whether we take it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
from PIL import Image

from studio.errors import UnreadableMedia
from studio.models.base import Model

MAX_SIDE_PX = 8192
MAX_PIXELS = 50_000_000
"""Largest picture we decode: a 31 kB file can claim a picture that takes a gigabyte."""

FORMATS = "mov,matroska,mp3,wav,ogg,flac,aac,png_pipe,jpeg_pipe,webp_pipe,gif"
"""Containers that ffmpeg may open: none of them can name another file."""

PROTOCOLS = "file,pipe"

SAFE_INPUT = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS, "max_pixels": MAX_PIXELS}
"""Options of every input that we did not write ourselves."""

HEAD_BYTES = 16

_PICTURES = {"png_pipe": "PNG", "jpeg_pipe": "JPEG", "webp_pipe": "WEBP"}
_HDR_CURVES = {16, 18}
"""AVColorTransferCharacteristic: SMPTE ST 2084 and ARIB STD-B67. Source: ITU-T H.273 table 3."""
_UNSPECIFIED = 2
_ORIENTATION = 0x0112
_SIDEWAYS = {5, 6, 7, 8}


class Media(Model):
    """
    What a file turned out to be.

    *width* and *height* are as shown: turned as the file asks, pixels still as stored. *duration* is in seconds, 0.0
    for a picture. *orientation* is a picture's EXIF orientation (1 to 8).
    """

    kind: Literal["video", "image", "audio"]
    width: int = 0
    height: int = 0
    fps: Fraction | None = None
    duration: float = 0.0
    has_audio: bool = False
    is_hdr: bool = False
    is_untagged: bool = False
    orientation: int = 1


def probe(path: Path, *, decodes: bool = True) -> Media:
    """
    Read what *path* is from its first bytes and its header.

    Args:
        path: any file; its name is never believed.
        decodes: also decode the first frame of a clip, which proves that it can be, and says how it is turned. A
            renderer that decodes anyway does without: that frame of a 4K clip costs 50 MB.

    Raises:
        UnreadableMedia: not one of the formats we take, broken, or too large.
    """
    container = sniff(path)
    if container in _PICTURES:
        return _picture(path, container)
    try:
        options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}
        with av.open(f"file:{path}", format=container, options=options) as opened:
            return _moving(path, opened, decodes=decodes) if _pictures_of(opened) else _sound(path, opened)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise _broken(path, container) from error


def sniff(path: Path) -> str:
    """
    The container by its first bytes, as ffmpeg calls it. The name of a file is never believed.

    Raises:
        UnreadableMedia: not a format that we take; playlists, SVG and concat scripts are among those.
    """
    if path.exists() and not path.is_file():
        raise UnreadableMedia(f"{path.name} is not a file")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableMedia(f"{path.name} cannot be opened: {error.strerror}") from error
    if not head:
        raise UnreadableMedia(f"{path.name} is empty")
    for container, matches in _MAGIC.items():
        if matches(head):
            return container
    raise UnreadableMedia(
        f"{path.name} is no format that we take; send mp4, mov, mkv, webm, gif, png, jpeg, webp, "
        "mp3, wav, ogg, flac or aac"
    )


_MAGIC: dict[str, Callable[[bytes], bool]] = {
    "mov": lambda head: head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"},
    "matroska": lambda head: head[:4] == b"\x1aE\xdf\xa3",
    "png_pipe": lambda head: head[:8] == b"\x89PNG\r\n\x1a\n",
    "jpeg_pipe": lambda head: head[:3] == b"\xff\xd8\xff",
    "webp_pipe": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "gif": lambda head: head[:6] in {b"GIF87a", b"GIF89a"},
    "wav": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    "ogg": lambda head: head[:4] == b"OggS",
    "flac": lambda head: head[:4] == b"fLaC",
    "aac": lambda head: head[0] == 0xFF and head[1] & 0xF6 == 0xF0,
    "mp3": lambda head: head[:3] == b"ID3" or (head[0] == 0xFF and head[1] & 0xE0 == 0xE0),
}


def _picture(path: Path, container: str) -> Media:
    try:
        with Image.open(path, formats=[_PICTURES[container]]) as image:
            width, height = image.size
            _refuse_bombs(path, width, height)
            orientation = int(image.getexif().get(_ORIENTATION, 1))
    except Image.DecompressionBombError as error:
        raise _too_large(path, "far too many") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _broken(path, container) from error
    if orientation in _SIDEWAYS:
        width, height = height, width
    return Media(kind="image", width=width, height=height, orientation=orientation if 1 <= orientation <= 8 else 1)


def _broken(path: Path, container: str) -> UnreadableMedia:
    """What the libraries say stays out of it: their errors name our folders and their own functions."""
    name = container.removesuffix("_pipe")
    return UnreadableMedia(
        f"{path.name} cannot be read as {name}: it is cut off or broken; send it again or convert it"
    )


def _moving(path: Path, opened: Any, *, decodes: bool) -> Media:
    stream = _pictures_of(opened)[0]
    codec = stream.codec_context
    _refuse_bombs(path, codec.width, codec.height)
    is_sideways = decodes and _rotation(path, opened, stream) % 180 != 0
    return Media(
        kind="video",
        width=codec.height if is_sideways else codec.width,
        height=codec.width if is_sideways else codec.height,
        fps=stream.average_rate or stream.guessed_rate,
        duration=_duration(stream, opened),
        has_audio=bool(opened.streams.audio),
        is_hdr=codec.color_trc in _HDR_CURVES,
        is_untagged=codec.colorspace == _UNSPECIFIED,
    )


def _rotation(path: Path, opened: Any, stream: Any) -> int:
    """Degrees that the first frame asks to be turned by."""
    stream.codec_context.thread_count = 1
    frame = next(opened.decode(stream), None)
    if frame is None:
        raise UnreadableMedia(f"{path.name} holds no picture")
    return int(frame.rotation)


def _sound(path: Path, opened: Any) -> Media:
    if not opened.streams.audio:
        raise UnreadableMedia(f"{path.name} holds neither picture nor sound")
    return Media(kind="audio", duration=_duration(opened.streams.audio[0], opened), has_audio=True)


def _pictures_of(opened: Any) -> list[Any]:
    """Streams of moving pictures; a cover is none."""
    attached = av.stream.Disposition.attached_pic
    return [stream for stream in opened.streams.video if not stream.disposition & attached]


def _duration(stream: Any, opened: Any) -> float:
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    return float(opened.duration or 0) / av.time_base


def _refuse_bombs(path: Path, width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX and width * height <= MAX_PIXELS):
        raise _too_large(path, f"{width}x{height}")


def _too_large(path: Path, size: str) -> UnreadableMedia:
    return UnreadableMedia(
        f"{path.name} is {size} pixels; send at most {MAX_SIDE_PX} a side and {MAX_PIXELS // 1_000_000} megapixels"
    )
