"""The one text that stands under a film where a platform has no title of its own."""

from __future__ import annotations

import re
from typing import Final

from studio.models.publication import Post, Problem
from studio.providers.publish.wording import PARAGRAPH

MOST: Final = 2200
"""What both TikTok and Instagram take."""

UNIT: Final = "UTF-16 code units"
_HASHTAG = re.compile(r"[#＃]\w+")


def utf16_units(text: str) -> int:
    """What JavaScript, Java and Swift call a text's length; most emoji have two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def own_text(post: Post) -> str:
    """The creator's words: title and description, the title once."""
    if not post.description.strip():
        return post.title
    return post.description if post.description.startswith(post.title) else post.title + PARAGRAPH + post.description


def field_of(post: Post) -> str:
    """Which field its text would be shortened in."""
    return "description" if post.description.strip() else "title"


def hashtags_in(text: str) -> int:
    """How many hashtags stand in *text*."""
    return len(_HASHTAG.findall(text))


def too_long(post: Post) -> list[Problem]:
    """That the creator's words do not fit, with their length and the limit."""
    size, field = utf16_units(own_text(post)), field_of(post)
    if size <= MOST:
        return []
    what = "title and description have" if field == "description" else "the title has"
    return [Problem(field=field, message=f"{what} {size} {UNIT}; {MOST} are allowed")]
