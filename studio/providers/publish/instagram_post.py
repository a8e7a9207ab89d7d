"""What a film is posted with at Instagram. Source: developers.facebook.com, Instagram Platform, IG User Media."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from studio.models.publication import Media, Post, Problem
from studio.providers.publish.captions import MOST, field_of, hashtags_in, own_text, too_long, utf16_units
from studio.providers.publish.choices import wrong_options
from studio.providers.publish.wording import Fitted, Room, fitted

MOST_HASHTAGS: Final = 30
MOST_MENTIONS: Final = 20
ROOM: Final = Room(most=MOST, weigh=utf16_units, most_hashtags=MOST_HASHTAGS)
"""Instagram says 2200 characters and not which; code units are the stricter reading."""

WIDEST_PX: Final = 1920
_MENTION = re.compile(r"(?<![\w.@])@[\w.]+")


class InstagramOptions(BaseModel):
    """What is Instagram's own."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    share_to_feed: bool = Field(True, description="whether it stands in the feed too, not among the reels alone")
    thumb_offset_ms: Annotated[int, Field(ge=0)] | None = Field(None, description="the frame that is the cover")
    cover_url: Annotated[str, Field(pattern=r"^https://\S+$", max_length=2000)] | None = Field(
        None, description="a public JPEG that Instagram fetches as the cover; goes before thumb_offset_ms"
    )


def problems_of_post(post: Post, media: Media | None) -> list[Problem]:
    """What Instagram would refuse."""
    found = [*wrong_options(InstagramOptions, post.options), *too_long(post)]
    text = own_text(post)
    for what, count, most in (
        ("hashtags", hashtags_in(text), MOST_HASHTAGS),
        ("mentions", len(_MENTION.findall(text)), MOST_MENTIONS),
    ):
        if count > most:
            found.append(Problem(field=field_of(post), message=f"has {count} {what}; {most} are allowed"))
    if post.publish_at:
        found.append(Problem(field="publish_at", message="Instagram has no schedule of its own; use scheduled_at"))
    return [*found, *(_misfits(post, media) if media else [])]


def caption_of(post: Post) -> Fitted:
    """The caption; hashtags that stand in it already count too."""
    own = own_text(post)
    room = replace(ROOM, most_hashtags=max(0, MOST_HASHTAGS - hashtags_in(own)))
    return fitted(
        own, room=room, credits=post.credits, tags=post.tags, is_synthetic=post.is_synthetic, language=post.language
    )


def said_of(post: Post) -> dict[str, str]:
    """The parameters of its container."""
    options = InstagramOptions.model_validate(post.options)
    said = {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": caption_of(post).text,
        "share_to_feed": "true" if options.share_to_feed else "false",
    }
    if post.is_synthetic:
        said["is_ai_generated"] = "true"
    if options.cover_url:
        said["cover_url"] = options.cover_url
    elif options.thumb_offset_ms is not None:
        said["thumb_offset"] = str(options.thumb_offset_ms)
    return said


def _misfits(post: Post, media: Media) -> list[Problem]:
    found = []
    if media.width > WIDEST_PX:
        message = f"the film is {media.width} px wide; {WIDEST_PX} are allowed"
        found.append(Problem(field="video_url", message=message))
    offset_ms = post.options.get("thumb_offset_ms")
    if isinstance(offset_ms, int) and offset_ms >= media.duration * 1000:
        message = f"is {offset_ms} ms; the film lasts {media.duration * 1000:.0f} ms"
        found.append(Problem(field="options.thumb_offset_ms", message=message))
    return found
