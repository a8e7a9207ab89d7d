"""A clip that is shorter than its shot goes on moving: it begins again, in step in all segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.models.shot import ClipShot
from studio.models.timeline import TimelineClip
from studio.render.looping import Pass, is_looped, passes
from studio.render.stills import render_stills
from tests.media import ffmpeg, make_clip
from tests.studio.render.conftest import Studio, clip, drawn, film
from tests.studio.render.measure import luma, pictures

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

RAMP = "geq=lum='40+N*4':cb=128:cr=128"
LEVELS = [40 + 4 * number for number in range(30)]
"""Of the frames of a clip of one second that RAMP makes."""


def ramp(path: Path) -> Path:
    return make_clip(path, size=(90, 160), fps="30", filters=RAMP)


def test_a_shot_as_long_as_its_clip_is_one_pass() -> None:
    assert passes(30, shot=30, first=4, frames=20) == [Pass(4, 20)]


def test_passes_follow_each_other_in_step_with_the_shot() -> None:
    assert passes(30, shot=90, first=25, frames=40) == [Pass(25, 5), Pass(0, 30), Pass(0, 5)]


def test_a_rest_too_short_to_be_seen_holds_the_last_frame() -> None:
    assert passes(30, shot=65, first=50, frames=15) == [Pass(20, 10, held=5)]
    assert passes(30, shot=65, first=62, frames=3) == [Pass(29, 1, held=2)]


def test_a_short_loop_goes_on_to_the_end() -> None:
    assert passes(6, shot=10, first=0, frames=10) == [Pass(0, 6), Pass(0, 4)]


def test_what_lacks_a_few_frames_or_has_but_one_is_not_looped() -> None:
    assert [is_looped(30, shot=shot) for shot in (20, 30, 37)] == [False, False, False]
    assert is_looped(30, shot=38)
    assert not is_looped(1, shot=90)


@pytest.mark.parametrize("first", range(0, 70, 7))
def test_segments_agree_on_every_frame(first: int) -> None:
    def shown(found: list[Pass]) -> list[int]:
        last = [each.first + each.frames - 1 for each in found]
        return [
            number
            for each, end in zip(found, last, strict=True)
            for number in (*range(each.first, end + 1), *[end] * each.held)
        ]

    whole = shown(passes(31, shot=99, first=0, frames=99))

    assert shown(passes(31, shot=99, first=first, frames=29)) == whole[first : first + 29]
    assert whole == [*range(31)] * 3 + [30] * 6


def test_a_clip_shorter_than_its_shot_begins_again(studio: Studio) -> None:
    short = studio.asset(ramp(studio.root / "a.mp4"))

    made = studio.render(film(clip(short, 0, 90)))

    assert luma(made.video) == pytest.approx(LEVELS * 3, abs=2)


def test_a_loop_goes_on_in_step_through_transitions(studio: Studio) -> None:
    short = studio.asset(ramp(studio.root / "a.mp4"))

    made = studio.render(film(drawn(0, 20, level=90), clip(short, 10, 85), drawn(75, 110, level=60)))

    levels, loop = luma(made.video), np.array(LEVELS * 3)
    weight = (np.arange(10) + 1) / 11
    coming = (np.arange(10) + 100) * (1 - weight) + loop[:10] * weight
    going = loop[65:75] * (1 - weight) + (np.arange(10) + 60) * weight
    assert levels[10:20] == pytest.approx(list(coming), abs=2.5)
    assert levels[20:75] == pytest.approx(list(loop[10:65]), abs=2)
    assert levels[75:85] == pytest.approx(list(going), abs=2.5)


def test_a_loop_too_large_to_keep_is_read_again(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.render.frames.KEPT_BYTES", 0)
    short = studio.asset(ramp(studio.root / "a.mp4"))

    made = studio.render(film(clip(short, 0, 65)))

    assert luma(made.video) == pytest.approx(LEVELS * 2 + LEVELS[-1:] * 5, abs=2)


def test_a_trimmed_clip_begins_again_where_its_shot_does(studio: Studio) -> None:
    slower = "geq=lum='40+N*3':cb=128:cr=128"
    source = studio.asset(make_clip(studio.root / "a.mp4", seconds=2, size=(90, 160), fps="30", filters=slower))

    made = studio.render(film(clip(source, 0, 80, at=1.0)))

    later = [40 + 3 * number for number in range(30, 60)]
    assert luma(made.video)[:80] == pytest.approx((later * 3)[:80], abs=2)


def gif(folder: Path) -> Path:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=180x320:rate=10", "-t", "0.7", str(folder / "a.gif"))
    return folder / "a.gif"


def film_rate(folder: Path) -> Path:
    return make_clip(folder / "a.mp4", fps="24000/1001", size=(180, 320), options=("-preset", "medium", "-bf", "3"))


def matroska_with_longer_sound(folder: Path) -> Path:
    silent = make_clip(folder / "a.mp4", seconds=0.8, size=(180, 320))
    ffmpeg("-i", str(silent), "-f", "lavfi", "-i", "sine=440:d=3", "-c:v", "copy", str(folder / "b.mkv"))
    return folder / "b.mkv"


def uneven(folder: Path) -> Path:
    filters = "setpts='if(lt(N,15),N,15+(N-15)*3)/30/TB'"
    options = ("-fps_mode", "vfr")
    return make_clip(folder / "a.mp4", seconds=0.8, size=(180, 320), fps="30", filters=filters, options=options)


def fast(folder: Path) -> Path:
    return make_clip(folder / "a.mp4", fps="60", size=(180, 320), seconds=0.5)


def on_its_side(folder: Path) -> Path:
    lying = make_clip(folder / "a.mp4", size=(320, 180), fps="30", seconds=0.9)
    ffmpeg("-display_rotation", "-90", "-i", str(lying), "-c", "copy", str(folder / "b.mp4"))
    return folder / "b.mp4"


def of_high_range(folder: Path) -> Path:
    tags = "setparams=color_trc=smpte2084:colorspace=bt2020nc:color_primaries=bt2020"
    options = ("-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
    return make_clip(folder / "a.mp4", size=(180, 320), seconds=0.6, filters=tags, options=options)


@pytest.mark.parametrize(
    ("make", "length"),
    [
        (gif, 21),
        (film_rate, 30),
        (matroska_with_longer_sound, 24),
        (uneven, 22),
        (fast, 15),
        (on_its_side, 27),
        (of_high_range, 18),
    ],
)
def test_any_kind_of_clip_begins_again_without_a_seam(
    studio: Studio, make: object, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(make)
    source = studio.asset(make(studio.root))
    total = 2 * length + 12

    once = pictures(studio.render(film(clip(source, 0, length)), tier="high").video)
    shown = pictures(studio.render(film(clip(source, 0, total)), tier="high").video)
    monkeypatch.setattr("studio.render.frames.KEPT_BYTES", 0)
    mixed = film(clip(source, 0, total + 3), drawn(total - 5, total + 9))
    body = pictures(studio.render(mixed, tier="high").video)[: total - 5]

    assert len(shown) == total
    for number, picture in enumerate(shown):
        assert difference(picture, once[number % length]) < 3, number
    for number, picture in enumerate(body):
        assert difference(picture, once[number % length]) < 3, number
    assert difference(once[0], once[-1]) > 6


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_clip_that_is_long_enough_is_read_straight_from_its_file(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = studio.asset(ramp(studio.root / "a.mp4"))
    monkeypatch.setattr("studio.render.frames.open_frames", None)

    made = studio.render(film(clip(source, 0, 37)))

    assert luma(made.video) == pytest.approx(LEVELS + LEVELS[-1:] * 7, abs=2)


def test_a_preview_of_one_frame_is_in_step(studio: Studio) -> None:
    short = studio.asset(ramp(studio.root / "a.mp4"))
    timeline = film(TimelineClip(start_frame=0, end_frame=90, shot=ClipShot(clip=short)))

    (still,) = render_stills(timeline, [75], open_asset=lambda asset: studio.files[asset.key], work=studio.root)

    with Image.open(still) as picture:
        grey = picture.convert("L").getpixel((90, 160))
    assert grey == pytest.approx((LEVELS[15] - 16) * 255 / 219, abs=3)
