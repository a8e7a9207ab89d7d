"""A writer's idea of a picture, held against the sentence: what is not said is not shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from studio.language.figures import Figure, carries_sentence, find_figures
from studio.language.quantities import Quantity, find_quantities
from studio.models.base import Model
from studio.models.script import Picture, PictureEntry
from studio.picture.beside import is_timely, shown_at
from studio.picture.iconwords import find_icon, item_icons, named_hero
from studio.picture.layouts.chart import BarContent, ChartContent
from studio.picture.layouts.comparison import ComparisonContent
from studio.picture.layouts.listing import ItemContent, ListContent
from studio.picture.layouts.number import NumberContent
from studio.picture.layouts.quote import QuoteContent
from studio.picture.layouts.timeline import StepContent, TimelineContent
from studio.picture.phrases import bare, emphasis_of
from studio.picture.quotation import LONGEST, SHORTEST
from studio.picture.scenetext import SceneText
from studio.picture.series import of_one_unit, shown_amounts
from studio.picture.sides import SideContent
from studio.picture.typography import displayable
from studio.picture.words import length_of, tokens_of

HEADING_LIMIT: Final = {True: 18, False: 9}
LABEL_LIMIT: Final = {True: 10, False: 5}
NOTE_LIMIT: Final = {True: 16, False: 9}
"""Longest wordings: hanzi for a Chinese film (True), words for an English one."""

SAID_SHARE: Final = 0.5
"""Of the words of a wording that mean something, so many at least are in the narration: the rest may be put otherwise."""

STEM: Final = 4
"""An English word is said when one that begins with as many of its letters is: rise, rises, rising."""

_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")


def content_of(idea: Picture, scene: SceneText) -> Model | None:
    """
    What the layout of *idea* shows of *scene*; None where the idea says what the narration does not.

    Figures are the narration's own: the idea only chooses among them. Every entry appears when it is spoken of.
    """
    idea = _cleaned(idea)
    if not _is_said(idea, scene):
        return None
    if idea.layout != "quote" and not _is_worded(idea.heading, scene):
        idea = idea.model_copy(update={"heading": ""})
    return _BUILDERS[idea.layout](idea, scene)


def _cleaned(idea: Picture) -> Picture:
    entries = tuple(
        PictureEntry(label=_line(entry.label), value=_line(entry.value), note=_line(entry.note))
        for entry in idea.entries
    )
    kept = tuple(entry for entry in entries if entry.label or entry.value)
    return idea.model_copy(update={"heading": _line(idea.heading), "entries": kept})


def _line(text: str) -> str:
    return bare(displayable(text))


def _is_said(idea: Picture, scene: SceneText) -> bool:
    """Whether every figure of *idea* is in the narration, and enough of its entries' words; and nothing is too long."""
    chinese = scene.is_chinese
    wordings = [(entry.label, LABEL_LIMIT) for entry in idea.entries]
    wordings += [(entry.note, NOTE_LIMIT) for entry in idea.entries]
    limited = wordings if idea.layout == "quote" else [(idea.heading, HEADING_LIMIT), *wordings]
    if any(length_of(text, chinese=chinese) > limit[chinese] for text, limit in limited):
        return False
    said = _figures(scene.narration)
    texts = [idea.heading, *(text for text, _ in wordings), *(entry.value for entry in idea.entries)]
    return all(_figures(text) <= said for text in texts) and all(_is_worded(text, scene) for text, _ in wordings)


def _figures(text: str) -> set[str]:
    """Every number in *text*, in digits: those that are written so, and those in words."""
    found = set(_DIGITS.findall(text.replace(",", "")))
    return found | {digits for figure in find_figures(text) for digits in _DIGITS.findall(_plain(figure))}


def _plain(figure: Figure) -> str:
    return figure.value.replace(",", "")


def _is_worded(text: str, scene: SceneText) -> bool:
    telling = [token.text for token in tokens_of(text, chinese=scene.is_chinese) if token.weight]
    if not telling:
        return True
    narration = scene.narration.casefold()
    said = sum(1 for word in telling if _stem(word, scene) in narration)
    return said >= SAID_SHARE * len(telling)


