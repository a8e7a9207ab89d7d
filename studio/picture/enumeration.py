"""Lists in a narration: first, second, third; a, b and c."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from studio.language.figures import Ordinal, find_ordinals
from studio.language.sentences import split_clauses
from studio.picture.phrases import bare, heading_of, short_title, without_dangling
from studio.picture.scenetext import SceneText
from studio.picture.words import length_of, tokens_of

HEAD_LIMIT: Final = {True: 8, False: 4}
NOTE_LIMIT: Final = {True: 14, False: 8}
_MOST: Final = 4
_APPEARS_EARLY_S: Final = 0.1
LATEST_S: Final = 4.0
"""A heading alone for longer than this is an empty card: such a scene is better illustrated."""

_ZH_JOIN = re.compile(r"、|，?(?:以及|還有|和|與|及)")
_ZH_SERIES = re.compile(
    r"[^，。！？；：、\s]{1,24}(?:、[^，。！？；：、]{1,10})+(?:，?(?:以及|還有|和|與|及)[^，。！？；：、]{1,24})?"
)
_ZH_LEAD = re.compile(r"^.*(?:包括|包含|例如|比如|像是|分別是|就是|有|是|由|靠|用|吃|喝|把|從|讓|含有|需要)")
_ZH_TAIL = re.compile(r"(?:等等|等|組成|構成|形成|這三種|這三個|這三件事|三種|三個|三件事|之類|所.*|都.*|的.*)$")
_EN_SERIES = re.compile(
    r"(?P<lead>(?:^|.*?)(?::|\b(?:such as|like|including|includes?|are|is|of|need|needs|from|with|contains?|add|mix|has|have)\b))\s+"
    r"(?P<series>(?:[^,.;:!?]{2,40}, ){1,3}[^,.;:!?]{0,40}?\s?(?:and|or|plus) [^,.;:!?]{2,40})",
    re.I,
)


@dataclass(frozen=True)
class ListedItem:
    """An entry: a head of a few words, a note, and when it is spoken of in seconds."""

    head: str
    note: str
    start: float


@dataclass(frozen=True)
class FoundList:
    """A heading and two to four entries."""

    heading: str
    items: tuple[ListedItem, ...]


def find_list(scene: SceneText) -> FoundList | None:
    """The list that a scene speaks, or None; every word of it is the scene's own, the heading may be the film's."""
    ordinals = find_ordinals(scene.narration)
    if ordinals:
        found = _by_ordinals(scene, ordinals)
    else:
        found = _by_commas_zh(scene) if scene.is_chinese else _by_commas_en(scene)
    return found if found and found.items[0].start <= LATEST_S else None


def _by_ordinals(scene: SceneText, ordinals: list[Ordinal]) -> FoundList | None:
    if len(ordinals) > _MOST:
        return None
    text = scene.narration
    items = []
    ends = [ordinal.start for ordinal in ordinals[1:]] + [len(text)]
    for ordinal, end in zip(ordinals, ends, strict=True):
        item = _item(scene, text[ordinal.end : end], ordinal.start)
        if item is None:
            return None
        items.append(item)
    before = text[: ordinals[0].start]
    return FoundList(_heading(scene, before), tuple(items))


def _item(scene: SceneText, entry: str, position: int) -> ListedItem | None:
    """Head and note of one entry: its first clause and, where it is short, the second."""
    chinese = scene.is_chinese
    first_sentence = re.split(r"(?<=[。！？])|(?<=[.!?])\s", entry.strip())[0]
    clauses = [bare(clause) for clause in split_clauses(first_sentence) if bare(clause)]
    if not clauses:
        return None
    head, note = clauses[0], clauses[1] if len(clauses) > 1 else ""
    if length_of(head, chinese=chinese) > HEAD_LIMIT[chinese]:
        head, note = _split_head(head, chinese=chinese)
    if not head:
        return None
    if length_of(note, chinese=chinese) > NOTE_LIMIT[chinese]:
        note = ""
    if not chinese:
        head = head[0].upper() + head[1:]
    return ListedItem(head, note, _start(scene, position))


def _split_head(clause: str, *, chinese: bool) -> tuple[str, str]:
    """Cut a long first clause after the word where head and note both fit; nothing where none does."""
    for token in reversed(tokens_of(clause, chinese=chinese)):
        head, note = bare(clause[: token.end]), bare(clause[token.end :])
        fits = length_of(head, chinese=chinese) <= HEAD_LIMIT[chinese]
        if fits and token.weight and length_of(note, chinese=chinese) <= NOTE_LIMIT[chinese]:
            return head, note
    return "", ""


def _start(scene: SceneText, position: int) -> float:
    return max(0.0, scene.spoken_at(position) - _APPEARS_EARLY_S)


def _heading(scene: SceneText, before: str) -> str:
    chinese = scene.is_chinese
    clauses = [bare(clause) for clause in split_clauses(before) if bare(clause)]
    limit = 14 if chinese else 7
    for said in reversed(clauses):
        clause = said if chinese else without_dangling(said)
        if (4 if chinese else 2) <= length_of(clause, chinese=chinese) <= limit:
            return clause if chinese else clause[0].upper() + clause[1:]
    title = bare(short_title(scene.film.title, chinese=chinese))
    return title or heading_of(scene)


def _by_commas_zh(scene: SceneText) -> FoundList | None:
    text = scene.narration
    for match in _ZH_SERIES.finditer(text):
        parts, position = [], match.start()
        for part in _ZH_JOIN.split(match.group()):
            at = text.find(part, position) if part else position
            parts.append((part, at))
            position = at + len(part)
        if not 3 <= len(parts) <= _MOST:
            continue
        parts[0] = _after_lead(*parts[0])
        parts[-1] = _ZH_TAIL.sub("", parts[-1][0]), parts[-1][1]
        found = _from_parts(scene, parts, text[: match.start()], limit=6)
        if found:
            return found
    return None


def _after_lead(part: str, at: int) -> tuple[str, int]:
    lead = _ZH_LEAD.match(part)
    if lead and lead.end() < len(part):
        return part[lead.end() :], at + lead.end()
    tokens = [token for token in tokens_of(part, chinese=True) if token.weight]
    if len(part) > 6 and tokens:
        return part[tokens[-1].start :], at + tokens[-1].start
    return part, at


def _by_commas_en(scene: SceneText) -> FoundList | None:
    text = scene.narration
    for match in _EN_SERIES.finditer(text):
        parts, position = [], match.start("series")
        for piece in re.split(r",\s*(?:and |or |plus )?|\s(?:and|or|plus)\s", match["series"]):
            part = piece.strip()
            if part:
                at = text.find(part, position)
                parts.append((part, at))
                position = at + len(part)
        if 3 <= len(parts) <= _MOST:
            found = _from_parts(scene, parts, match["lead"], limit=HEAD_LIMIT[False])
            if found:
                return found
    return None


def _from_parts(scene: SceneText, parts: list[tuple[str, int]], before: str, *, limit: int) -> FoundList | None:
    chinese = scene.is_chinese
    items = []
    for part, at in parts:
        head = bare(part)
        if not head or not 1 <= length_of(head, chinese=chinese) <= limit:
            return None
        items.append(ListedItem(head if chinese else head[0].upper() + head[1:], "", _start(scene, at)))
    if len({item.head for item in items}) != len(items):
        return None
    return FoundList(_heading(scene, before), tuple(items))
