"""Whole films, rendered small and measured."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from studio.errors import RenderFailed, UnreadableMedia
from studio.models.shot import PictureShot, View
from studio.models.timeline import TimelineClip, VoiceClip
from studio.render import graph
from studio.render.crew import Crew
from studio.render.moments import thumbnail_frames
from tests.media import ffmpeg, make_clip, make_colour_clip, make_picture, make_picture_bomb, make_sound
from tests.studio.render.conftest import Studio, clip, cue, drawn, ffmpeg_children, film
from tests.studio.render.measure import audio_seconds, frame_times, luma, pictures

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

FRAME_S = 1 / 30


def rendered(log: Iterable[logging.LogRecord]) -> list[str]:
    """What happened to each segment: "rendered" or "cached"."""
    return [record.getMessage().split()[2] for record in log if record.getMessage().startswith("segment")]


def test_a_film_of_one_frame_is_one_frame(studio: Studio) -> None:
    made = studio.render(film(drawn(0, 1)), has_previews=True)

    assert frame_times(made.video) == [0]
    assert made.frames == 1


def test_every_frame_of_a_mixed_film_is_one_frame_after_the_last(studio: Studio) -> None:
    slow = studio.asset(make_clip(studio.root / "slow.mp4", seconds=2, fps="24000/1001", with_audio=True))
    fast = studio.asset(make_clip(studio.root / "fast.mp4", seconds=1.5, fps="50", size=(360, 640)))
    voice = studio.asset(make_sound(studio.root / "voice.wav", seconds=1), "audio")
    timeline = film(
        clip(slow, 0, 40, at=0.3),
        drawn(31, 60),
        clip(fast, 60, 85),
        clip(slow, 78, 110, at=0.7),
        voice=(VoiceClip(audio=voice, start_frame=10),),
    )

    made = studio.render(timeline)

    assert frame_times(made.video) == [Fraction(number, 30) for number in range(110)]
    assert audio_seconds(made.video) == pytest.approx(110 / 30, abs=FRAME_S)
    assert min(luma(made.video)) > 30
    with av.open(str(made.video)) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height, stream.codec_context.profile) == (180, 320, "High")
        assert (stream.average_rate, stream.codec_context.pix_fmt) == (30, "yuv420p")
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)


def test_a_film_decodes_without_a_warning_and_plays_before_it_is_loaded(studio: Studio) -> None:
    source = studio.asset(make_clip(studio.root / "a.mp4", seconds=2))

    made = studio.render(film(clip(source, 0, 12), drawn(9, 30), clip(source, 30, 33), drawn(33, 60)))

    content = made.video.read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")
    ffmpeg("-xerror", "-err_detect", "explode", "-i", str(made.video), "-f", "null", "-")


def test_drawn_frames_arrive_in_order_and_once(studio: Studio) -> None:
    made = studio.render(film(drawn(0, 40, level=50), drawn(40, 80, level=120)))

    expected = [*range(50, 90), *range(120, 160)]
    assert luma(made.video) == pytest.approx(expected, abs=1.5)


def test_a_dissolve_between_two_drawn_scenes_is_a_straight_line(studio: Studio) -> None:
    made = studio.render(film(drawn(0, 29, level=60), drawn(20, 50, level=150)))

    before, after = np.arange(20, 29) + 60, np.arange(9) + 150
    weight = np.arange(1, 10) / 10
    assert luma(made.video)[20:29] == pytest.approx(list(before * (1 - weight) + after * weight), abs=2)


def test_a_dissolve_from_a_clip_to_a_still_is_even(studio: Studio) -> None:
    dark = studio.asset(make_colour_clip(studio.root / "dark.mp4", colour="0x303030", seconds=2))
    light = studio.asset(make_picture(studio.root / "light.png", pattern="color=c=0xe0e0e0"), "image")
    view = View(left=0, top=0, width=0.4)
    still = TimelineClip(start_frame=20, end_frame=50, shot=PictureShot(picture=light, opening=view, closing=view))

    made = studio.render(film(clip(dark, 0, 30), still))

    levels = luma(made.video)
    steps = [after - before for before, after in pairwise(levels[19:31])]
    assert levels[10] == pytest.approx(57, abs=2)
    assert levels[40] == pytest.approx(208, abs=2)
    assert max(steps) - min(steps) < 5


def test_a_dissolve_between_clips_continues_both_without_a_jump(studio: Studio, tmp_path: Path) -> None:
    ramp = "geq=lum='16+mod(N*3,220)':cb=128:cr=128"
    source = studio.asset(make_clip(tmp_path / "ramp.mp4", seconds=3, size=(90, 160), fps="30", filters=ramp))

    made = studio.render(film(clip(source, 0, 70), clip(source, 40, 70 + 20)))

    first = [16 + 3 * number for number in range(90)]
    levels = luma(made.video)
    assert levels[:40] == pytest.approx(first[:40], abs=2)
    weight = (np.arange(30) + 1) / 31
    mixed = np.array(first[40:70]) * (1 - weight) + np.array(first[:30]) * weight
    assert levels[40:70] == pytest.approx(list(mixed), abs=2.5)
    assert levels[70:] == pytest.approx(first[30:50], abs=2)


def test_a_clip_of_one_frame_fills_its_shot(studio: Studio, tmp_path: Path) -> None:
    one = studio.asset(make_colour_clip(tmp_path / "a.mp4", colour="0x808080", seconds=0.03))

    assert luma(studio.render(film(clip(one, 0, 30))).video) == pytest.approx([126] * 30, abs=2)


def test_a_shot_that_starts_after_its_clip_ends_shows_the_end_of_it(studio: Studio, tmp_path: Path) -> None:
    source = studio.asset(make_colour_clip(tmp_path / "a.mp4", colour="0x808080"))

    assert luma(studio.render(film(clip(source, 0, 20, at=30.0))).video) == pytest.approx([126] * 20, abs=2)


def test_frames_that_come_at_odd_times_become_even(studio: Studio, tmp_path: Path) -> None:
    uneven = "geq=lum='40+N*3':cb=128:cr=128,setpts='if(lt(N,15),N,15+(N-15)*3)/30/TB'"
    source = studio.asset(
        make_clip(tmp_path / "a.mp4", seconds=2, size=(90, 160), fps="30", filters=uneven, options=("-fps_mode", "vfr"))
    )

    levels = luma(studio.render(film(clip(source, 0, 45))).video)

    assert levels[:15] == pytest.approx([40 + 3 * number for number in range(15)], abs=2)
    assert levels[15:45] == pytest.approx([85 + 3 * (number // 3) for number in range(30)], abs=4)


def quarters(path: Path) -> list[str]:
    """Strongest colour in the middle of the left, right, top and bottom edge of the first frame."""
    picture = pictures(path)[0]
    height, width = picture.shape[:2]
    places = ((height // 2, 8), (height // 2, width - 8), (8, width // 2), (height - 8, width // 2))
    return ["rgb"[int(np.argmax(picture[y - 3 : y + 3, x - 3 : x + 3].mean(axis=(0, 1))))] for y, x in places]


HALVES = "geq=r='255*lt(X,W/2)':g='255*gte(X,W/2)':b=0,format=yuv420p"


def test_a_clip_lying_on_its_side_is_set_upright(studio: Studio, tmp_path: Path) -> None:
    lying = make_clip(tmp_path / "a.mp4", size=(320, 180), filters=HALVES)
    ffmpeg("-display_rotation", "-90", "-i", str(lying), "-c", "copy", str(tmp_path / "b.mp4"))

    made = studio.render(film(clip(studio.asset(tmp_path / "b.mp4"), 0, 5)))

    assert quarters(made.video)[2:] == ["r", "g"]


def test_a_photo_taken_sideways_is_set_upright(studio: Studio, tmp_path: Path) -> None:
    photo = Image.new("RGB", (320, 180), (0, 255, 0))
    photo.paste((255, 0, 0), (0, 0, 160, 180))
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "a.jpg", exif=exif, quality=95)
    whole = View(left=0, top=0, width=1)
    shot = PictureShot(picture=studio.asset(tmp_path / "a.jpg", "image"), opening=whole, closing=whole)

    made = studio.render(film(TimelineClip(start_frame=0, end_frame=5, shot=shot)))

    assert quarters(made.video)[2:] == ["r", "g"]


def test_pixels_that_are_not_square_are_shown_at_their_width(studio: Studio, tmp_path: Path) -> None:
    circle = "geq=lum='if(lt(hypot((X-W/2)*2,Y-H/2),60),235,16)':cb=128:cr=128,setsar=2"
    source = studio.asset(make_clip(tmp_path / "a.mp4", size=(180, 320), filters=circle))

    bright = pictures(studio.render(film(clip(source, 0, 5))).video)[0][:, :, 0] > 128

    wide, tall = (np.ptp(np.flatnonzero(bright.any(axis=axis))) for axis in (0, 1))
    assert wide == pytest.approx(tall, abs=6)


@pytest.mark.parametrize("size", [(322, 242), (242, 322), (34, 600), (600, 34)])
def test_any_shape_of_clip_fills_the_canvas(studio: Studio, tmp_path: Path, size: tuple[int, int]) -> None:
    white = "geq=lum=235:cb=128:cr=128"
    source = studio.asset(make_clip(tmp_path / "a.mp4", size=size, filters=white))

    picture = pictures(studio.render(film(clip(source, 0, 5))).video)[0]

    assert picture.shape == (320, 180, 3)
    assert picture.min() > 240


def test_an_hdr_clip_is_brought_to_our_range(studio: Studio, tmp_path: Path) -> None:
    tags = "setparams=color_trc=smpte2084:colorspace=bt2020nc:color_primaries=bt2020"
    grey = f"geq=lum=140:cb=128:cr=128,{tags}"
    options = ("-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
    source = studio.asset(make_clip(tmp_path / "a.mp4", filters=grey, options=options))

    assert 60 < luma(studio.render(film(clip(source, 0, 5))).video)[0] < 235


@pytest.mark.parametrize(("colour", "expected"), [("0xff0000", (255, 0, 0)), ("0x00a040", (0, 160, 64))])
def test_colours_survive_in_film_and_poster(
    studio: Studio, tmp_path: Path, colour: str, expected: tuple[int, int, int]
) -> None:
    source = studio.asset(make_colour_clip(tmp_path / "a.mp4", colour=colour))

    made = studio.render(film(clip(source, 0, 10)), has_previews=True)

    assert pictures(made.video)[5][160, 90].tolist() == pytest.approx(expected, abs=6)
    assert Image.open(made.poster).getpixel((90, 160)) == pytest.approx(expected, abs=6)
    assert Image.open(made.poster).size == (180, 320)


def test_results_are_these_files_and_nothing_else(studio: Studio) -> None:
    timeline = film(drawn(0, 30), captions=(cue(0, 20, ("Hello", 0, 20)),), title="A \0title")

    made = studio.render(timeline, has_previews=True)

    assert sorted(path.name for path in studio.out.iterdir()) == [
        "animation.webp",
        "film.mp4",
        "film.srt",
        "film.vtt",
        "poster.jpg",
        "preview.mp4",
        "thumbnail1.jpg",
    ]
    assert made.srt.read_text("utf-8") == "1\n00:00:00,000 --> 00:00:00,667\nHello\n\n"


def test_one_changed_caption_renders_one_segment(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    clips = (drawn(0, 30), drawn(30, 60), drawn(54, 90))
    before = (cue(0, 20, ("One", 0, 20)), cue(30, 50, ("two", 30, 50)))
    studio.render(film(*clips, captions=before))
    caplog.set_level(logging.INFO, "studio.render")

    studio.render(film(*clips, captions=(before[0], cue(30, 50, ("TWO", 30, 50)))))

    assert sorted(rendered(caplog.records)) == ["cached", "cached", "cached", "rendered"]


def test_one_changed_caption_takes_new_looks_at_its_scene_only(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = (drawn(0, 30, level=60), drawn(30, 60, level=120), drawn(60, 90, level=180))
    before = (cue(0, 20, ("One", 0, 20)), cue(30, 50, ("two", 30, 50)), cue(60, 80, ("three", 60, 80)))
    after = film(*clips, captions=(before[0], cue(30, 50, ("TWO", 30, 50)), before[2]))
    studio.render(film(*clips, captions=before), has_previews=True)
    desks: list[str] = []
    run = Crew.run

    def watched(crew: Crew, argv: Sequence[str], *, folder: Path, **how: Any) -> str:
        desks.append(folder.name)
        return run(crew, argv, folder=folder, **how)

    monkeypatch.setattr(Crew, "run", watched)

    studio.render(after, has_previews=True)
    looked = sorted(int(desk.removeprefix("look")) for desk in desks if desk.startswith("look"))
    desks.clear()
    studio.render(after, has_previews=True)
    again = [desk for desk in desks if desk.startswith(("look", "thumbnail"))]

    assert looked
    assert looked == [frame for frame in thumbnail_frames(after) if 30 <= frame < 60]
    assert again == []


def test_a_segment_that_moves_in_the_film_is_not_rendered_again(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    studio.render(film(drawn(0, 30), drawn(30, 61, level=90), captions=(cue(31, 50, ("one", 31, 50)),)))
    caplog.set_level(logging.INFO, "studio.render")

    studio.render(film(drawn(0, 31, level=90), drawn(31, 61), captions=(cue(1, 20, ("one", 1, 20)),)))

    assert rendered(caplog.records) == ["cached", "cached"]


def test_a_damaged_file_in_the_cache_is_replaced(studio: Studio) -> None:
    timeline = film(drawn(0, 30))
    studio.render(timeline, has_previews=True)
    for kept in (*studio.cache.glob("*.mp4"), *studio.cache.glob("*.jpg")):
        content = kept.read_bytes()
        kept.unlink()
        kept.write_bytes(content[: len(content) // 2])

    made = studio.render(timeline, has_previews=True)

    assert len(frame_times(made.video)) == 30
    for still in made.thumbnails:
        Image.open(still.path).load()


def test_another_tier_is_another_film(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    studio.render(film(drawn(0, 30)), tier="draft")
    caplog.set_level(logging.INFO, "studio.render")

    studio.render(film(drawn(0, 30)), tier="high")

    assert rendered(caplog.records) == ["rendered"]


def test_progress_never_falls_and_ends_at_one(studio: Studio) -> None:
    seen: list[float] = []
    threads: set[int] = set()

    def tell(fraction: float) -> None:
        seen.append(fraction)
        threads.add(threading.get_ident())

    studio.render(film(drawn(0, 90), drawn(90, 150)), progress=tell, has_previews=True)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert threads == {threading.get_ident()}


class Cancelled(BaseException):
    """What a flow's cancellation raises in the main thread."""