def _stem(word: str, scene: SceneText) -> str:
    word = word.casefold()
    return word if scene.is_chinese or len(word) <= STEM else word[:-1][: max(STEM, len(word) - 3)]


def _place(text: str, scene: SceneText, *, after: int = 0) -> int:
    """Where *text*, or the first of its words that is said, stands in the narration; -1 where none does."""
    narration = scene.narration.casefold()
    whole = narration.find(text.casefold(), after)
    if text and whole >= 0:
        return whole
    telling = [token.text for token in tokens_of(text, chinese=scene.is_chinese) if token.weight]
    places = [narration.find(_stem(word, scene), after) for word in telling]
    return min((place for place in places if place >= 0), default=-1)


def _places(entries: Sequence[PictureEntry], scene: SceneText) -> list[int] | None:
    """Where the entries are spoken of, one after the other; None where one is not."""
    places, after = [], 0
    for entry in entries:
        place = _place(entry.label, scene, after=after)
        if place < 0:
            return None
        places.append(place)
        after = place + 1
    return places


def _quantities(entries: Sequence[PictureEntry], scene: SceneText) -> list[Quantity] | None:
    """The narration's own amounts that the entries mean, each another; None where they cannot be put side by side."""
    left = find_quantities(scene.narration)
    found = []
    for entry in entries:
        digits = _figures(entry.value)
        match = next((each for each in left if digits and digits == _figures(each.figure.value)), None)
        if match is None:
            return None
        left.remove(match)
        found.append(match)
    alike = of_one_unit(found, scene.narration)
    return alike if len(alike) == len(entries) else None


def _end(scene: SceneText, position: int) -> int:
    """End of the sentence that *position* is in."""
    match = re.compile(r"[。！？]|[.!?](?=\s|$)").search(scene.narration, position)
    return match.end() if match else len(scene.narration)


def _emphasis(text: str, scene: SceneText) -> str:
    return emphasis_of(text, chinese=scene.is_chinese, keywords=scene.keywords)


def _number(idea: Picture, scene: SceneText) -> NumberContent | None:
    if len(idea.entries) != 1:
        return None
    entry = idea.entries[0]
    figures = [figure for figure in find_figures(scene.narration) if not figure.is_date and not figure.is_name]
    found = next((figure for figure in figures if _figures(entry.value) == _figures(figure.value)), None)
    if found is None or not carries_sentence(found, scene.narration[found.end :]):
        return None
    label = entry.label or idea.heading
    if not is_timely(scene, found.start, _end(scene, found.end)) or _figures(label) & _figures(found.value):
        return None
    icon = find_icon(f"{label}，{entry.note}", chinese=scene.is_chinese)
    return NumberContent(
        label=label,
        value=found.value,
        unit=found.unit,
        ratio=found.ratio,
        note=entry.note,
        icon=icon,
        start=round(scene.spoken_at(found.start), 3),
    )


def _list(idea: Picture, scene: SceneText) -> ListContent | None:
    places = _places(idea.entries, scene)
    if places is None or not 2 <= len(places) <= 4 or not idea.heading:
        return None
    icons = item_icons([f"{entry.label} {entry.note}" for entry in idea.entries], chinese=scene.is_chinese)
    entries = tuple(
        ItemContent(icon=icon, head=entry.label, note=entry.note, start=shown_at(scene, place))
        for entry, icon, place in zip(idea.entries, icons, places, strict=True)
    )
    return ListContent(text=idea.heading, emphasis=_emphasis(idea.heading, scene), entries=entries)


