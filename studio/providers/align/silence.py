"""Word times from nothing but silence: clauses end where the voice rests, words share a clause by their syllables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.language.spoken import weighted_words
from studio.models.narration import Word
from studio.providers.align import Reference
from studio.providers.align.rests import Rest, rests_of
from studio.providers.sound import Sound

FULL_STOPS = "。！？!?.…\n"
CLAUSE_STOPS = "，、；：,;:—"

EXPECTED_S = {"full": 0.35, "clause": 0.18}
"""Rest that a mark asks for: a breath after a sentence, half of one within it. What comes of it is measured in 0012."""

SLACK_S = 0.6
"""How far from where the syllables put it a mark's rest is still believed to be its own."""

MISSED_FULL, MISSED_CLAUSE = 1.5, 0.5
"""Cost of a mark without a rest; readers run over commas far oftener than over full stops."""

TOO_SHORT = 1.0
"""Cost of a rest next to none where the mark asks for a whole one."""

UNEXPLAINED_PER_S = 4.0
"""Cost of a rest without a mark, by its length: short ones are closures of consonants."""


@dataclass(frozen=True)
class _Clause:
    """Words of one clause and the mark that ends it."""

    words: tuple[tuple[str, float], ...]
    mark: str
    passage: int

    @property
    def weight(self) -> float:
        return sum(weight for _, weight in self.words)


class SilenceAligner:
    """Needs no model and no reference; always there, for every language that is written with marks."""

    name = "silence"

    def check(self) -> None:
        """Nothing can be missing."""

    def align(
        self, sound: Sound, passages: Sequence[str], *, language: str, reference: Reference | None = None
    ) -> list[tuple[Word, ...]]:
        """Times by rests and syllables."""
        rests = rests_of(sound)
        clauses = [clause for i, text in enumerate(passages) for clause in _clauses(text, language, i)]
        if not clauses:
            return [() for _ in passages]
        first, last = rests[0].end, rests[-1].start
        inner = rests[1:-1]
        axis = _VoicedAxis(first, last, inner)
        edges = _edges(clauses, inner, axis)
        found: list[list[Word]] = [[] for _ in passages]
        for clause, start, end in zip(
            clauses, [first, *(b for _, b in edges)], [*(a for a, _ in edges), last], strict=True
        ):
            found[clause.passage] += _shared(clause, start, end, axis)
        return [tuple(words) for words in found]


def _clauses(text: str, language: str, passage: int) -> list[_Clause]:
    clauses: list[_Clause] = []
    words: list[tuple[str, float]] = []
    pieces = weighted_words(text, language)
    for i, (word, weight) in enumerate(pieces):
        words.append((word, weight))
        end = word.rstrip(" 」』”’）)\"'")[-1:]
        is_last = i == len(pieces) - 1
        if is_last or end in FULL_STOPS or end in CLAUSE_STOPS:
            mark = "full" if is_last or end in FULL_STOPS else "clause"
            clauses.append(_Clause(tuple(words), mark, passage))
            words = []
    return clauses


class _VoicedAxis:
    """Time without its rests: where speech is shared out by syllables."""

    def __init__(self, start: float, end: float, rests: Sequence[Rest]) -> None:
        edges = [start, *(time for rest in rests for time in (rest.start, rest.end)), end]
        lengths = [0.0 if i % 2 else end - start for i, (start, end) in enumerate(pairwise(edges))]
        voiced = np.cumsum([0.0, *lengths])
        self._times: NDArray[np.float64] = np.array(edges)
        self._voiced: NDArray[np.float64] = voiced
        self.total = float(voiced[-1])

    def voiced(self, time: float) -> float:
        """Seconds of voice before *time*."""
        return float(np.interp(time, self._times, self._voiced))

    def time(self, voiced: float) -> float:
        """When that much voice has been heard; the end of a rest rather than its start."""
        index = int(np.searchsorted(self._voiced, voiced, side="right")) - 1
        index = min(max(index, 0), len(self._times) - 1)
        return float(min(self._times[index] + (voiced - self._voiced[index]), self._times[-1]))


