"""Render a timeline: segments and sound at once, then one join without encoding again."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from studio.errors import RenderFailed
from studio.models.asset import Asset
from studio.models.rendition import Loudness
from studio.models.timeline import Timeline
from studio.render import graph
from studio.render.cache import RenderCache
from studio.render.crew import Crew, all_cores
from studio.render.loudness import make_audio
from studio.render.plan import plan_segments
from studio.render.segments import RenderedSegment, render_segment
from studio.render.sidecars import write_srt, write_vtt
from studio.render.suite import FrameCount, Suite, furnish
from studio.render.verify import verify_picture
from studio.settings import Tier

logger = logging.getLogger("studio.render")

SEGMENTS_SHARE = 0.95
"""Part of the progress that rendering segments is; the rest is the join."""

POSTER_AT = 0.5
"""Share of the first shot after which the poster is taken: what moves in has arrived, nothing has left."""


@dataclass(frozen=True, slots=True)
class RenderedFilm:
    """A finished film as local files, which belong to the caller, and what was measured on it."""

    video: Path
    poster: Path
    srt: Path
    vtt: Path
    frames: int
    loudness: Loudness


def render_film(
    timeline: Timeline,
    *,
    open_asset: Callable[[Asset], Path],
    work: Path,
    cache: Path,
    tier: Tier = "standard",
    jobs: int = 0,
    timeout_s: float = 3600,
    progress: Callable[[float], None] | None = None,
) -> RenderedFilm:
    """
    Render *timeline* to `film.mp4`, `poster.jpg`, `film.srt` and `film.vtt` in *work*.

    Call it in the main thread: an exception that a signal raises there (a cancellation, a time-out) ends every
    ffmpeg within seconds and leaves nothing in *work*. Segments that are in *cache* are not rendered again.

    Args:
        timeline: the film.
        open_asset: local path of an asset, only read; called from several threads.
        work: an existing folder for the results; what it holds under their names is replaced at the end.
        cache: folder of rendered segments, shared by all films of this machine.
        tier: quality.
        jobs: segments at once; 0 means one a core.
        timeout_s: seconds after which the render is given up.
        progress: told the finished share from 0 to 1, in the caller's thread, about four times a second.

    Raises:
        UnreadableMedia: an asset is not what its shot needs.
        RenderFailed: ffmpeg failed, took too long or made something else than asked.
    """
    crew = Crew(timeout_s=timeout_s)
    kept = RenderCache(cache)
    with tempfile.TemporaryDirectory(prefix=".render-", dir=work) as private:
        suite = Suite(timeline, tier, Path(private).resolve(), crew, kept, open_asset, FrameCount(timeline.frames))
        furnish(suite.folder)
        tell = progress or _ignore
        segments, (audio, loudness) = _render_parts(
            suite, jobs=jobs or all_cores(), on_tick=lambda: tell(SEGMENTS_SHARE * suite.count.fraction)
        )
        crew.finish([partial(_join, segments, audio, suite=suite)])
        film = _deliver(suite, work=work, loudness=loudness)
    kept.prune()
    tell(1.0)
    return film


def _render_parts(
    suite: Suite, *, jobs: int, on_tick: Callable[[], None]
) -> tuple[list[RenderedSegment], tuple[Path, Loudness]]:
    """Every segment, and the sound: the longest first, so that no core waits at the end for a late long one."""
    plan = plan_segments(suite.timeline)
    poster = int(suite.timeline.clips[0].frames * POSTER_AT)
    order = sorted(range(len(plan)), key=lambda number: -plan[number].frames)
    rendered: dict[int, RenderedSegment] = {}
    sound: list[tuple[Path, Loudness]] = []

    def render(number: int) -> None:
        segment = plan[number]
        rendered[number] = render_segment(segment, name=f"segment{number:04d}", suite=suite)
        if segment.start <= poster < segment.end:
            _take_poster(rendered[number], frame=poster - segment.start, suite=suite)

    def mix() -> None:
        sound.append(make_audio(name="audio", suite=suite))

    tasks: list[Callable[[], None]] = [mix, *(partial(render, number) for number in order)]
    suite.crew.finish(tasks, jobs=jobs, on_tick=on_tick)
    return [rendered[number] for number in range(len(plan))], sound[0]


def _join(segments: Sequence[RenderedSegment], audio: Path, *, suite: Suite) -> None:
    if len({segment.parameters for segment in segments}) > 1:
        raise RenderFailed("the segments' encoder settings differ; empty the render cache and try again")
    desk = suite.desk("film")
    lines = ["ffconcat version 1.0"]
    for number, segment in enumerate(segments):
        (desk / f"{number:04d}.mp4").symlink_to(segment.path)
        lines.append(f"file '{number:04d}.mp4'")
    (desk / graph.SEGMENT_LIST).write_text("\n".join(lines) + "\n", "utf-8")
    (desk / graph.AUDIO).symlink_to(audio)
    title = "".join(sign for sign in suite.timeline.title if sign.isprintable())
    suite.crew.run(graph.join_segments(title=title), folder=desk)
    verify_picture(desk / graph.FILM, frames=suite.timeline.frames)


def _take_poster(segment: RenderedSegment, *, frame: int, suite: Suite) -> None:
    desk = suite.desk("poster")
    (desk / graph.SEGMENT).symlink_to(segment.path)
    suite.crew.run(graph.poster_frame(frame), folder=desk)


def _deliver(suite: Suite, *, work: Path, loudness: Loudness) -> RenderedFilm:
    desk = suite.folder / "film"
    (desk / "film.srt").write_text(write_srt(suite.timeline.captions), "utf-8")
    (desk / "film.vtt").write_text(write_vtt(suite.timeline.captions), "utf-8")
    made = (desk / graph.FILM, suite.folder / "poster" / graph.POSTER, desk / "film.srt", desk / "film.vtt")
    video, poster, srt, vtt = (Path(shutil.move(path, work / path.name)) for path in made)
    logger.info("film rendered frames=%d lufs=%.1f", suite.timeline.frames, loudness.lufs)
    return RenderedFilm(video, poster, srt, vtt, suite.timeline.frames, loudness)


def _ignore(_fraction: float) -> None:
    pass