LONG = 30 * 600


def long_film(studio: Studio) -> object:
    source = studio.asset(make_clip(studio.root / "long.mp4", seconds=3))
    return film(clip(source, 0, LONG), drawn(LONG, LONG + 20), clip(source, LONG + 20, 2 * LONG))


def test_a_cancellation_leaves_no_process_and_no_file(studio: Studio) -> None:
    def raise_cancelled(*_: object) -> None:
        raise Cancelled

    is_over = threading.Event()

    def cancel_once_it_renders() -> None:
        while not any(file.stat().st_size for file in studio.out.glob(f".render-*/segment*/{graph.SEGMENT}")):
            if is_over.wait(0.05):
                return
        os.kill(os.getpid(), signal.SIGUSR1)

    timeline = long_film(studio)
    before = signal.signal(signal.SIGUSR1, raise_cancelled)
    canceller = threading.Thread(target=cancel_once_it_renders)
    canceller.start()
    try:
        with pytest.raises(Cancelled):
            studio.render(timeline, has_previews=True)
    finally:
        is_over.set()
        canceller.join()
        signal.signal(signal.SIGUSR1, before)

    assert ffmpeg_children() == []
    assert list(studio.out.iterdir()) == []
    assert [path.name for path in studio.cache.iterdir() if path.name.startswith(".")] == []