def _edges(clauses: Sequence[_Clause], rests: Sequence[Rest], axis: _VoicedAxis) -> list[tuple[float, float]]:
    """(end, start of the next) for each clause but the last: a rest where one fits, else a moment."""
    shares = np.cumsum([clause.weight for clause in clauses])
    wanted = shares[:-1] / max(float(shares[-1]), 1e-9) * axis.total
    chosen = _matched(clauses, [axis.voiced(rest.start) for rest in rests], rests, wanted)
    edges: list[tuple[float, float]] = []
    for i, choice in enumerate(chosen):
        if choice is None:
            before = max((j for j in range(i) if chosen[j] is not None), default=None)
            after = min((j for j in range(i + 1, len(chosen)) if chosen[j] is not None), default=None)
            time = axis.time(_between(i, before, after, chosen, rests, shares, axis))
            edges.append((time, time))
        else:
            edges.append((rests[choice].start, rests[choice].end))
    return edges


def _between(
    i: int,
    before: int | None,
    after: int | None,
    chosen: Sequence[int | None],
    rests: Sequence[Rest],
    shares: NDArray[np.float64],
    axis: _VoicedAxis,
) -> float:
    """Voiced seconds of edge *i*, by syllables between the nearest edges that are known."""
    low = (0.0, 0.0) if before is None else (float(shares[before]), axis.voiced(rests[chosen[before] or 0].start))
    high = (float(shares[-1]), axis.total)
    if after is not None:
        high = (float(shares[after]), axis.voiced(rests[chosen[after] or 0].start))
    return low[1] + (float(shares[i]) - low[0]) / max(high[0] - low[0], 1e-9) * (high[1] - low[1])


def _matched(
    clauses: Sequence[_Clause], places: Sequence[float], rests: Sequence[Rest], wanted: NDArray[np.float64]
) -> list[int | None]:
    """
    Which rest each edge takes, in order and none twice: the cheapest way to explain marks by rests.

    Each step costs what it leaves unexplained: a mark without a rest, a rest without a mark, and how far the two
    lie apart. What earlier steps showed of the speaker's pace is not used: the shares already hold the whole.
    """
    edges, count = len(wanted), len(rests)
    cost = np.full((edges + 1, count + 1), np.inf)
    came = np.zeros((edges + 1, count + 1), np.int8)
    cost[0] = np.concatenate([[0.0], np.cumsum([_unexplained(rest) for rest in rests])])
    came[0, 1:] = 1
    for i in range(1, edges + 1):
        full = clauses[i - 1].mark == "full"
        missed = MISSED_FULL if full else MISSED_CLAUSE
        expected = EXPECTED_S["full" if full else "clause"]
        for j in range(count + 1):
            ways = [cost[i - 1, j] + missed]
            if j:
                apart = (places[j - 1] - wanted[i - 1]) / SLACK_S
                odd = max(0.0, expected - rests[j - 1].duration) / expected
                ways += [cost[i, j - 1] + _unexplained(rests[j - 1]), cost[i - 1, j - 1] + apart**2 + TOO_SHORT * odd]
            came[i, j] = int(np.argmin(ways))
            cost[i, j] = ways[came[i, j]]
    return _walked(came, edges, count)


def _unexplained(rest: Rest) -> float:
    return UNEXPLAINED_PER_S * rest.duration


def _walked(came: NDArray[np.int8], i: int, j: int) -> list[int | None]:
    chosen: list[int | None] = [None] * i
    while i or j:
        step = came[i, j] if i else 1
        if step == 2:
            chosen[i - 1] = j - 1
        i, j = i - (step != 1), j - (step != 0)
    return chosen


def _shared(clause: _Clause, start: float, end: float, axis: _VoicedAxis) -> list[Word]:
    """The words of a clause, by their syllables of what voice there is in it."""
    begin, length = axis.voiced(start), axis.voiced(end) - axis.voiced(start)
    total = max(clause.weight, 1e-9)
    words: list[Word] = []
    said, clock = 0.0, start
    for i, (text, weight) in enumerate(clause.words):
        said += weight
        is_last = i == len(clause.words) - 1
        following = end if is_last else min(max(axis.time(begin + length * said / total), clock), end)
        words.append(Word(text=text, start=clock, end=following))
        clock = following
    return words
