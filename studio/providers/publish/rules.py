"""What a platform would refuse, found before anything is sent."""

from __future__ import annotations

from studio.models.publication import Limits, Media, Post, Problem
from studio.providers.publish import Publisher


def problems_of(post: Post, media: Media | None, publisher: Publisher) -> list[Problem]:
    """All that would be refused of *post*, and of *media* where it is known already."""
    found = publisher.problems(post, media)
    limits = publisher.limits
    if post.visibility not in limits.visibilities:
        found.append(Problem(field="visibility", message=f"must be one of {', '.join(limits.visibilities)}"))
    return [*found, *(_misfits(media, limits) if media else [])]


def _misfits(media: Media, limits: Limits) -> list[Problem]:
    ratio, side = media.width / media.height, max(media.width, media.height)
    checks = (
        (media.duration < limits.shortest_s, f"lasts {media.duration:.1f} s; at least {limits.shortest_s:g} s are asked"),
        (_above(media.duration, limits.longest_s), f"lasts {media.duration:.1f} s; {limits.longest_s:g} s are allowed"
         if limits.longest_s else ""),
        (_above(media.size, limits.largest_bytes), f"has {media.size} bytes; {limits.largest_bytes} are allowed"),
        (ratio < limits.lowest_ratio or _above(ratio, limits.highest_ratio), f"is {media.width}x{media.height}, which is "
         f"too narrow or too wide; between {limits.lowest_ratio:g} and {limits.highest_ratio or 0:g} is allowed"),
        (min(media.width, media.height) < limits.smallest_px, f"is {media.width}x{media.height}; no side may be below {limits.smallest_px} px"),
        (_above(side, limits.largest_px), f"is {media.width}x{media.height}; no side may be above {limits.largest_px} px"),
        (media.fps < limits.lowest_fps or _above(media.fps, limits.highest_fps), f"has {media.fps:g} frames a second; "
         f"{limits.lowest_fps:g} to {limits.highest_fps or 0:g} are allowed"),
    )  # fmt: skip
    return [Problem(field="video_url", message=f"the film {message}") for is_wrong, message in checks if is_wrong]


def _above(value: float, most: float | None) -> bool:
    return most is not None and value > most
