"""Rendered parts by what is in them: a part that was made once is never made again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
import uuid
from pathlib import Path

from studio.render.process import ffmpeg_version

LIMIT_BYTES = 4 << 30
"""Room for about two hours of segments; the longest unused go first."""

STALE_S = 3600
"""A half-written file of a process that died is removed after this."""


def content_key(**parts: object) -> str:
    """SHA-256 of everything that shapes a part, the version of ffmpeg included, as 64 hex digits."""
    whole = json.dumps({"ffmpeg": ffmpeg_version(), **parts}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


class RenderCache:
    """
    Files named by their key in one folder, shared by all renders of a machine.

    A file appears whole or not at all. Taking one links it into the taker's folder, so pruning cannot pull it away.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, *, into: Path) -> bool:
        """Put the file called *name* at *into* and mark it as used; False when there is none."""
        kept = self._folder / name
        try:
            _link(kept, into)
            os.utime(kept)
        except FileNotFoundError:
            return into.exists()
        return True

    def keep(self, part: Path, *, name: str) -> None:
        """Keep a whole, verified file under *name*."""
        half = self._folder / f".{uuid.uuid4().hex}"
        try:
            _link(part, half)
            half.replace(self._folder / name)
        finally:
            half.unlink(missing_ok=True)

    def prune(self, *, limit_bytes: int = LIMIT_BYTES) -> None:
        """Remove what was used longest ago until at most *limit_bytes* remain, and what dead processes left."""
        total = 0
        for used, size, path in sorted(self._entries(), reverse=True):
            is_half = path.name.startswith(".")
            total += 0 if is_half else size
            if time.time() - used > STALE_S if is_half else total > limit_bytes:
                path.unlink(missing_ok=True)

    def _entries(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.iterdir():
            # Another process may prune at the same time.
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        return found


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        # Another file system, or one without hard links.
        shutil.copyfile(source, target)