def _comparison(idea: Picture, scene: SceneText) -> ComparisonContent | None:
    places = [_place(entry.label, scene) for entry in idea.entries]
    if len(places) != 2 or min(places) < 0 or len(set(places)) < 2:
        return None
    unit, shown, amounts = "", ["", ""], [None, None]
    if any(entry.value for entry in idea.entries):
        quantities = _quantities(idea.entries, scene)
        if quantities is None or min(each.amount for each in quantities) < 0:
            return None
        shown, unit = shown_amounts(quantities, chinese=scene.is_chinese, beside=3)
        return _sides(idea, scene, [each.start for each in quantities], shown, quantities, unit)
    if not all(entry.note for entry in idea.entries):
        return None
    return _sides(idea, scene, places, shown, amounts, unit)


def _sides(
    idea: Picture,
    scene: SceneText,
    places: Sequence[int],
    shown: Sequence[str],
    quantities: Sequence[Quantity | None],
    unit: str,
) -> ComparisonContent | None:
    if not is_timely(scene, min(places), _end(scene, max(places))):
        return None
    icons = item_icons([entry.label for entry in idea.entries], chinese=scene.is_chinese)
    first, second = (
        SideContent(
            name=entry.label,
            note="" if quantity else entry.note,
            icon=icon,
            amount=quantity.amount if quantity else None,
            shown=text,
            start=shown_at(scene, place),
        )
        for entry, icon, text, quantity, place in zip(idea.entries, icons, shown, quantities, places, strict=True)
    )
    emphasis = _emphasis(idea.heading, scene)
    return ComparisonContent(text=idea.heading, emphasis=emphasis, unit=unit, sides=(first, second))


def _chart(idea: Picture, scene: SceneText) -> ChartContent | None:
    quantities = _quantities(idea.entries, scene)
    if quantities is None or not 3 <= len(quantities) <= 8 or not all(entry.label for entry in idea.entries):
        return None
    places = [each.start for each in quantities]
    if not is_timely(scene, min(places), _end(scene, max(places))):
        return None
    shown, unit = shown_amounts(quantities, chinese=scene.is_chinese)
    bars = tuple(
        BarContent(label=entry.label, amount=each.amount, shown=text, start=shown_at(scene, each.start))
        for entry, each, text in zip(idea.entries, quantities, shown, strict=True)
    )
    return ChartContent(text=idea.heading, emphasis=_emphasis(idea.heading, scene), unit=unit, bars=bars)


def _timeline(idea: Picture, scene: SceneText) -> TimelineContent | None:
    places = [scene.narration.casefold().find(entry.label.casefold()) for entry in idea.entries]
    is_in_order = all(before < after for before, after in pairwise(places))
    if not 2 <= len(places) <= 5 or min(places) < 0 or not is_in_order:
        return None
    if not all(entry.note for entry in idea.entries) or not is_timely(scene, places[0], _end(scene, places[-1])):
        return None
    steps = tuple(
        StepContent(when=entry.label, text=entry.note, start=shown_at(scene, place))
        for entry, place in zip(idea.entries, places, strict=True)
    )
    return TimelineContent(
        text=idea.heading,
        emphasis=_emphasis(idea.heading, scene),
        icon=named_hero(scene, near=idea.heading) or scene.film.icon,
        steps=steps,
    )


def _quote(idea: Picture, scene: SceneText) -> QuoteContent | None:
    """Only words that are said as they stand; the speaker is the label of the entry."""
    chinese = scene.is_chinese
    place = scene.narration.find(idea.heading) if idea.heading else -1
    length = length_of(idea.heading, chinese=chinese)
    if place < 0 or not SHORTEST[chinese] <= length <= LONGEST[chinese]:
        return None
    speaker = idea.entries[0].label if idea.entries else ""
    if speaker and speaker.casefold() not in scene.narration.casefold():
        return None
    if not is_timely(scene, place, place + len(idea.heading)):
        return None
    return QuoteContent(text=idea.heading, speaker=speaker, start=shown_at(scene, place))


_BUILDERS: Final[dict[str, Callable[[Picture, SceneText], Model | None]]] = {
    "number": _number,
    "list": _list,
    "comparison": _comparison,
    "quote": _quote,
    "timeline": _timeline,
    "chart": _chart,
}
