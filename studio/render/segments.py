"""Render one segment of a film: from the cache, or with one encoder, verified before it is kept."""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from studio.errors import RenderFailed
from studio.models.shot import ClipShot, PictureShot, Shot
from studio.models.timeline import Canvas, TimelineClip
from studio.picture.fonts import FONTS_FOR_CAPTIONS
from studio.render import graph
from studio.render.backing import DARK, LIGHT, SAMPLE_PX, WHITE, is_transparent
from studio.render.cache import content_key
from studio.render.clips import Loop, damaged, loop_of
from studio.render.looping import HELD_FRAMES, HELD_SHARE
from studio.render.plan import Segment
from studio.render.process import BrokenInput
from studio.render.subtitles import write_ass
from studio.render.suite import Suite
from studio.render.verify import verify_picture

logger = logging.getLogger("studio.render")

KEY_CHARS = 8
"""How much of a key a log line shows."""


@dataclass(frozen=True, slots=True)
class RenderedSegment:
    """
    A segment's file with the decoder's parameter sets in it, and the file of its small copy if there is to be one.

    *key* stands for everything that shapes its pixels.
    """

    path: Path
    parameters: bytes
    small: Path | None
    key: str


def render_segment(segment: Segment, *, name: str, suite: Suite) -> RenderedSegment:
    """
    Make *segment* as a file in a working directory called *name*.

    Raises:
        UnreadableMedia: a source is not what its shot needs.
        RenderFailed: ffmpeg failed, or made something else than asked.
    """
    desk = suite.desk(name)
    captions = write_ass(
        suite.timeline.captions,
        style=suite.timeline.caption_style,
        canvas=suite.timeline.canvas,
        start_frame=segment.start,
        end_frame=segment.end,
    )
    (desk / "captions.ass").write_text(captions, "utf-8")
    loops = [loop_of(clip, suite=suite) for clip in segment.clips]
    direct = _direct_shot(segment, loops)
    compose = _composed(segment, direct, suite=suite, desk=desk, has_captions=bool(captions))
    extras = _extras(segment, loops, suite)
    # The small copy shapes no pixel of the segment.
    key = _key(segment, argv=compose(small=None), captions=captions, is_drawn=direct is None, **extras)
    kept = _from_cache(key, segment=segment, suite=suite, desk=desk)
    argv = compose(small=suite.small)
    rendered = kept or _encode(segment, direct, argv=argv, name=name, key=key, suite=suite, desk=desk)
    suite.count.tell(name, segment.frames)
    logger.info("segment %s %s frames=%d", key[:KEY_CHARS], "cached" if kept else "rendered", segment.frames)
    return rendered


class _Compose(Protocol):
    def __call__(self, *, small: Canvas | None) -> list[str]: ...


def _direct_shot(segment: Segment, loops: list[Loop | None]) -> ClipShot | None:
    """The shot that ffmpeg reads from its file by itself; None where frames are drawn, mixed or begun again by us."""
    shot = segment.clips[0].shot
    is_direct = segment.is_straight_from_a_file and loops == [None]
    return shot if is_direct and isinstance(shot, ClipShot) else None


def _composed(segment: Segment, shot: ClipShot | None, *, suite: Suite, desk: Path, has_captions: bool) -> _Compose:
    """What makes the argv of *segment*, with a small copy or without; *shot* where it is read directly."""
    canvas = suite.timeline.canvas
    if shot is None:
        return partial(graph.piped_segment, segment.frames, canvas=canvas, tier=suite.tier, has_captions=has_captions)
    media = suite.lay_out(shot.clip, at=desk / "source0", kind="video")
    first, frames = segment.span(segment.clips[0])
    window = graph.Window(start=shot.start, first=first, frames=frames)
    return partial(graph.clip_segment, media, window, canvas=canvas, tier=suite.tier, has_captions=has_captions)


def _key(segment: Segment, *, argv: list[str], captions: str, is_drawn: bool, **extras: object) -> str:
    """Everything that shapes the pixels, counted from the segment's own start: moving it in the film costs nothing."""
    return content_key(
        argv=argv,
        captions=captions,
        fonts=_font_digests() if captions else [],
        drawing=_drawing_version() if is_drawn else "",
        clips=[_placed(clip, segment) for clip in segment.clips],
        **_transitions(segment),
        **extras,
    )


