"""
The writer that needs no model and no key: it chooses and orders the creator's own sentences.

It adds no fact. What is not in the title, the description or, where there is none, the sources is not in the script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from studio.language.cohesion import leans_on_previous, names_speaker, stands_alone
from studio.language.detect import is_chinese
from studio.language.keywords import keywords
from studio.language.pace import spoken_seconds
from studio.language.segment import break_units
from studio.language.sentences import split_sentences
from studio.models.research import Source
from studio.models.script import Scene, Script
from studio.providers.llm import ScriptOrder
from studio.providers.llm.selection import choose_within, without_repeats
from studio.providers.till import Till

LONGEST_SCENE = 1.5
"""A scene may last this many times the template's scene_seconds before its next sentence starts a new one."""

TOLERANCE = 0.1
"""How much of the asked length may be missing, or too much, without a word to the creator."""

MOST_SOURCE_CHARS = 6_000
"""Of one source: the beginning of an article says what it is about."""

_BULLET = re.compile(r"^\s*(?:[-*•・‧●▪]|\d{1,2}[.)、．](?!\d)|[（(]\d{1,2}[)）])\s*")
_ORDINAL = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+[點個項步]?|其[一二三四五]|首先|其次|再來|最後|一|二|三|四|五|\d+)[，、：,:）)](?!\d)\s*"
    r"|^(?:first|second|third|fourth|fifth|next|then|last|final)(?:ly)?\s*[,:]\s*|^\d+[.):]\s+",
    re.IGNORECASE,
)
"""What a point of a list may begin with; we number them ourselves."""

_CONTINUED = frozenset("The A An It This That These Those They He She We You There Your Our If When In On At".split())
_END = re.compile(r"[。！？!?.…][」』”’\"')）》】]*$")
"""A sentence may end within quotation marks; behind them it needs no other full stop."""

_STRAY_STOP = re.compile(r"(?<=[。！？!?.…])([」』”’\"]+)[.。](?=\s|$)")
"""The full stop after one that stands inside the marks."""

SHORTEST_S = 1.5
"""A sentence that lasts no longer has no scene of its own: nobody sees so short a picture."""


class EmbeddedWriter:
    """Extractive: sentences are scored by what they are about and kept in the order they were given."""

    name = "embedded"

    def check(self) -> None:
        """Always ready."""

    def write_script(self, order: ScriptOrder, *, till: Till) -> Script:
        """Hook from the title as the template puts it, scenes from the notes' sentences, the template's closing line; it costs nothing."""
        wording = order.template.words(order.language)
        hook = Scene(
            narration=_sentence(wording.hook, order.language), role="hook", keywords=_about(order.title, order)
        )
        closing = Scene(narration=wording.closing, role="closing", keywords=hook.keywords)
        room = order.seconds - _total((hook, closing), order)
        given = _points(order)
        points = without_repeats(given, order.language)
        kept, scenes = _filled(points, order, room=room)
        return Script(
            title=order.title,
            language=order.language,
            scenes=(hook, *scenes, closing),
            written_by=self.name,
            warnings=(
                *_repeats(len(given) - len(points)),
                *_warnings(points, kept, scenes=(hook, *scenes, closing), order=order),
            ),
        )


def _sentence(text: str, language: str) -> str:
    text = _STRAY_STOP.sub(r"\1", " ".join(text.split()))
    return text if _END.search(text) else text + ("。" if is_chinese(language) else ".")


def _about(text: str, order: ScriptOrder) -> tuple[str, ...]:
    return keywords(text, order.language, most=4)


def _notes(order: ScriptOrder) -> str:
    """The description, or else what the sources say."""
    if not _is_quoting(order):
        return order.description
    return "\n".join(source.text[:MOST_SOURCE_CHARS] for source in order.sources)


def _is_quoting(order: ScriptOrder) -> bool:
    return bool(order.sources) and not any(char.isalnum() for char in order.description)


def _points(order: ScriptOrder) -> list[str]:
    """The notes' sentences; a bulleted line stays one point. The title is not said twice."""
    points: list[str] = []
    for line in _notes(order).splitlines():
        item = _BULLET.sub("", line).strip()
        if not item:
            continue
        points += [_sentence(item, order.language)] if item != line.strip() else split_sentences(item, order.language)
    said = _bare(order.title)
    return [_sentence(point, order.language) for point in points if _bare(point) and _bare(point) != said]


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _filled(points: Sequence[str], order: ScriptOrder, *, room: float) -> tuple[list[str], tuple[Scene, ...]]:
    """Points for *room* seconds, and their scenes. Sentences in one scene share its gap, so there may be room for more."""
    kept = _trim(points, order, room=room)
    scenes = _scenes(kept, order)
    missing = room - _total(scenes, order)
    if missing > order.template.gap and len(kept) < len(points):
        kept = _trim(points, order, room=room + missing)
        scenes = _scenes(kept, order)
    return kept, scenes


