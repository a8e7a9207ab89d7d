from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.models.asset import Asset, AssetKind
from studio.models.shot import CaptionLook, ClipShot, DrawnShot
from studio.models.timeline import Canvas, CaptionCue, CaptionStyle, CaptionWord, Timeline, TimelineClip
from studio.render.film import RenderedFilm, render_film
from tests.media import as_asset

CANVAS = Canvas(width=180, height=320)
LOOK = CaptionLook(fill="#ffffff", highlight="#ffe500", outline="#101010")
STYLE = CaptionStyle(font="Outfit ExtraBold", size_px=24, outline_px=2, centre_y_px=220, max_width_px=160)


class GreyFrames:
    """A scene whose frame number n has the luma level + n, up to white."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._frame = np.full(CANVAS.width * CANVAS.height * 3 // 2, 128, np.uint8)

    def draw(self, index: int) -> NDArray[np.uint8]:
        self._frame[: CANVAS.width * CANVAS.height] = min(self._level + index, 235)
        return self._frame


@pytest.fixture
def grey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn shots become GreyFrames of the level that their kicker says."""
    monkeypatch.setattr("studio.render.frames.open_drawn", open_grey)


def open_grey(shot: DrawnShot, _canvas: Canvas, *, frames: int, logo: Path | None = None) -> GreyFrames:
    """GreyFrames of the level that the kicker of *shot* says."""
    assert frames > 0
    return GreyFrames(int(shot.kicker))


@dataclass
class Studio:
    """A place to render in: assets by key, a folder for results and a cache."""

    root: Path
    files: dict[str, Path] = field(default_factory=dict)

    def asset(self, path: Path, kind: AssetKind = "video") -> Asset:
        asset = as_asset(path, kind=kind)
        self.files[asset.key] = path
        return asset

    def render(self, timeline: Timeline, *, has_previews: bool = False, **options: Any) -> RenderedFilm:
        """A film; what goes beside it is more than half of the work and is left out unless a test looks at it."""
        self.out.mkdir(exist_ok=True)
        return render_film(
            timeline,
            open_asset=lambda asset: self.files[asset.key],
            work=self.out,
            cache=self.cache,
            has_previews=has_previews,
            **options,
        )

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def cache(self) -> Path:
        return self.root / "cache"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
def no_child_left() -> Iterator[None]:
    """Fails when the test leaves an ffmpeg behind."""
    yield
    assert ffmpeg_children() == []


def ffmpeg_children() -> list[int]:
    """Processes of ffmpeg that we are the parent of."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text()
        except OSError:
            continue
        name, rest = status.split("(", 1)[1].rsplit(")", 1)
        if name.startswith("ffmpeg") and int(rest.split()[1]) == os.getpid():
            found.append(int(folder.name))
    return found


def film(*clips: TimelineClip, **rest: Any) -> Timeline:
    return Timeline(canvas=CANVAS, clips=clips, caption_style=STYLE, **rest)


def drawn(start: int, end: int, *, level: int = 60) -> TimelineClip:
    shot = DrawnShot(layout="none", palette="none", ground="deep", kicker=str(level), content={})
    return TimelineClip(start_frame=start, end_frame=end, shot=shot)


def clip(asset: Asset, start: int, end: int, *, at: float = 0.0) -> TimelineClip:
    return TimelineClip(start_frame=start, end_frame=end, shot=ClipShot(clip=asset, start=at))


def cue(start: int, end: int, *words: tuple[str, int, int], is_burned_in: bool = True) -> CaptionCue:
    line = tuple(CaptionWord(text=text, start_frame=first, end_frame=last) for text, first, last in words)
    return CaptionCue(start_frame=start, end_frame=end, lines=(line,), look=LOOK, is_burned_in=is_burned_in)
