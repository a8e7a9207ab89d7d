"""Which file of a picture or clip is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.models.asset import Credit
from studio.providers.footage import MOST_UPSCALED, Wanted
from studio.providers.footage.renditions import (
    LEAST_SHOWN,
    MOST_CANDIDATES,
    MOST_VIDEOS,
    Form,
    Kind,
    Offer,
    Rendition,
    best_rendition,
    candidates_of,
    form_of,
    kind_of_file,
)

SIDES = st.integers(1, 7_000)
CANVASES = st.builds(Wanted, st.just("sea"), SIDES, SIDES, st.just(4.0))
FORMS = st.sampled_from(["mp4", "webm", "mov"])
RENDITIONS = st.builds(
    Rendition, url=st.just("u"), form=FORMS, width=SIDES, height=SIDES, fps=st.sampled_from([0.0, 15.0, 24.0, 60.0])
)
UPRIGHT = Wanted("sea", 1080, 1920, 4.0)


def clip(width: int, height: int, form: Form = "mp4", fps: float = 0.0, size: float = 0.0) -> Rendition:
    return Rendition(url=f"{width}.{form}", form=form, width=width, height=height, fps=fps, size=size)


def offer(kind: Kind, *renditions: Rendition, number: int = 1, duration: float = 10.0) -> Offer:
    credit = Credit(title="sea", author="Ann", licence="CC0")
    return Offer(id=str(number), kind=kind, duration=duration, caption="sea", credit=credit, renditions=renditions)


def growth(rendition: Rendition, wanted: Wanted) -> float:
    return max(wanted.width / rendition.width, wanted.height / rendition.height)


def shown(rendition: Rendition, wanted: Wanted) -> float:
    scale = growth(rendition, wanted)
    return wanted.width * wanted.height / (rendition.width * scale * rendition.height * scale)


def test_of_nothing_nothing_is_taken() -> None:
    assert best_rendition([], UPRIGHT) is None
    assert candidates_of("pexels", [], UPRIGHT) == []


@given(st.lists(RENDITIONS, max_size=8), CANVASES)
def test_what_is_taken_covers_the_canvas_and_shows_enough(renditions: list[Rendition], wanted: Wanted) -> None:
    best = best_rendition(renditions, wanted)
    fitting = [
        each for each in renditions
        if growth(each, wanted) <= MOST_UPSCALED and shown(each, wanted) >= LEAST_SHOWN + 1e-6
    ]  # fmt: skip

    if best is None:
        assert fitting == []
    else:
        assert growth(best, wanted) <= MOST_UPSCALED
        assert shown(best, wanted) >= LEAST_SHOWN - 1e-6


@given(st.lists(RENDITIONS, min_size=1, max_size=8), CANVASES)
def test_nothing_smaller_of_the_same_kind_would_have_done(renditions: list[Rendition], wanted: Wanted) -> None:
    best = best_rendition(renditions, wanted)
    if best is None:
        return
    alike = [each for each in renditions if (each.form, each.fps) == (best.form, best.fps)]
    smaller = [each for each in alike if each.width * each.height < best.width * best.height]

    assert all(best_rendition([each], wanted) is None for each in smaller)


@given(st.permutations([clip(1080, 1920), clip(1080, 1920, "webm"), clip(2160, 3840), clip(720, 1280)]), CANVASES)
def test_the_order_of_the_files_changes_nothing(renditions: list[Rendition], wanted: Wanted) -> None:
    assert best_rendition(renditions, wanted) == best_rendition(sorted(renditions, key=str), wanted)


def test_mp4_comes_before_webm_and_24_frames_before_fewer() -> None:
    assert best_rendition([clip(1080, 1920, "webm"), clip(2160, 3840)], UPRIGHT) == clip(2160, 3840)
    assert best_rendition([clip(1080, 1920, fps=15.0), clip(2160, 3840, fps=24.0)], UPRIGHT) == clip(
        2160, 3840, fps=24.0
    )


def test_a_file_that_is_too_heavy_is_left_alone() -> None:
    assert best_rendition([clip(1080, 1920, size=201 << 20)], UPRIGHT) is None
    assert best_rendition([clip(9_000, 16_000)], UPRIGHT) is None


def test_a_clip_that_is_too_short_is_left_alone() -> None:
    assert candidates_of("pexels", [offer("video", clip(1080, 1920), duration=3.9)], UPRIGHT) == []
    assert len(candidates_of("pexels", [offer("video", clip(1080, 1920), duration=4.0)], UPRIGHT)) == 1


def test_clips_come_first_and_leave_room_for_pictures() -> None:
    picture = Rendition(url="p", form="jpg", width=1080, height=1920)
    offers = [offer("image", picture, number=n) for n in range(40)]
    offers += [offer("video", clip(1080, 1920), number=n) for n in range(40)]
    kinds = [each.kind for each in candidates_of("pexels", offers, UPRIGHT)]

    assert kinds == ["video"] * MOST_VIDEOS + ["image"] * (MOST_CANDIDATES - MOST_VIDEOS)


@pytest.mark.parametrize(
    ("url", "media_type", "form"),
    [
        ("https://a.example/x.MP4?token=1", "", "mp4"),
        ("https://a.example/x.ogv.480p.vp9.webm", "", "webm"),
        ("https://a.example/x.jpeg", "", "jpg"),
        ("https://a.example/x.m3u8", "video/mp4", None),
        ("https://a.example/x.gif", "image/jpeg", None),
        ("https://a.example/x.svg", "", None),
        ("https://a.example/x", 'video/webm; codecs="vp9"', "webm"),
        ("https://a.example/x", "text/html", None),
        ("", "", None),
    ],
)
def test_a_file_is_what_its_address_says_else_what_its_type_says(url: str, media_type: str, form: str | None) -> None:
    assert form_of(url, media_type) == form


def test_files_are_known_by_their_first_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"<html>")
    (tmp_path / "nothing").write_bytes(b"")

    assert {form: kind_of_file(path) for form, path in files.items()} == {
        "mp4": "video",
        "webm": "video",
        "jpg": "image",
        "png": "image",
    }
    assert kind_of_file(tmp_path / "page") is None
    assert kind_of_file(tmp_path / "nothing") is None