def test_a_time_out_leaves_no_process_and_no_file(studio: Studio) -> None:
    timeline = long_film(studio)

    with pytest.raises(RenderFailed, match="took longer than 1 s"):
        studio.render(timeline, timeout_s=0.6, has_previews=True)

    assert ffmpeg_children() == []
    assert list(studio.out.iterdir()) == []


def test_a_playlist_called_mp4_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")

    with pytest.raises(UnreadableMedia, match="no format that we take"):
        studio.render(film(clip(studio.asset(tmp_path / "a.mp4"), 0, 10)))


def test_a_picture_bomb_is_refused(studio: Studio, tmp_path: Path) -> None:
    bomb = studio.asset(make_picture_bomb(tmp_path / "a.png"), "image")
    view = View(left=0, top=0, width=1)
    still = TimelineClip(start_frame=0, end_frame=10, shot=PictureShot(picture=bomb, opening=view, closing=view))

    with pytest.raises(UnreadableMedia, match="send at most"):
        studio.render(film(still))


def test_a_sound_where_a_clip_belongs_is_refused(studio: Studio, tmp_path: Path) -> None:
    sound = studio.asset(make_sound(tmp_path / "a.wav"))

    with pytest.raises(UnreadableMedia, match="is audio, and video is needed here"):
        studio.render(film(clip(sound, 0, 10)))


def test_a_relative_folder_will_do(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(studio.root)

    made = Studio(Path("nearby"))
    made.root.mkdir()

    assert len(frame_times(made.render(film(drawn(0, 5), drawn(5, 10)), has_previews=True).video)) == 10
