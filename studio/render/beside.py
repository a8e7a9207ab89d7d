"""The pictures that go beside a finished film: poster, thumbnails, animation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from studio.render.animation import make_animation
from studio.render.moments import thumbnail_frames
from studio.render.plan import plan_segments
from studio.render.segments import RenderedSegment
from studio.render.suite import Suite


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """Frame number *frame* of a film as a JPEG file; *score* from 0 to 1."""

    path: Path
    frame: int
    score: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """Files of one film; *thumbnails* the best first."""

    poster: Path
    thumbnails: tuple[Thumbnail, ...]
    animation: Path | None


def take_pictures(
    segments: Sequence[RenderedSegment], *, small: Path | None, opening: Path, suite: Suite, jobs: int
) -> Pictures:
    """
    What may stand for the film. Its *small* copy is looked at, which costs a tenth; only what is kept is taken large.

    Without a small copy that is *opening* alone.

    Args:
        segments: the film's, in order.
        opening: a frame of the first shot as a JPEG, which the poster is if it is any good.

    Raises:
        RenderFailed: ffmpeg failed.
    """
    if small is None:
        return Pictures(opening, (), None)
    # What measures is imported when all encoders are gone: a film of clips stays 40 MB smaller until then.
    from studio.render.thumbnails import Piece, Still, is_outdone, rank, take_frame, take_still

    plan = list(zip(plan_segments(suite.timeline), segments, strict=True))
    large = [Piece(place.start, place.end, made.path, made.key) for place, made in plan]
    little = [Piece(place.start, place.end, made.small, f"small {made.key}") for place, made in plan if made.small]
    looks: list[Still] = []
    animations: list[Path] = []

    def look(frame: int) -> None:
        looks.append(take_still(frame, pieces=little, suite=suite))

    def animate() -> None:
        animations.append(make_animation(suite, film=small))

    def enlarge(still: Still) -> Thumbnail:
        path = take_frame(still.frame, pieces=large, name=f"thumbnail{still.frame:06d}", suite=suite)
        return Thumbnail(path, still.frame, still.score)

    tasks: list[Callable[[], None]] = [animate, *(partial(look, frame) for frame in thumbnail_frames(suite.timeline))]
    suite.crew.finish(tasks, jobs=jobs)
    ranked = rank(sorted(looks, key=lambda still: still.frame))
    thumbnails = suite.crew.finish([partial(enlarge, still) for still in ranked], jobs=jobs)
    poster = thumbnails[0].path if is_outdone(opening, ranked) else opening
    return Pictures(poster, tuple(thumbnails), animations[0])
