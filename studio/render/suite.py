"""What all segments of one film share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from studio.errors import UnreadableMedia
from studio.models.asset import Asset
from studio.models.timeline import Canvas, Timeline
from studio.picture.fonts import FONTS_FOR_CAPTIONS
from studio.render.cache import RenderCache
from studio.render.crew import Crew
from studio.render.probe import Media, probe
from studio.render.process import give_memory_back
from studio.settings import Tier

SMALL_SIDE_PX = 360
"""Short side of the small copy that is made of a film: what a telephone shows well, a ninth of the work."""


@dataclass(slots=True)
class FrameCount:
    """How many frames of a film are done, told by several threads."""

    total: int
    _done: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, part: str, frames: int) -> None:
        """*part* has come to *frames* frames."""
        with self._lock:
            self._done[part] = frames

    @property
    def fraction(self) -> float:
        """Share of the film that is done, 0 to 1."""
        with self._lock:
            return min(1.0, sum(self._done.values()) / self.total)


@dataclass(frozen=True, slots=True)
class Suite:
    """
    The room a film is made in.

    *folder* is private to this film and removed after it; *open_asset* gives the local file of an asset, which is
    only read.
    """

    timeline: Timeline
    tier: Tier
    folder: Path
    crew: Crew
    cache: RenderCache
    open_asset: Callable[[Asset], Path]
    count: FrameCount

    has_small: bool = True

    @property
    def small(self) -> Canvas | None:
        """Canvas of the small copy of the film; None where there is to be none."""
        return self.timeline.canvas.reduced(SMALL_SIDE_PX) if self.has_small else None

    def desk(self, name: str) -> Path:
        """A working directory of its own for one job, with the list of the captions' fonts in it."""
        desk = self.folder / name
        desk.mkdir()
        (desk / "fonts.conf").symlink_to(self.folder / "fonts.conf")
        return desk

    def lay_out(self, asset: Asset, *, at: Path, kind: str) -> Media:
        """
        Put *asset* at the path *at* and say what it is.

        Raises:
            UnreadableMedia: it is not a readable file of that *kind*.
        """
        path = self.open_asset(asset).resolve()
        media = probe(path, decodes=False)
        give_memory_back()
        if media.kind != kind:
            raise UnreadableMedia(f"{asset.key} is {media.kind}, and {kind} is needed here")
        at.symlink_to(path)
        return media


def furnish(folder: Path) -> None:
    """Lay out the fonts of captions, and a fontconfig that knows no others: every machine sets the same type."""
    fonts = folder / "fonts"
    fonts.mkdir()
    for path in FONTS_FOR_CAPTIONS:
        (fonts / path.name).symlink_to(path.resolve())
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(fonts))}</dir><cachedir>{escape(str(folder / 'fontcache'))}</cachedir></fontconfig>\n",
        "utf-8",
    )
