"""A small copy of the film as far as it is rendered, to be watched while the rest is."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from studio.render.joining import join_preview
from studio.render.plan import Segment
from studio.render.suite import Suite

STRETCHES = 8
"""Into so many stretches a film is divided; the preview grows by about one at a time, so that few copies are stored."""

NOT_SOONER_S = 3.0
"""After the last preview, or the beginning: a film whose segments are in the cache is done before anybody looks."""


def stretch_of(segment: Segment, *, frames: int) -> int:
    """Number of the stretch that *segment* begins in, of a film of *frames* frames."""
    return segment.start * STRETCHES // frames


class Preview:
    """What of a film can be watched before it is finished: its beginning, without a gap. Told by several threads."""

    def __init__(self, plan: Sequence[Segment], *, suite: Suite, is_watched: bool) -> None:
        self._plan, self._suite, self._is_watched = plan, suite, is_watched
        self._joined_at = time.monotonic()
        self._pieces: dict[int, Path] = {}
        self._sound: Path | None = None
        self._frames = 0
        self._newest: Path | None = None
        self._lock = threading.Lock()

    def add(self, number: int, piece: Path | None) -> None:
        """Segment *number* is rendered, and *piece* is its small copy; without one nothing can be watched."""
        if piece is None or not self._is_watched:
            return
        with self._lock:
            self._pieces[number] = piece
        self._grow()

    def hear(self, sound: Path) -> None:
        """The whole sound of the film is there."""
        with self._lock:
            self._sound = sound
        self._grow()

    def take(self) -> Path | None:
        """The newest preview, the first time that it is asked for."""
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    def _grow(self) -> None:
        with self._lock:
            pieces, sound = self._beginning(), self._sound
            if sound is None or not pieces or time.monotonic() - self._joined_at < NOT_SOONER_S:
                return
            frames, whole = self._plan[len(pieces) - 1].end, self._plan[-1].end
            if frames == whole or frames - self._frames < whole // STRETCHES:
                return
            self._frames, self._joined_at = frames, time.monotonic()
        joined = join_preview(pieces, sound, frames=frames, suite=self._suite)
        with self._lock:
            # A longer one may have been joined by another thread meanwhile.
            if frames == self._frames:
                self._newest = joined

    def _beginning(self) -> list[Path]:
        pieces: list[Path] = []
        while (piece := self._pieces.get(len(pieces))) is not None:
            pieces.append(piece)
        return pieces
