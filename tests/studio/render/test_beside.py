"""What goes beside a film, out of real renders: previews, thumbnails, the animation."""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from studio.models.timeline import Canvas, CaptionStyle, Timeline, VoiceClip
from studio.render.film import RenderedFilm
from tests.media import ffmpeg, make_clip, make_colour_clip, make_sound
from tests.studio.render.conftest import Studio, clip, cue, drawn, film
from tests.studio.render.measure import audio_seconds, frame_times, luma
from tests.studio.render.test_film import Cancelled, rendered

pytestmark = pytest.mark.usefixtures("grey", "no_child_left")

LARGE = Canvas(width=396, height=704)
"""Larger than the small copies."""

STYLE = CaptionStyle(font="Outfit ExtraBold", size_px=36, outline_px=3, centre_y_px=510, max_width_px=340)


FRAMES = 110


def spoken(studio: Studio, *, scenes: int = 4) -> Timeline:
    """Scenes of a second each that become lighter, with a voice."""
    voice = studio.asset(make_sound(studio.root / "voice.wav", seconds=scenes), "audio")
    clips = (drawn(number * 30, number * 30 + 30, level=50 + 30 * number) for number in range(scenes))
    return film(*clips, voice=(VoiceClip(audio=voice, start_frame=0),))


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview of every piece, however soon: films of tests are done within seconds."""
    monkeypatch.setattr("studio.render.preview.NOT_SOONER_S", 0.0)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> RenderedFilm:
    """Something pale, and from frame 42 on something busy, in a size that needs a small copy."""
    studio = Studio(tmp_path_factory.mktemp("large"))
    # Grey, for a JPEG weighs colours otherwise than the film does.
    busy = studio.asset(make_clip(studio.root / "busy.mp4", seconds=3, fps="30", size=(396, 704), filters="hue=s=0"))
    pale = studio.asset(make_colour_clip(studio.root / "pale.mp4", colour="0xa0a0a0", seconds=2))
    clips = (clip(pale, 0, 50), clip(busy, 42, FRAMES))
    words = cue(0, 80, ("Hello", 0, 80))
    timeline = Timeline(canvas=LARGE, clips=clips, caption_style=STYLE, captions=(words,))
    return studio.render(timeline, has_previews=True)


@pytest.mark.usefixtures("eager")
def test_the_beginning_can_be_watched_before_the_film_is_there(studio: Studio) -> None:
    seen: list[tuple[int, float, list[float]]] = []

    def watch(preview: Path) -> None:
        assert not (studio.out / "film.mp4").exists()
        ffmpeg("-xerror", "-err_detect", "explode", "-i", str(preview), "-f", "null", "-")
        seen.append((len(frame_times(preview)), audio_seconds(preview), luma(preview)))

    made = studio.render(spoken(studio), jobs=1, on_preview=watch, has_previews=True)

    whole = luma(made.video)
    assert seen
    assert all(shorter < longer for (shorter, *_), (longer, *_) in pairwise(seen))
    for frames, sound_s, levels in seen:
        assert frames % 30 == 0
        assert sound_s == pytest.approx(frames / 30, abs=0.05)
        assert levels == pytest.approx(whole[:frames], abs=2)


def test_a_film_without_previews_is_the_same_film(studio: Studio) -> None:
    alone = studio.render(spoken(studio, scenes=2))
    bare, small = alone.video.read_bytes(), alone.preview
    whole = studio.render(spoken(studio, scenes=2), has_previews=True)

    assert (small, alone.animation, alone.thumbnails) == (None, None, ())
    assert whole.video.read_bytes() == bare
    assert whole.preview is not None


def test_a_finished_film_has_a_small_copy_of_the_same_length(large: RenderedFilm) -> None:
    assert frame_times(large.preview) == frame_times(large.video)
    assert luma(large.preview) == pytest.approx(luma(large.video), abs=3)
    assert audio_seconds(large.preview) == pytest.approx(FRAMES / 30, abs=0.05)
    with av.open(str(large.preview)) as opened:
        assert (opened.streams.video[0].width, opened.streams.video[0].height) == (360, 640)


def test_a_segment_whose_small_copy_is_gone_is_not_rendered_for_it(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    source = studio.asset(make_clip(studio.root / "a.mp4", seconds=1, size=(396, 704)))
    timeline = Timeline(canvas=LARGE, clips=(clip(source, 0, 20),), caption_style=STYLE)
    first = luma(studio.render(timeline, has_previews=True).preview)
    small = min(studio.cache.glob("*.mp4"), key=lambda path: path.stat().st_size)
    small.unlink()
    caplog.set_level(logging.INFO, "studio.render")

    again = studio.render(timeline, has_previews=True)

    assert rendered(caplog.records) == ["cached"]
    assert luma(again.preview) == pytest.approx(first, abs=2)


@pytest.mark.usefixtures("eager")
def test_a_cancellation_while_a_preview_is_shown_leaves_nothing(studio: Studio) -> None:
    shown: list[Path] = []

    def cancel(preview: Path) -> None:
        shown.append(preview)
        raise Cancelled

    with pytest.raises(Cancelled):
        studio.render(spoken(studio), jobs=1, on_preview=cancel, has_previews=True)

    assert not shown[0].exists()
    assert list(studio.out.iterdir()) == []


def test_thumbnails_are_frames_of_the_film_in_its_size(large: RenderedFilm) -> None:
    assert [still.path.name for still in large.thumbnails] == [
        f"thumbnail{n + 1}.jpg" for n in range(len(large.thumbnails))
    ]
    assert {Image.open(still.path).size for still in large.thumbnails} == {(396, 704)}
    assert large.thumbnails[0].frame >= 50
    scores = [still.score for still in large.thumbnails]
    assert scores == sorted(scores, reverse=True)
    with av.open(str(large.video)) as opened:
        frames = [frame.to_ndarray()[:704].astype(np.float32) for frame in opened.decode(video=0)]
    taken = np.asarray(Image.open(large.thumbnails[0].path).convert("L"), np.float32) * 219 / 255 + 16
    nearest = min(range(len(frames)), key=lambda number: np.abs(frames[number] - taken).mean())
    assert nearest == large.thumbnails[0].frame


def test_a_film_that_opens_black_has_a_poster_that_is_not(studio: Studio, tmp_path: Path) -> None:
    black = studio.asset(make_colour_clip(tmp_path / "black.mp4", colour="black", seconds=2))
    busy = studio.asset(make_clip(tmp_path / "busy.mp4", seconds=2, size=(180, 320)))

    made = studio.render(film(clip(black, 0, 40), clip(busy, 40, 90)), has_previews=True)

    assert np.asarray(Image.open(made.poster).convert("L")).mean() > 40
    assert all(still.frame >= 40 for still in made.thumbnails)


def test_a_black_film_has_no_thumbnails_and_a_poster_all_the_same(studio: Studio, tmp_path: Path) -> None:
    black = studio.asset(make_colour_clip(tmp_path / "black.mp4", colour="black", seconds=2))

    made = studio.render(film(clip(black, 0, 40)), has_previews=True)

    assert made.thumbnails == ()
    assert Image.open(made.poster).size == (180, 320)


def test_the_animation_is_small_short_and_begins_again(large: RenderedFilm) -> None:
    animation = Image.open(large.animation)

    assert animation.format == "WEBP"
    assert (animation.size, animation.info["loop"]) == ((270, 480), 0)
    assert _seconds(animation) == pytest.approx(2.8, abs=0.25)
    assert large.animation.stat().st_size <= 600_000


def _seconds(animation: Image.Image) -> float:
    lasted_ms = 0
    for number in range(animation.n_frames):
        animation.seek(number)
        animation.load()
        lasted_ms += animation.info["duration"]
    return lasted_ms / 1000


@pytest.mark.parametrize(("colour", "expected"), [("0xff0000", (255, 0, 0)), ("0x00a040", (0, 160, 64))])
def test_colours_survive_in_the_animation(
    studio: Studio, tmp_path: Path, colour: str, expected: tuple[int, int, int]
) -> None:
    source = studio.asset(make_colour_clip(tmp_path / "a.mp4", colour=colour, seconds=2))

    made = studio.render(film(clip(source, 0, 40)), has_previews=True)

    assert Image.open(made.animation).convert("RGB").getpixel((90, 160)) == pytest.approx(expected, abs=8)
