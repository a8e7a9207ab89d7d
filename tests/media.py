"""Small media files for tests, made by ffmpeg when a test asks for them."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import zlib
from pathlib import Path

import imageio_ffmpeg

from studio.models.asset import Asset, AssetKind


def make_clip(
    path: Path,
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (320, 180),
    fps: str = "25",
    pattern: str = "testsrc2",
    filters: str = "null",
    options: tuple[str, ...] = (),
    with_audio: bool = False,
) -> Path:
    """A clip of a lavfi *pattern*: H.264 in whatever container the suffix of *path* means."""
    source = f"{pattern}{':' if '=' in pattern else '='}size={size[0]}x{size[1]}:rate={fps}"
    sound = ("-f", "lavfi", "-i", "sine=440:sample_rate=48000", "-shortest") if with_audio else ()
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    ffmpeg("-f", "lavfi", "-i", source, *sound, "-t", f"{seconds}", "-vf", filters, *encoder, *options, str(path))
    return path


def make_colour_clip(path: Path, *, colour: str, seconds: float = 1.0, fps: str = "30") -> Path:
    """A clip of one colour, tagged as the BT.709 that it is."""
    tags = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    tags = f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{tags}"
    return make_clip(path, seconds=seconds, size=(180, 320), fps=fps, pattern=f"color=c={colour}", filters=tags)


def make_picture(path: Path, *, size: tuple[int, int] = (400, 300), pattern: str = "testsrc2") -> Path:
    """A still of a lavfi *pattern*."""
    source = f"{pattern}{':' if '=' in pattern else '='}size={size[0]}x{size[1]}:rate=1"
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", "-update", "1", str(path))
    return path


def make_sound(path: Path, *, seconds: float = 1.0, expression: str = "0.2*sin(2*PI*300*t)") -> Path:
    """A mono recording of *expression*, in the terms of ffmpeg's aevalsrc."""
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc={expression}:s=48000:d={seconds}", str(path))
    return path


def make_picture_bomb(path: Path, *, side: int = 16_000) -> Path:
    """A PNG of a few kilobytes that unpacks to a picture of *side* x *side* pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = bytes(1 + (side + 7) // 8)
    packed = zlib.compress(row * side, 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return path


def as_asset(path: Path, *, kind: AssetKind) -> Asset:
    """An asset whose key ends in the content's SHA-256 and the file's name."""
    content = path.read_bytes()
    return Asset(
        key=f"{hashlib.sha256(content).hexdigest()}{path.suffix}",
        kind=kind,
        media_type="application/octet-stream",
        size=len(content),
    )


def ffmpeg(*words: str) -> None:
    """Run ffmpeg; what it says on failure is the test's error."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-nostdin", "-y", "-hide_banner", "-loglevel", "error", *words], check=True)
