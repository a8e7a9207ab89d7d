"""
Texts and settings of a film as YouTube takes them.

Source: developers.google.com, YouTube Data API, videos resource (title, description, tags, status).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from studio.models.base import Model
from studio.models.publication import Post, Problem
from studio.providers.publish.choices import wrong_options
from studio.providers.publish.wording import Fitted, Room, fitted

LONGEST_TITLE: Final = 100
MOST_DESCRIPTION_BYTES: Final = 5_000
MOST_TAGS: Final = 500
FORBIDDEN: Final = "<>"

WORDS: Final = {
    "title": f"at most {LONGEST_TITLE} characters, without < and >",
    "description": f"at most {MOST_DESCRIPTION_BYTES} bytes of UTF-8 (a Chinese character has 3), without < and >",
    "tags": f"at most {MOST_TAGS} characters together: commas between them count, and 2 for one that has a space",
    "size": "any; up to three minutes that are no wider than high (9:16, 4:5, 1:1) are a Short",
    "publish_at": "an option: the film is sent at once, stays private until then, and is public from then on",
}


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the calendar") from None


class YouTubeOptions(Model):
    """What can be chosen for a film at YouTube."""

    category_id: Annotated[str, Field(pattern=r"^[0-9]{1,3}$", description="number of a video category")] = "22"
    made_for_kids: bool = False
    playlist_id: Annotated[
        str, Field(pattern=r"^([A-Za-z0-9_-]{10,64})?$", description="a playlist of the channel to add it to")
    ] = ""
    embeddable: bool = True
    license: Literal["youtube", "creativeCommon"] = "youtube"
    notify_subscribers: bool = True
    publish_at: Annotated[
        Annotated[AwareDatetime, AfterValidator(_in_utc)] | None,
        Field(
            description="date and time with a zone at which YouTube itself makes the film public; private until then"
        ),
    ] = None


def problems_in(post: Post) -> list[Problem]:
    """What YouTube would refuse of *post*."""
    title, description, tags = len(post.title), weigh(post.description), tags_length(post.tags)
    checks = (
        ("title", title > LONGEST_TITLE, f"has {title} characters; {LONGEST_TITLE} are allowed"),
        ("title", not post.title.strip(), "is empty"),
        ("title", _has_forbidden(post.title), "has < or >, which YouTube refuses"),
        ("description", description > MOST_DESCRIPTION_BYTES, f"has {description} bytes; {MOST_DESCRIPTION_BYTES} are allowed"),
        ("description", _has_forbidden(post.description), "has < or >, which YouTube refuses"),
        ("tags", tags > MOST_TAGS, f"have {tags} characters with commas and quotes; {MOST_TAGS} are allowed"),
        ("tags", _has_forbidden("".join(post.tags)), "have < or >, which YouTube refuses"),
        ("visibility", post.visibility == "unlisted" and (post.publish_at or post.options.get("publish_at")),
         "must be public or private with publish_at: YouTube shows a film to everyone then"),
    )  # fmt: skip
    found = [Problem(field=field, message=message) for field, is_wrong, message in checks if is_wrong]
    return [*found, *wrong_options(YouTubeOptions, post.options)]


def tags_length(tags: tuple[str, ...]) -> int:
    """Characters of *tags* as YouTube counts them: a comma between two, quotes around one with a space."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def description_of(post: Post) -> Fitted:
    """The description as it is sent."""
    return fitted(
        post.description,
        room=Room(MOST_DESCRIPTION_BYTES, weigh, clean=_harmless),
        credits=post.credits,
        tags=post.tags,
        is_synthetic=post.is_synthetic,
        language=post.language,
    )


def resource_of(post: Post, options: YouTubeOptions) -> dict[str, Any]:
    """The video resource that an upload begins with."""
    snippet: dict[str, Any] = {
        "title": post.title,
        "description": description_of(post).text,
        "tags": list(post.tags),
        "categoryId": options.category_id,
    }
    if post.language:
        snippet |= {"defaultLanguage": post.language, "defaultAudioLanguage": post.language}
    moment = options.publish_at or (_in_utc(post.publish_at) if post.publish_at else None)
    # A missing privacyStatus means public, since 2026-11-02.
    status: dict[str, Any] = {
        "privacyStatus": "private" if moment else post.visibility,
        "selfDeclaredMadeForKids": options.made_for_kids,
        "containsSyntheticMedia": post.is_synthetic,
        "embeddable": options.embeddable,
        "license": options.license,
    }
    if moment:
        status["publishAt"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"snippet": snippet, "status": status}


def weigh(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def _harmless(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")


def _has_forbidden(text: str) -> bool:
    return any(char in FORBIDDEN or "\ud800" <= char <= "\udfff" for char in text)
