"""What a film is posted with at TikTok. Source: developers.tiktok.com, Content Posting API, Direct Post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from studio.errors import ProviderRejected
from studio.models.publication import Media, Post, Problem, Visibility
from studio.providers.publish.captions import MOST, own_text, too_long, utf16_units
from studio.providers.publish.choices import wrong_options
from studio.providers.publish.wording import Fitted, Room, fitted
from studio.providers.vendor import Vendor

PRIVACY: Final[dict[Visibility, str]] = {"private": "SELF_ONLY", "public": "PUBLIC_TO_EVERYONE"}
ROOM: Final = Room(most=MOST, weigh=utf16_units)


class TikTokOptions(BaseModel):
    """What is TikTok's own; names are those of its API."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    mode: Literal["direct", "inbox"] = Field("direct", description="inbox leaves a draft that is finished in the app")
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    video_cover_timestamp_ms: Annotated[int, Field(ge=0)] | None = Field(
        None, description="the frame that is the cover"
    )
    brand_content_toggle: bool = Field(False, description="a paid partnership for somebody else's business")
    brand_organic_toggle: bool = Field(False, description="it promotes the creator's own business")


def problems_of_post(post: Post, media: Media | None) -> list[Problem]:
    """What TikTok would refuse."""
    found = [*wrong_options(TikTokOptions, post.options), *too_long(post)]
    if post.publish_at:
        found.append(Problem(field="publish_at", message="TikTok has no schedule of its own; use scheduled_at"))
    if post.options.get("brand_content_toggle") is True and post.visibility == "private":
        found.append(Problem(field="options.brand_content_toggle", message="a paid partnership cannot be private"))
    cover_ms = post.options.get("video_cover_timestamp_ms")
    if media and isinstance(cover_ms, int) and cover_ms >= media.duration * 1000:
        message = f"is {cover_ms} ms; the film lasts {media.duration * 1000:.0f} ms"
        found.append(Problem(field="options.video_cover_timestamp_ms", message=message))
    return found


def caption_of(post: Post) -> Fitted:
    """The caption; that machines made the film is told by a flag."""
    return fitted(
        own_text(post), room=ROOM, credits=post.credits, tags=post.tags, is_synthetic=False, language=post.language
    )


def post_info(post: Post, media: Media, creator: Mapping[str, Any], *, vendor: Vendor) -> dict[str, Any]:
    """
    What is said about the film; *creator* is what the account may do just now.

    Raises:
        ProviderRejected: the account may not post so.
    """
    options = TikTokOptions.model_validate(post.options)
    privacy, offered = PRIVACY.get(post.visibility), creator.get("privacy_level_options")
    if not isinstance(offered, list) or privacy not in offered:
        message = f"the account does not offer visibility '{post.visibility}'; change it there, or choose another one"
        raise ProviderRejected(vendor.role, vendor.name, message)
    longest_s = creator.get("max_video_post_duration_sec")
    if isinstance(longest_s, int | float) and media.duration > longest_s:
        message = f"the film lasts {media.duration:.1f} s; this account may post {longest_s:g} s"
        raise ProviderRejected(vendor.role, vendor.name, message)
    said: dict[str, Any] = {
        "title": caption_of(post).text,
        "privacy_level": privacy,
        "is_aigc": post.is_synthetic,
        "brand_content_toggle": options.brand_content_toggle,
        "brand_organic_toggle": options.brand_organic_toggle,
    }
    for what in ("comment", "duet", "stitch"):
        said[f"disable_{what}"] = getattr(options, f"disable_{what}") or creator.get(f"{what}_disabled") is True
    if options.video_cover_timestamp_ms is not None:
        said["video_cover_timestamp_ms"] = options.video_cover_timestamp_ms
    return said
