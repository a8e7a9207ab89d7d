"""What is added to the creator's own words: hashtags, whose material is shown, and that machines made it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from studio.models.asset import OWN, Credit

PARAGRAPH: Final = "\n\n"
_NO_TAG: Final = re.compile(r"[^\w]+")

SHORTENED: Final = "there was no room for the full credits: they were shortened to names"


@dataclass(frozen=True)
class Room:
    """
    How much a platform takes of a text.

    *weigh* counts as the platform does, *most* is how much it takes; *clean* makes strangers' words harmless there.
    """

    most: int
    weigh: Callable[[str], int]
    clean: Callable[[str], str] = str
    most_hashtags: int = 15
    has_addresses: bool = True

    def takes(self, text: str) -> bool:
        """Whether *text* fits."""
        return self.weigh(text) <= self.most


@dataclass(frozen=True)
class Fitted:
    """A text as it is sent, and what its owner should know of it."""

    text: str
    notes: tuple[str, ...] = ()


def fitted(
    own: str, *, room: Room, credits: Sequence[Credit], tags: Sequence[str], is_synthetic: bool, language: str
) -> Fitted:
    """
    *own* whole, and what has room behind it.

    Licences ask for the credits, so they come first, then that machines made the film, then hashtags; in the text they
    stand in another order. *own* is never cut, not even when it is too long by itself.
    """
    is_chinese = language.lower().startswith("zh")
    credited, notes = _credited(own, room, credits, "素材" if is_chinese else "Credits")
    made = ("本影片由 AI 協助製作。" if is_chinese else "Made with AI.") if is_synthetic else ""
    if not room.takes(_joined(own, credited, made)):
        made = ""
    hashtags = ""
    for hashtag in hashtags_of(tags, beside=own)[: room.most_hashtags]:
        more = f"{hashtags} {room.clean(hashtag)}".strip()
        if not room.takes(_joined(own, more, credited, made)):
            break
        hashtags = more
    return Fitted(_joined(own, hashtags, credited, made), notes)


def hashtags_of(tags: Iterable[str], *, beside: str = "") -> list[str]:
    """*tags* with "#", each once, without those that stand in *beside* already."""
    found: dict[str, str] = {}
    there = {word.casefold() for word in re.findall(r"[#＃](\w+)", beside)}
    for tag in tags:
        word = _NO_TAG.sub("", tag)
        # Nothing but digits is no hashtag anywhere.
        if word and not word.isdigit() and word.casefold() not in there:
            found.setdefault(word.casefold(), f"#{word}")
    return list(found.values())


def _credited(own: str, room: Room, credits: Sequence[Credit], heading: str) -> tuple[str, tuple[str, ...]]:
    owed = [each for each in dict.fromkeys(credits) if each.licence != OWN.licence]
    if not owed:
        return "", ()
    for has_terms in (True, False) if room.has_addresses else (False,):
        lines = dict.fromkeys(room.clean(_line(each, room, has_terms=has_terms)) for each in owed)
        whole = "\n".join([f"{heading}:", *lines])
        if room.takes(_joined(own, whole)):
            return whole, ()
    names = list(dict.fromkeys(filter(None, (room.clean(each.author or each.title) for each in owed))))
    for shown in range(len(names), 0, -1):
        short = f"{heading}: {', '.join(names[:shown])}"
        if room.takes(_joined(own, short)):
            lacking = len(names) - shown
            return short, (SHORTENED, *([_lacking(names[shown:])] if lacking else []))
    return "", (_lacking(names),)


def _line(credit: Credit, room: Room, *, has_terms: bool) -> str:
    """One credit; the address of the licence's text goes first where there is not room for all."""
    made = " – ".join(filter(None, (credit.title, credit.author)))
    terms = ", ".join(filter(None, (credit.licence, credit.licence_url * has_terms)))
    return " ".join(filter(None, (made, f"({terms})" if terms else "", credit.url * room.has_addresses)))


def _lacking(names: Sequence[str]) -> str:
    return f"there was no room to credit {', '.join(names)}: licences may ask for it, so add it in a comment"


def _joined(*parts: str) -> str:
    return PARAGRAPH.join(_kept(parts))


def _kept(parts: Iterable[str]) -> Iterator[str]:
    return (part for part in parts if part)
