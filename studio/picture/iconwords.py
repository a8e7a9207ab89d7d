"""Choose icons by the words of a scene: never one that the words do not name."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from studio.picture.icons import EMOJI, UNFIT, icon_names
from studio.picture.palettes import DEFAULT_PALETTE
from studio.picture.scenetext import SceneText
from studio.picture.senses import is_negated, is_the_thing
from studio.picture.words import SYNONYMS, Token, length_of, tokens_of

FALLBACK: Final = "light-bulb"
_SYNONYM, _NAME, _ASIDE_LOSS = 5, 4, 3
"""How surely a word names an icon: our own table, the icon's name; less where it says when, where or what is missing."""

_MOST_PARTS: Final = 3
_LONGEST_PHRASE: Final = 3
_SHORTEST_COMPOUND: Final = 2
"""A longer word may be a thing with a deed or a place around it: 喝咖啡, 火車站."""

EXCLUDED = re.compile(
    r"flag|(?<!cat-)(?<!dog-)face(?!t)|person|people|(?:^|-)(?:wo)?man(?:-|$)|(?:^|-)(?:boy|girl|child|baby|couple|family|prince|princess)(?:-|$)"
    r"|button|keycap|arrow|square|circle|symbol|sign|hand|finger|fist|thumbs|gesture|punctuation|question|exclamation|thirty|o-clock"
    r"|heart(?!.*red)|cat-with|-cat$|kiss|claus|input-|diamond-(?:suit|with)|suit$|(?:small|large)-(?:blue|orange)|mark$|no-|prohibited"
    r"|aries|taurus|gemini|cancer|^leo$|virgo|libra|scorpio$|sagittarius|capricorn|aquarius|pisces|ophiuchus"
    r"|new-moon|quarter-moon|gibbous|waning|waxing|full-moon-face"
    r"|mythical|elf|zombie|vampire|genie|mage|fairy|supervillain|superhero|troll|ogre|goblin|pile-of-poo|middle"
    r"|star-of|cross$|hamsa|khanda|menorah|om$|place-of|kaaba|trade-mark|registered|copyright|information|loop|dash$|equals"
    r"|bust|silhouette|wheelchair|restroom|closet|transgender|pregnant|breast|bikini|briefs|swimsuit|bomb$|pistol|cigarette|coffin|urn"
)


@dataclass(frozen=True)
class Found:
    """An icon that a word names: *rank* says how surely."""

    word: str
    icon: str
    rank: int
    start: int
    end: int


def find_icon(text: str, *, chinese: bool) -> str:
    """The icon to stand large that *text* names most surely, or nothing; of equals the last: a title's point."""
    found = [entry for entry in _named(text, chinese=chinese) if entry.icon not in UNFIT]
    return max(enumerate(found), key=lambda pair: (pair[1].rank, pair[0]))[1].icon if found else ""


def names_icon(word: str) -> bool:
    """Whether the English *word* surely names an icon: then it is a thing."""
    return any(True for _ in _named(word, chinese=False))


def choose_hero(scene: SceneText, *, near: str = "") -> str:
    """
    The icon of what the scene is about.

    Keywords count most, then the words of the heading *near*, then how surely and how early a word names it;
    an icon that was shown before counts less. A scene that names nothing gets the one nearest in meaning, where the
    film can look it up, else the film's own, then the topic's.
    """
    named = named_hero(scene, near=near) or scene.film.nearest(scene.narration)
    choices = [scene.film.icon, *scene.film.defaults, FALLBACK]
    fresh = (icon for icon in choices if icon and icon not in scene.used_icons)
    return named or next(fresh, scene.film.icon or FALLBACK)


def named_hero(scene: SceneText, *, near: str = "") -> str:
    """The icon of what the scene's own words name, or nothing."""
    chinese = scene.is_chinese
    found = list(_named(scene.narration, chinese=chinese))
    found += _named("，".join(scene.keywords), chinese=chinese)
    found = [entry for entry in found if entry.icon not in UNFIT]
    keywords = [word.lower() for word in scene.keywords]

    def score(entry: Found) -> float:
        asked = next((4 - number for number, word in enumerate(keywords[:4]) if entry.word.lower() in word), 0)
        points = entry.rank * 2 + asked + 2 * (entry.word.lower() in near.lower()) - entry.start * 0.01
        return points - 7 * (entry.icon in scene.used_icons)

    return max(found, key=score).icon if found else ""


@dataclass(frozen=True)
class NamedPart:
    """A thing that a scene names beside its hero; *start* is when it is spoken of, in seconds."""

    label: str
    icon: str
    start: float


