"""
Posts as X takes them: how long a text is there, and what it is made of.

Source: github.com/twitter/twitter-text, config v3 (280, weights, 23 for an address, an emoji is one character) and its
rules for addresses; docs.x.com, Counting characters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from studio.models.base import Model
from studio.models.publication import Post, Problem
from studio.providers.publish.choices import wrong_options
from studio.providers.publish.wording import PARAGRAPH, Fitted, Room, fitted

MOST_WEIGHT: Final = 280
URL_WEIGHT: Final = 23
LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count 1; all others count 2."""

MOST_HASHTAGS: Final = 5
REFUSED: Final = "\ufffe\ufeff\uffff"

WORDS: Final = {
    "title": f"title and description are one text of at most {MOST_WEIGHT}: Chinese, Japanese, Korean and emoji count 2, "
    f"an address {URL_WEIGHT}",
    "description": "follows the title, unless it begins with it",
    "size": "1:3 to 3:1; what is higher than 4:5 the timeline may show cut until it is opened",
    "visibility": "public only",
    "publish_at": "X schedules nothing for apps",
}

_COUNTRIES: Final = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd "
    "cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd "
    "ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg "
    "kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
    "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa "
    "sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug "
    "uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
).split()
_GENERIC: Final = (
    "academy agency app art asia audio bar beer bike bio biz blog book build business buzz cafe camp car cards care casa "
    "cash chat city click cloud club coach codes coffee com community company computer cool dance date design dev "
    "digital edu education email energy events expert express fans film fit fm food foundation fun fund fyi gallery game "
    "games global gmbh gov group guide guru health help host house how ink international info int jobs kim land law lgbt "
    "life link live lol love ltd market media men mil mobi moe money movie museum name net network news ninja one online "
    "org page party photo photography photos pictures pink pizza plus press pro pub radio red review rocks run school "
    "science shop show site social software solutions space store stream studio style surf support systems tech team "
    "tips today tokyo tools top tours town toys training travel tube university video vip vote watch website wiki win "
    "work works world wtf xxx xyz yoga zone"
).split()
"""Endings of addresses without "https://" that are common; X knows all of them, and more are registered every year."""

_TOP: Final = "|".join(sorted([*_GENERIC, *_COUNTRIES], key=len, reverse=True))
_LABEL: Final = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_PATH: Final = r"/[a-z0-9!*';:=+,.$/%#\[\]\-–_~@|&()]*"
_ADDRESS: Final = re.compile(
    rf"(?<![a-z0-9@＠$#＃])(?P<scheme>https?://)?(?P<domain>(?:{_LABEL}\.){{1,9}}(?:(?P<top>{_TOP})|xn--[a-z0-9-]+))"
    rf"(?![a-z0-9@])(?::[0-9]+)?(?P<path>{_PATH})?(?P<query>\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*)?",
    re.IGNORECASE | re.ASCII,
)
_BEFORE: Final = re.compile(r"[-_./]$")
_TRAILING: Final = ".,;:!?'\")]"

_PICTURE: Final = "[\u2190-\u2bff\u3030\u303d\u3297\u3299\u203c\u2049\u2122\u2139\U0001f000-\U0001faff]"
_TINTED: Final = f"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI: Final = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
    f"|{_TINTED}(?:\u200d{_TINTED})*"
)
"""Emoji with all that belongs to them: flags, keycaps, tints, and several that are joined to one."""

_SPOKEN: Final = re.compile(r"https?://\S+")


class XOptions(Model):
    """What can be chosen for a post at X."""

    reply_settings: Annotated[
        Literal["following", "mentionedUsers", "subscribers", "verified"] | None,
        Field(description="who may answer; left out, everyone"),
    ] = None
    made_with_ai: Annotated[bool | None, Field(description="left out, what is known of the film")] = None


