"""Render a timeline: segments and sound at once, then one join without encoding again."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from studio.models.asset import Asset
from studio.models.rendition import Loudness
from studio.models.timeline import Timeline
from studio.render import graph
from studio.render.beside import Pictures, Thumbnail, take_pictures
from studio.render.cache import RenderCache
from studio.render.crew import Crew, all_cores
from studio.render.joining import join_film, join_preview
from studio.render.loudness import make_audio
from studio.render.plan import plan_segments
from studio.render.preview import Preview, stretch_of
from studio.render.segments import RenderedSegment, render_segment
from studio.render.sidecars import write_srt, write_vtt
from studio.render.suite import FrameCount, Suite, furnish
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
    thumbnails: tuple[Thumbnail, ...]
    """The best first."""
    animation: Path | None
    preview: Path | None
    """The whole film at about 360 px."""
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
    on_preview: Callable[[Path], None] | None = None,
    has_previews: bool = True,
) -> RenderedFilm:
    """
    Render *timeline* to `film.mp4` in *work*, with `poster.jpg`, `film.srt` and `film.vtt` beside it, and with
    `preview.mp4`, `animation.webp`, `thumbnail1.jpg` and so on if it *has_previews*.

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
        on_preview: given, in the caller's thread, an MP4 of about 360 px of what can be watched already, every time
            that has become longer by a few scenes; the file is gone when the render is over.
        has_previews: whether a small copy, thumbnails and an animation are made: a fifth more work.

    Raises:
        UnreadableMedia: an asset is not what its shot needs.
        RenderFailed: ffmpeg failed, took too long or made something else than asked.
    """
    crew = Crew(timeout_s=timeout_s)
    kept = RenderCache(cache)
    with tempfile.TemporaryDirectory(prefix=".render-", dir=work) as private:
        at_once = jobs or all_cores()
        folder, count = Path(private).resolve(), FrameCount(timeline.frames)
        suite = Suite(timeline, tier, folder, crew, kept, open_asset, count, has_previews)
        furnish(suite.folder)
        tell = progress or _ignore
        preview = Preview(plan_segments(timeline), suite=suite, is_watched=on_preview is not None)

        def on_tick() -> None:
            tell(SEGMENTS_SHARE * suite.count.fraction)
            if on_preview and (newest := preview.take()):
                on_preview(newest)

        parts = _render_parts(suite, jobs=at_once, on_tick=on_tick, preview=preview)
        whole, small = _join(parts, suite=suite)
        opening = suite.folder / "poster" / graph.POSTER
        pictures = take_pictures(parts.segments, small=small, opening=opening, suite=suite, jobs=at_once)
        film = _deliver(whole, small=small, pictures=pictures, suite=suite, work=work, loudness=parts.loudness)
    kept.prune()
    tell(1.0)
    return film


@dataclass(frozen=True, slots=True)
class _Parts:
    segments: list[RenderedSegment]
    sound: Path
    loudness: Loudness


def _render_parts(suite: Suite, *, jobs: int, on_tick: Callable[[], None], preview: Preview) -> _Parts:
    """
    Every segment, and the sound.

    One stretch of the film after the other, so that its beginning can be watched early; in each the longest segment
    first, so that no core waits at the end for a late long one.
    """
    plan, frames = plan_segments(suite.timeline), suite.timeline.frames
    poster = int(suite.timeline.clips[0].frames * POSTER_AT)
    order = sorted(range(len(plan)), key=lambda n: (stretch_of(plan[n], frames=frames), -plan[n].frames))
    rendered: dict[int, RenderedSegment] = {}
    sound: list[tuple[Path, Loudness]] = []

    def render(number: int) -> None:
        segment = plan[number]
        rendered[number] = render_segment(segment, name=f"segment{number:04d}", suite=suite)
        if segment.start <= poster < segment.end:
            _take_poster(rendered[number], frame=poster - segment.start, suite=suite)
        preview.add(number, rendered[number].small)

    def mix() -> None:
        sound.append(make_audio(name="audio", suite=suite))
        preview.hear(sound[0][0])

    tasks: list[Callable[[], None]] = [mix, *(partial(render, number) for number in order)]
    suite.crew.finish(tasks, jobs=jobs, on_tick=on_tick)
    return _Parts([rendered[number] for number in range(len(plan))], *sound[0])


def _join(parts: _Parts, *, suite: Suite) -> tuple[Path, Path | None]:
    """The film, and the small copy of it if there is to be one."""
    small = [segment.small for segment in parts.segments if segment.small]
    tasks = [partial(join_film, parts.segments, parts.sound, suite=suite)]
    if small:
        tasks.append(partial(join_preview, small, parts.sound, frames=suite.timeline.frames, suite=suite))
    film, *preview = suite.crew.finish(tasks)
    return film, preview[0] if preview else None


def _take_poster(segment: RenderedSegment, *, frame: int, suite: Suite) -> None:
    desk = suite.desk("poster")
    (desk / graph.SEGMENT).symlink_to(segment.path)
    suite.crew.run(graph.poster_frame(frame), folder=desk)


def _deliver(
    film: Path, *, small: Path | None, pictures: Pictures, suite: Suite, work: Path, loudness: Loudness
) -> RenderedFilm:
    desk = suite.desk("delivery")
    (desk / "film.srt").write_text(write_srt(suite.timeline.captions), "utf-8")
    (desk / "film.vtt").write_text(write_vtt(suite.timeline.captions), "utf-8")
    # A copy, for the best thumbnail may be the poster too.
    shutil.copyfile(pictures.poster, desk / graph.POSTER)
    made = (film, desk / graph.POSTER, desk / "film.srt", desk / "film.vtt")
    video, poster, srt, vtt = (Path(shutil.move(path, work / path.name)) for path in made)
    animation, preview = (
        Path(shutil.move(path, work / path.name)) if path else None for path in (pictures.animation, small)
    )
    thumbnails = tuple(
        replace(each, path=Path(shutil.move(each.path, work / f"thumbnail{place}.jpg")))
        for place, each in enumerate(pictures.thumbnails, start=1)
    )
    logger.info("film rendered frames=%d lufs=%.1f", suite.timeline.frames, loudness.lufs)
    return RenderedFilm(
        video, poster, srt, vtt, thumbnails, animation, preview, frames=suite.timeline.frames, loudness=loudness
    )


def _ignore(_fraction: float) -> None:
    pass