def find_parts(scene: SceneText, *, heroes: Collection[str], headings: str) -> list[NamedPart]:
    """Up to three other things that the scene surely names, in the order they are spoken."""
    longest = 5 if scene.is_chinese else 2
    parts: dict[str, NamedPart] = {}
    icons = {*heroes, *scene.used_icons}
    for entry in _named(scene.narration, chinese=scene.is_chinese):
        is_new = entry.icon not in icons
        is_label = (
            length_of(entry.word, chinese=scene.is_chinese) <= longest and entry.word.lower() not in headings.lower()
        )
        if entry.rank >= _NAME and is_new and is_label:
            label = entry.word if scene.is_chinese else entry.word[0].upper() + entry.word[1:]
            parts.setdefault(label, NamedPart(label, entry.icon, scene.spoken_at(entry.start)))
            icons.add(entry.icon)
    return list(parts.values())[:_MOST_PARTS]


def item_icons(entries: Sequence[str], *, chinese: bool) -> list[str]:
    """An icon for each entry of a list; none for any of them unless every one has its own, so that rows look alike."""
    icons: list[str] = []
    for entry in entries:
        found = sorted(_named(entry, chinese=chinese), key=lambda named: (-named.rank, named.start))
        icons.append(next((named.icon for named in found if named.icon not in icons), ""))
    return icons if all(icons) else [""] * len(icons)


def defaults_for(palette: str) -> tuple[str, ...]:
    """Icons that suit a topic in general, most typical first."""
    table = _synonyms()["defaults"]
    return tuple(str(table[palette if palette in table else DEFAULT_PALETTE]).split())


def _named(text: str, *, chinese: bool) -> Iterator[Found]:
    """
    Words and phrases of *text* that name an icon; a longer phrase hides the words in it.

    The icons' tags are left out, they lead astray: 路上 is one of footprints, side one of a frying pan.
    """
    tokens = tokens_of(text, chinese=chinese)
    at = 0
    while at < len(tokens):
        for count in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            found = _phrase(text, tokens[at : at + count], chinese=chinese)
            if found:
                yield found
                at += count
                break
        else:
            at += 1


def _phrase(text: str, tokens: Sequence[Token], *, chinese: bool) -> Found | None:
    start, end = tokens[0].start, tokens[-1].end
    word = text[start:end]
    if len(tokens) == 1 and not tokens[0].weight and word.lower() not in _synonyms()["zh" if chinese else "en"]:
        return None
    if not chinese and not is_the_thing(text, start, end):
        return None
    for form, offset in _forms(word, chinese=chinese):
        match = _index("zh" if chinese else "en").get(form)
        if match:
            if not match[0]:
                return None
            own = word[offset : offset + len(form)] if chinese else word
            telling = [token.is_setting for token in tokens if token.weight]
            is_aside = (bool(telling) and all(telling)) or is_negated(text, start + offset, chinese=chinese)
            return Found(own, match[0], match[1] - _ASIDE_LOSS * is_aside, start + offset, start + offset + len(own))
    return None


def _forms(word: str, *, chinese: bool) -> Iterator[tuple[str, int]]:
    """Forms under which *word* may be listed, and where in it they begin."""
    yield word.lower(), 0
    if chinese:
        if len(word) > _SHORTEST_COMPOUND:
            yield from ((word[1:], 1), (word[:-1], 0))
        return
    lower = word.lower().removesuffix("'s").removesuffix("’s")
    yield lower, 0
    for ending, singular in (("ies", "y"), ("es", ""), ("s", "")):
        if lower.endswith(ending) and len(lower) > len(ending) + 2:
            yield lower.removesuffix(ending) + singular, 0


@cache
def _synonyms() -> dict[str, dict[str, str]]:
    return dict(json.loads(SYNONYMS.read_text(encoding="utf-8")))


@cache
def _index(language: str) -> dict[str, tuple[str, int]]:
    """Word → icon and how surely the word names it."""
    labels = json.loads((EMOJI / "labels.json").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for icon in sorted(icon_names() & labels.keys()):
        words = labels[icon].get(language, [])
        if EXCLUDED.search(icon) or not words:
            continue
        names.setdefault(words[0].lower(), icon)
    index = {name: (icon, _NAME) for name, icon in names.items()}
    known = icon_names()
    return index | {
        word.lower(): (icon, _SYNONYM) for word, icon in _synonyms()[language].items() if not icon or icon in known
    }
