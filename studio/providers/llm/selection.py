"""Choose sentences that fit a time, none of them without the one that it leans on."""

from __future__ import annotations

from collections.abc import Sequence

from studio.language.cohesion import gist_of, leans_on_previous


def without_repeats(sentences: Sequence[str], language: str) -> list[str]:
    """*sentences*, each said once. What leans on a repeated one goes with it: elsewhere it would mean another thing."""
    kept: list[str] = []
    seen: dict[str, str] = {}
    previous = ""
    for sentence in sentences:
        gist = gist_of(sentence)
        is_stranded = bool(kept) and previous != kept[-1] and leans_on_previous(sentence, language)
        if gist not in seen and not is_stranded:
            kept.append(sentence)
            seen[gist] = sentence
        previous = seen.get(gist, "")
    return kept


def choose_within(
    room: float, seconds: Sequence[float], scores: Sequence[float], leaning: Sequence[bool], *, spare: float
) -> list[int]:
    """
    Which sentences to say, in their order: the best that fit *room* seconds, and at least one.

    A sentence for which *leaning* is true comes only with the one before it. At the end one may be over by less than
    is missing, where that is more than *spare* seconds.
    """
    order = sorted(range(len(seconds)), key=lambda i: (-scores[i], i))
    kept: set[int] = set()
    left = room
    for i in order:
        wanted = _with_antecedents(i, leaning) - kept
        lasts = sum(seconds[j] for j in wanted)
        if lasts <= left:
            kept |= wanted
            left -= lasts
    if not kept:
        kept = {min(_with_antecedents(order[0], leaning))} if order else set()
        left = room - sum(seconds[i] for i in kept)
    ready = [i for i in order if i not in kept and _with_antecedents(i, leaning) - kept == {i}]
    last = min(ready, key=lambda i: (seconds[i], i), default=None)
    if last is not None and left > spare and seconds[last] - left <= spare:
        kept.add(last)
    return sorted(kept)


def _with_antecedents(i: int, leaning: Sequence[bool]) -> set[int]:
    found = {i}
    while i and leaning[i]:
        i -= 1
        found.add(i)
    return found