def _total(scenes: Sequence[Scene], order: ScriptOrder) -> float:
    return sum(order.seconds_of(scene.narration) for scene in scenes)


def _trim(points: Sequence[str], order: ScriptOrder, *, room: float) -> list[str]:
    """The most telling points that fit *room* seconds, as they came; one always stays."""
    chosen = choose_within(
        room,
        [order.seconds_of(point) for point in points],
        _scores(points, order),
        [leans_on_previous(point, order.language) for point in points],
        spare=TOLERANCE * order.seconds,
    )
    return [points[i] for i in chosen]


def _scores(points: Sequence[str], order: ScriptOrder) -> list[float]:
    """How much each point says of what the whole is about; the first is worth more, it sets the scene."""
    words = [_terms(point) for point in points]
    counts = Counter(word for terms in words for word in set(terms)) + Counter(_terms(order.title) * 2)
    mean = [sum(counts[word] for word in terms) / (len(terms) + 3) for terms in words]
    return [score * (1.5 if i == 0 else 1.0) for i, score in enumerate(mean)]


def _terms(text: str) -> list[str]:
    return [unit.strip("，。！？、；：,.!?;: ").casefold() for unit in break_units(text) if len(unit.strip()) > 1]


def _scenes(points: Sequence[str], order: ScriptOrder) -> tuple[Scene, ...]:
    """Scenes of whole sentences, each about as long as the template wants; numbered where it is a list."""
    listing = order.template.words(order.language).listing
    joins = not listing and not order.template.one_point_a_scene
    separator = "" if is_chinese(order.language) else " "
    texts: list[str] = []
    for point in points:
        joined = separator.join((texts[-1], point)) if texts else point
        is_one = texts and joins and order.seconds_of(joined) <= order.template.scene_seconds * LONGEST_SCENE
        if is_one and not part_ways(texts[-1], point, order.language, pace=order.pace):
            texts[-1] = joined
        else:
            texts.append(point)
    numbered = [f"{listing[i]}{_continued(text)}" if i < len(listing) else text for i, text in enumerate(texts)]
    return tuple(Scene(narration=text, visual=text, keywords=_about(text, order)) for text in numbered)


def part_ways(scene: str, sentence: str, language: str, *, pace: float) -> bool:
    """Whether *sentence* begins another scene because a picture is made of it, or of *scene*, that suits it alone."""
    if stands_alone(sentence, language):
        return True
    if names_speaker(sentence, language):
        return False
    is_seen = spoken_seconds(sentence, language, pace=pace) > SHORTEST_S
    return is_seen and any(stands_alone(each, language) for each in split_sentences(scene, language))


def _continued(text: str) -> str:
    """*text* as it goes on after "First, ": without an ordinal of its own, an article at its head without its capital."""
    text = _ORDINAL.sub("", text) or text
    head, _, _ = text.partition(" ")
    return text[0].lower() + text[1:] if head in _CONTINUED else text


def _repeats(count: int) -> tuple[str, ...]:
    return (f"{count} of the sentences repeat another and are left out.",) if count else ()


def _warnings(
    points: Sequence[str], kept: Sequence[str], *, scenes: Sequence[Scene], order: ScriptOrder
) -> tuple[str, ...]:
    warnings = []
    total = _total(scenes, order)
    notes = "sources are" if _is_quoting(order) else "description is"
    if not points:
        warnings.append("The title came without a description, so the film says the title only; nothing was made up.")
    elif total < order.seconds * (1 - TOLERANCE) and len(kept) == len(points):
        warnings.append(f"The {notes} enough for about {total:.0f} of the {order.seconds} seconds asked for.")
    elif abs(total - order.seconds) > order.seconds * TOLERANCE:
        warnings.append(f"The script lasts about {total:.0f} of the {order.seconds} seconds asked for.")
    if len(kept) < len(points):
        warnings.append(
            f"{len(points) - len(kept)} of {len(points)} sentences were left out to fit {order.seconds} seconds."
        )
    if points and _is_quoting(order):
        warnings.append(
            f"The sentences are those of {'; '.join(map(_named, order.sources))}: name them where you publish."
        )
    return tuple(warnings)


def _named(source: Source) -> str:
    return f"{source.title} ({source.url}, {source.licence or 'licence unknown'})"
