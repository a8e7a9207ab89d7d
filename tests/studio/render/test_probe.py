from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from studio.errors import UnreadableMedia
from studio.render.probe import probe
from tests.media import ffmpeg, make_clip, make_picture, make_picture_bomb, make_sound


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"")

    with pytest.raises(UnreadableMedia, match=r"a\.mp4 is empty"):
        probe(tmp_path / "a.mp4")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia, match="cannot be opened"):
        probe(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '/etc/passwd'\n",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        '<?xml version="1.0"?><MPD/>',
        "subfile,,start,0,end,100,,:/etc/passwd",
    ],
)
def test_a_file_that_names_another_is_refused_whatever_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text(content)

    with pytest.raises(UnreadableMedia, match="no format that we take"):
        probe(path)


def test_a_playlist_behind_the_first_bytes_of_an_mp4_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")

    with pytest.raises(UnreadableMedia, match="cannot be read as mov"):
        probe(path)


def test_a_picture_bomb_is_refused_at_once(tmp_path: Path) -> None:
    bomb = make_picture_bomb(tmp_path / "bomb.png")
    assert bomb.stat().st_size < 100_000
    started = time.monotonic()

    with pytest.raises(UnreadableMedia, match=r"far too many pixels; send at most 8192"):
        probe(bomb)

    assert time.monotonic() - started < 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_picture_bomb_is_refused_within_200_mb(tmp_path: Path) -> None:
    look = (
        "from studio.render import inspection; inspection.main(); "
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    bomb = make_picture_bomb(tmp_path / "bomb.png")
    child = subprocess.run([sys.executable, "-c", look, str(bomb)], capture_output=True, text=True, check=True)
    answer, peak_kb = child.stdout.splitlines()

    assert "far too many pixels" in answer
    assert int(peak_kb) < 200_000


@pytest.mark.parametrize("side", [8194, 8000])
def test_a_picture_over_a_limit_is_refused_by_its_size(tmp_path: Path, side: int) -> None:
    with pytest.raises(UnreadableMedia, match=f"{side}x{side} pixels"):
        probe(make_picture_bomb(tmp_path / "bomb.png", side=side))


def test_a_clip_is_measured(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=2, size=(320, 180), fps="25", with_audio=True)

    media = probe(path)

    assert (media.kind, media.width, media.height, media.fps) == ("video", 320, 180, Fraction(25))
    assert media.duration == pytest.approx(2, abs=0.05)
    assert media.has_audio
    assert media.is_untagged


def test_a_clip_lying_on_its_side_has_its_shown_size(tmp_path: Path) -> None:
    upright = make_clip(tmp_path / "a.mp4", size=(320, 180))
    ffmpeg("-display_rotation", "90", "-i", str(upright), "-c", "copy", str(tmp_path / "b.mp4"))

    media = probe(tmp_path / "b.mp4")

    assert (media.width, media.height) == (180, 320)


def test_webm_and_gif_are_clips(tmp_path: Path) -> None:
    make_clip(tmp_path / "a.mp4", seconds=0.5)
    ffmpeg("-i", str(tmp_path / "a.mp4"), "-c:v", "libvpx", str(tmp_path / "a.webm"))
    ffmpeg("-i", str(tmp_path / "a.mp4"), str(tmp_path / "a.gif"))

    assert [probe(tmp_path / name).kind for name in ("a.webm", "a.gif")] == ["video", "video"]


def test_an_hdr_clip_says_so(tmp_path: Path) -> None:
    options = ("-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
    path = make_clip(tmp_path / "a.mp4", options=options, filters="setparams=color_trc=smpte2084:colorspace=bt2020nc")

    assert probe(path).is_hdr


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_picture_has_its_size(tmp_path: Path, suffix: str) -> None:
    media = probe(make_picture(tmp_path / f"a.{suffix}", size=(402, 302)))

    assert (media.kind, media.width, media.height) == ("image", 402, 302)


def test_a_photo_taken_sideways_has_its_shown_size(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = io.BytesIO()
    Image.new("RGB", (40, 30)).save(content, "JPEG", exif=exif)
    (tmp_path / "a.jpg").write_bytes(content.getvalue())

    media = probe(tmp_path / "a.jpg")

    assert (media.width, media.height, media.orientation) == (30, 40, 6)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg", "flac", "m4a", "aac"])
def test_sound_has_its_length(tmp_path: Path, suffix: str) -> None:
    media = probe(make_sound(tmp_path / f"a.{suffix}", seconds=1.5))

    assert media.kind == "audio"
    assert media.duration == pytest.approx(1.5, abs=0.1)


def test_an_mp3_with_a_cover_is_sound(tmp_path: Path) -> None:
    sound, cover = make_sound(tmp_path / "a.mp3"), make_picture(tmp_path / "a.png")
    ffmpeg("-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy", str(tmp_path / "b.mp3"))

    assert probe(tmp_path / "b.mp3").kind == "audio"


def test_a_truncated_clip_is_refused(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(UnreadableMedia, match=r"b\.mp4 cannot be read as mov"):
        probe(tmp_path / "b.mp4")


@pytest.mark.parametrize(
    ("suffix", "head"),
    [
        (".png", b"\x89PNG\r\n\x1a\n"),
        (".jpg", b"\xff\xd8\xff\xe0"),
        (".gif", b"GIF89a"),
        (".webp", b"RIFF\x10\0\0\0WEBP"),
        (".mp4", b"\0\0\0\x18ftypmp42"),
        (".mkv", b"\x1aE\xdf\xa3"),
        (".mp3", b"ID3\x04"),
        (".wav", b"RIFF\x10\0\0\0WAVE"),
        (".ogg", b"OggS"),
        (".flac", b"fLaC"),
    ],
)
def test_what_is_said_of_a_broken_file_is_ours(tmp_path: Path, suffix: str, head: bytes) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(head + bytes(range(256)) * 4)

    with pytest.raises(UnreadableMedia) as refused:
        probe(path)
    assert re.fullmatch(
        r"broken\.\w+ (cannot be read as \w+: it is cut off or broken; .*|holds .*)", str(refused.value)
    )


def test_a_name_that_looks_like_an_option_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "-i concat:a|b.mp4"
    make_clip(tmp_path / "a.mp4").rename(path)

    assert probe(path).kind == "video"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    refused = threading.Event()

    def look() -> None:
        with pytest.raises(UnreadableMedia):
            probe(tmp_path / "a.mp4")
        refused.set()

    threading.Thread(target=look, daemon=True).start()
    assert refused.wait(2)
