"""Measure a film before it is sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio.errors import UnreadableMedia
from studio.models.publication import Media
from studio.render.probe import probe

DEFAULT_FPS = 30.0
"""For a container that does not say."""


def measured(video: Path) -> Media:
    """
    What is known of the file *video*.

    Raises:
        UnreadableMedia: it is no film.
    """
    found = probe(video)
    if found.kind != "video" or found.duration <= 0:
        raise UnreadableMedia("is no film")
    with video.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Media(
        width=found.width,
        height=found.height,
        duration=found.duration,
        fps=float(found.fps or DEFAULT_FPS),
        size=video.stat().st_size,
        sha256=digest,
    )