def _extras(segment: Segment, loops: list[Loop | None], suite: Suite) -> dict[str, object]:
    """What most segments have nothing of: clips that are shown again and again, pictures that can be seen through."""
    extras: dict[str, object] = {}
    if any(loops):
        extras["loops"] = [loop and [loop.frames, loop.is_cut, HELD_FRAMES, HELD_SHARE] for loop in loops]
    pictures = [clip.shot.picture for clip in segment.clips if isinstance(clip.shot, PictureShot)]
    if any(is_transparent(suite.open_asset(picture)) for picture in pictures):
        extras["backing"] = [LIGHT, DARK, WHITE, graph.still_sample("picture", side=SAMPLE_PX)]
    return extras


def _placed(clip: TimelineClip, segment: Segment) -> list[object]:
    return [clip.start_frame - segment.start, clip.end_frame - segment.start, _shot(clip.shot)]


def _transitions(segment: Segment) -> dict[str, list[str]]:
    """How clips of the segment give way to each other; dissolves go without saying, as bodies do."""
    kinds = [after.transition for before, after in pairwise(segment.clips) if after.start_frame < before.end_frame]
    return {"transitions": list(kinds)} if set(kinds) - {"dissolve"} else {}


def _drawing_version() -> str:
    # What draws is imported when something is drawn: a film of clips saves 40 MB and half a second.
    from studio.picture.scene import DRAWING_VERSION

    return DRAWING_VERSION


def _shot(shot: Shot) -> object:
    """A shot without what is said about its asset: the key of an asset names its content."""
    about = {"kind", "media_type", "size", "credit"}
    return shot.model_dump(mode="json", exclude={"picture": about, "clip": about, "logo": about})


@cache
def _font_digests() -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS_FOR_CAPTIONS)


def _from_cache(key: str, *, segment: Segment, suite: Suite, desk: Path) -> RenderedSegment | None:
    kept = desk / "kept.mp4"
    if not suite.cache.take(f"{key}.mp4", into=kept):
        return None
    try:
        parameters = verify_picture(kept, frames=segment.frames)
    except RenderFailed:
        logger.warning("segment %s is damaged in the cache and is rendered again", key[:KEY_CHARS])
        return None
    return RenderedSegment(kept, parameters, _small(kept, key=key, segment=segment, suite=suite, desk=desk), key)


def _small(kept: Path, *, key: str, segment: Segment, suite: Suite, desk: Path) -> Path | None:
    """The small copy of a segment from the cache; made anew where it is not there, or damaged."""
    if suite.small is None:
        return None
    small = desk / graph.SMALL
    name = _small_name(key, segment=segment, canvas=suite.small)
    if suite.cache.take(name, into=small):
        with suppress(RenderFailed):
            verify_picture(small, frames=segment.frames)
            return small
    small.unlink(missing_ok=True)
    (desk / graph.SEGMENT).symlink_to(kept)
    suite.crew.run(graph.small_segment(segment.frames, small=suite.small), folder=desk)
    return _keep_small(small, name=name, segment=segment, suite=suite)


def _keep_small(small: Path, *, name: str, segment: Segment, suite: Suite) -> Path:
    verify_picture(small, frames=segment.frames)
    suite.cache.keep(small, name=name)
    return small


def _small_name(key: str, *, segment: Segment, canvas: Canvas) -> str:
    return f"{content_key(of=key, argv=graph.small_segment(segment.frames, small=canvas))}.mp4"


def _encode(
    segment: Segment, shot: ClipShot | None, *, argv: list[str], name: str, key: str, suite: Suite, desk: Path
) -> RenderedSegment:
    def on_frame(frames: int) -> None:
        suite.count.tell(name, min(frames, segment.frames))

    if shot is not None:
        try:
            suite.crew.run(argv, folder=desk, on_frame=on_frame)
        except BrokenInput as error:
            raise damaged(shot.clip, error) from error
    else:
        from studio.render.frames import open_frames

        with open_frames(segment, suite=suite, desk=desk) as frames:
            suite.crew.run(argv, folder=desk, frames=frames, on_frame=on_frame)
    path = desk / graph.SEGMENT
    parameters = verify_picture(path, frames=segment.frames)
    suite.cache.keep(path, name=f"{key}.mp4")
    if suite.small is None:
        return RenderedSegment(path, parameters, None, key)
    small_name = _small_name(key, segment=segment, canvas=suite.small)
    small = _keep_small(desk / graph.SMALL, name=small_name, segment=segment, suite=suite)
    return RenderedSegment(path, parameters, small, key)
