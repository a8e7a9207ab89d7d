"""Single frames of a film that has not been rendered, as it would look: with its captions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from studio.models.asset import Asset
from studio.models.timeline import Timeline
from studio.render import graph
from studio.render.cache import RenderCache
from studio.render.crew import Crew
from studio.render.frames import open_frames
from studio.render.plan import segment_of
from studio.render.subtitles import write_ass
from studio.render.suite import FrameCount, Suite, furnish


def render_stills(
    timeline: Timeline,
    frames: Sequence[int],
    *,
    open_asset: Callable[[Asset], Path],
    work: Path,
    timeout_s: float = 120,
) -> list[Path]:
    """
    The *frames* of *timeline*, by number, as PNGs in *work*, in that order.

    Raises:
        UnreadableMedia: an asset is not what its shot needs.
        RenderFailed: ffmpeg failed or took too long.
    """
    crew = Crew(timeout_s=timeout_s)
    with tempfile.TemporaryDirectory(prefix=".stills-", dir=work) as private:
        folder = Path(private).resolve()
        cache = RenderCache(folder / "cache")
        suite = Suite(timeline, "draft", folder, crew, cache, open_asset, FrameCount(timeline.frames))
        furnish(suite.folder)
        drawn = crew.finish([partial(_draw, frame, suite) for frame in frames])
        return [
            Path(shutil.move(path, work / f"frame{frame:06d}.png")) for path, frame in zip(drawn, frames, strict=True)
        ]


def _draw(frame: int, suite: Suite) -> Path:
    timeline, desk = suite.timeline, suite.desk(f"still{frame}")
    segment = segment_of(timeline, frame, frame + 1)
    captions = write_ass(
        timeline.captions,
        style=timeline.caption_style,
        canvas=timeline.canvas,
        start_frame=frame,
        end_frame=frame + 1,
    )
    (desk / "captions.ass").write_text(captions, "utf-8")
    argv = graph.still(canvas=timeline.canvas, has_captions=bool(captions))
    with open_frames(segment, suite=suite, desk=desk) as pictures:
        suite.crew.run(argv, folder=desk, frames=pictures)
    return desk / graph.STILL
