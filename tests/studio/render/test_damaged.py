"""Clips that were cut off or damaged on the way to us: what is there is shown, or their owner is told which it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import UnreadableMedia
from studio.render.clips import DamagedClip
from studio.render.reach import Reach, reach_of
from tests.media import ffmpeg, make_clip, make_sound
from tests.studio.render.conftest import Studio, clip, drawn, film
from tests.studio.render.measure import frame_times, luma

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

RAMP = "geq=lum='34+N*2+random(1)*20':cb=128:cr=128"
"""Light that grows by 2 a frame, with a grain that costs bytes."""


def ramp(path: Path, *options: str, seconds: float = 2) -> Path:
    return make_clip(path, seconds=seconds, size=(90, 160), fps="30", filters=RAMP, options=options)


def cut_off(path: Path, *, share: float) -> Path:
    content = path.read_bytes()
    (path.parent / f"cut{path.suffix}").write_bytes(content[: int(len(content) * share)])
    return path.parent / f"cut{path.suffix}"


def cut_mp4(folder: Path) -> Path:
    return cut_off(ramp(folder / "a.mp4", "-movflags", "+faststart", "-bf", "2", "-preset", "medium"), share=0.66)


def cut_mkv(folder: Path) -> Path:
    return cut_off(ramp(folder / "a.mkv"), share=0.66)


@pytest.mark.parametrize("make", [cut_mp4, cut_mkv])
def test_what_is_there_of_a_cut_off_clip_is_shown_over_and_over(studio: Studio, make: object) -> None:
    assert callable(make)
    source = make(studio.root)
    reach = reach_of(source, within=5)
    length = round(reach.seconds * 30)

    made = studio.render(film(clip(studio.asset(source), 0, 70), drawn(62, 90)), has_previews=True)

    assert reach.is_cut
    assert 20 < length < 50
    levels = luma(made.video)
    assert len(levels) == 90
    assert levels[:62] == pytest.approx([44 + 2 * (number % length) for number in range(62)], abs=2)


def test_a_cut_off_clip_that_is_long_enough_is_shown_as_it_is(studio: Studio) -> None:
    source = studio.asset(cut_mp4(studio.root))

    made = studio.render(film(clip(source, 0, 20), drawn(20, 30)))

    assert luma(made.video)[:20] == pytest.approx([44 + 2 * number for number in range(20)], abs=2)


def test_damage_within_a_clip_names_the_clip_and_not_what_ffmpeg_says(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    content = bytearray(ramp(studio.root / "a.mp4", "-movflags", "+faststart").read_bytes())
    for place in range(len(content) // 2, len(content) * 3 // 4):
        content[place] ^= 0xA5
    (studio.root / "b.mp4").write_bytes(content)
    source = studio.asset(studio.root / "b.mp4")

    with pytest.raises(DamagedClip) as straight:
        studio.render(film(clip(source, 0, 60)))
    with pytest.raises(DamagedClip) as mixed:
        studio.render(film(drawn(0, 10), clip(source, 5, 65)))

    for raised in (straight, mixed):
        assert raised.value.code == "UNREADABLE_MEDIA"
        assert raised.value.asset == source
        assert str(raised.value).startswith(f"{source.key} is damaged: ")
        assert "ffmpeg" not in str(raised.value)
    assert "ffmpeg ended with 183" in caplog.text
    assert list(studio.out.iterdir()) == []


def test_a_clip_of_which_nothing_is_left_is_damaged(studio: Studio) -> None:
    source = studio.asset(cut_mp4(studio.root))

    with pytest.raises(UnreadableMedia, match="is damaged"):
        studio.render(film(clip(source, 0, 20, at=1.9)))


def test_a_whole_clip_reaches_its_end(tmp_path: Path) -> None:
    assert reach_of(ramp(tmp_path / "a.mp4", seconds=1), within=5) == Reach(pytest.approx(1.0, abs=0.001))


def test_a_clip_is_not_read_further_than_asked(tmp_path: Path) -> None:
    reach = reach_of(ramp(tmp_path / "a.mp4"), within=0.5)

    assert 0.5 < reach.seconds < 0.8
    assert not reach.is_cut


def test_sound_that_goes_on_is_no_picture_that_was_cut_off(tmp_path: Path) -> None:
    silent = ramp(tmp_path / "a.mp4", seconds=1)
    ffmpeg("-i", str(silent), "-f", "lavfi", "-i", "sine=440:d=3", "-c:v", "copy", str(tmp_path / "b.mkv"))

    assert reach_of(tmp_path / "b.mkv", within=9) == Reach(pytest.approx(1.0, abs=0.01))


def test_a_sound_has_no_end_of_picture(tmp_path: Path) -> None:
    assert reach_of(make_sound(tmp_path / "a.wav"), within=9) == Reach(9)


def test_a_film_of_a_cut_off_clip_has_even_frames(studio: Studio) -> None:
    made = studio.render(film(clip(studio.asset(cut_mp4(studio.root)), 0, 70)))

    assert len(frame_times(made.video)) == 70
