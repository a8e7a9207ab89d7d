"""A few seconds of a film as a picture that moves by itself, for lists and messages."""

from __future__ import annotations

from pathlib import Path

from studio.render import graph
from studio.render.moments import excerpts
from studio.render.suite import Suite

SHORT_SIDE_PX = 270

LIMIT_BYTES = 600_000
"""What a page of twenty films can bear, and messengers load without asking."""

QUALITIES = (70, 45, 25, 10)
"""Tried in this order until the file is small enough; the last is taken as it is."""


def make_animation(suite: Suite, *, film: Path) -> Path:
    """
    Looks at several moments of *film*, which is the film or its small copy, as a WebP that begins again at its end.

    Raises:
        RenderFailed: ffmpeg failed.
    """
    desk = suite.desk("animation")
    (desk / graph.FILM).symlink_to(film)
    size = suite.timeline.canvas.reduced(SHORT_SIDE_PX)
    for quality in QUALITIES:
        argv = graph.animation(excerpts(suite.timeline), size=size, quality=quality)
        suite.crew.run(argv, folder=desk)
        if (desk / graph.ANIMATION).stat().st_size <= LIMIT_BYTES:
            break
    return desk / graph.ANIMATION
