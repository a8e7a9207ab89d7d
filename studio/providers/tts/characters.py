"""Words out of the times that a vendor gives for characters or for words of its own cutting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.language.spoken import weighted_words
from studio.models.narration import Word


def words_of_characters(
    characters: Sequence[str], starts: Sequence[float], ends: Sequence[float], *, language: str, duration: float
) -> tuple[Word, ...]:
    """
    Timed words of the text that *characters* join to, cut as captions cut it.

    A word lasts from its first letter to its last: marks and spaces do not lengthen it.

    Args:
        characters: one or a few letters each, in order.
        starts: seconds, one each.
        ends: seconds, one each.
        language: BCP 47 tag.
        duration: of the speech; no time is later.
    """
    places = [i for i, piece in enumerate(characters) for _ in piece]
    text = "".join(characters)
    words: list[Word] = []
    offset, clock = 0, 0.0
    for word, _ in weighted_words(text, language):
        span = range(offset, offset + len(word))
        offset += len(word)
        said = [places[i] for i in span if text[i].isalnum()] or [places[i] for i in span]
        start = min(max(clock, starts[said[0]]), duration)
        clock = min(max(start, ends[said[-1]]), duration)
        words.append(Word(text=word, start=start, end=clock))
    return tuple(words)


def words_at(text: str, boundaries: Iterable[tuple[str, float, float]], *, duration: float) -> tuple[Word, ...]:
    """
    Words of *text* begun where a vendor's own words are found in it; they join to *text*.

    Args:
        text: what was said.
        boundaries: (spelling, start, end) in speaking order; a spelling that is not found is passed over.
        duration: of the speech; no time is later.
    """
    found: list[tuple[int, float, float]] = []
    cursor, clock = 0, 0.0
    for spelling, start, end in boundaries:
        place = text.find(spelling, cursor) if spelling.strip() else -1
        if place >= 0:
            cursor = place + len(spelling)
            start = min(max(clock, start), duration)
            clock = min(max(start, end), duration)
            found.append((place, start, clock))
    edges = [0, *(place for place, _, _ in found[1:]), len(text)]
    spans = zip(found, edges, edges[1:], strict=False)
    return tuple(Word(text=text[first:last], start=start, end=end) for (_, start, end), first, last in spans)