def problems_in(post: Post) -> list[Problem]:
    """What X would refuse of *post*."""
    text, title = own_text(post), weight(post.title)
    field = "title" if title > MOST_WEIGHT or not post.description.strip() else "description"
    counted = f"title and description count {weight(text)}; {MOST_WEIGHT} are allowed (Chinese and emoji count 2)"
    found = [Problem(field=field, message=counted)] if weight(text) > MOST_WEIGHT else []
    if not text:
        found.append(Problem(field="title", message="is empty"))
    if any(char in REFUSED or "\ud800" <= char <= "\udfff" for char in text):
        found.append(
            Problem(field=field, message="has a character that X refuses: U+FFFE, U+FEFF, U+FFFF or half a pair")
        )
    if post.publish_at is not None:
        found.append(
            Problem(field="publish_at", message="X schedules nothing for apps; leave it out, and use scheduled_at")
        )
    return [*found, *wrong_options(XOptions, post.options)]


def own_text(post: Post) -> str:
    """The creator's words: the title, then the description."""
    title, description = post.title.strip(), post.description.strip()
    if description.startswith(title):
        return description
    return PARAGRAPH.join(filter(None, (title, description)))


def text_of(post: Post) -> Fitted:
    """
    The text as it is posted.

    Credits go without their addresses: a post with one costs $0.200 instead of $0.015, and nobody should be mentioned
    who only gave a picture.
    """
    return fitted(
        own_text(post),
        room=Room(MOST_WEIGHT, weight, clean=_without_links, most_hashtags=MOST_HASHTAGS, has_addresses=False),
        credits=post.credits,
        tags=post.tags,
        is_synthetic=post.is_synthetic,
        language=post.language,
    )


def weight(text: str) -> int:
    """How much of MOST_WEIGHT *text* is, as X counts it."""
    normal = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for start, end in addresses_in(normal):
        total += _plain_weight(normal[place:start]) + URL_WEIGHT
        place = end
    return total + _plain_weight(normal[place:])


def addresses_in(text: str) -> Iterator[tuple[int, int]]:
    """Where X makes a link, as half-open ranges of characters."""
    for found in _ADDRESS.finditer(text):
        path = found["path"] or found["query"]
        end = found.start() + len(_without_stops(found[0])) if path else found.end()
        if found["scheme"] or _is_linked(text[: found.start()], found, has_path=bool(path)):
            yield found.start(), end


def same_words(one: str, other: str) -> bool:
    """Whether two texts are one post's: X rewrites addresses, escapes some characters, and adds an address for the film."""
    return bool(_words(one)) and _words(one) == _words(other)


def _is_linked(before: str, found: re.Match[str], *, has_path: bool) -> bool:
    """Whether X links an address without "https://": of a name and a country, as in "a.de", only those in .co and .tv."""
    if _BEFORE.search(before):
        return False
    top = (found["top"] or "").lower()
    return has_path or found["domain"].count(".") > 1 or top not in _COUNTRIES or top in ("co", "tv")


def _without_stops(address: str) -> str:
    """Without the full stop of a sentence; a bracket that was opened within the address belongs to it."""
    while address.endswith(tuple(_TRAILING)):
        if address.endswith(")") and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _plain_weight(text: str) -> int:
    total, place = 0, 0
    for found in _EMOJI.finditer(text):
        total += _char_weights(text[place : found.start()]) + 2
        place = found.end()
    return total + _char_weights(text[place:])


def _char_weights(text: str) -> int:
    return sum(1 if any(first <= ord(char) <= last for first, last in LIGHT) else 2 for char in text)


def _without_links(text: str) -> str:
    """*text* with addresses that can be read and are no links, and names that mention nobody."""
    kept, place = "", 0
    for start, end in addresses_in(text):
        kept += text[place:start] + text[start:end].partition("://")[2 if "://" in text[start:end] else 0].replace(
            ".", "·"
        )
        place = end
    return " ".join((kept + text[place:]).replace("@", "").replace("＠", "").split())


def _words(text: str) -> list[str]:
    return _SPOKEN.sub(" ", html.unescape(unicodedata.normalize("NFC", text))).split()
