"""Cut a scene that lasts into beats: what its picture says while each part of it is spoken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from studio.language.sentences import split_clauses, split_sentences
from studio.picture.phrases import heading_of, with_marks_closed
from studio.picture.scenetext import SceneText

MOST_BEATS: Final = 3
"""More would be a list, and nobody reads more headings in one scene."""

LONGEST_S: Final = 3.6
"""A single heading that stays longer lets a picture fall asleep: the sentence is cut at a clause."""

SHORTEST_S: Final = 1.5
"""A heading on screen for less cannot be read."""

_EARLY_S: Final = 0.1


@dataclass(frozen=True)
class Beat:
    """A part of a scene: its own words in *scene*, their *heading*, and when they begin and end in seconds."""

    scene: SceneText
    heading: str
    start: float
    end: float


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    """Characters of the narration."""
    begins: float
    ends: float
    """Seconds."""

    @property
    def duration(self) -> float:
        return self.ends - self.begins

    def joined(self, other: _Piece) -> _Piece:
        """This piece and the one right after it as one."""
        return _Piece(self.start, other.end, self.begins, other.ends)


def beats_of(scene: SceneText) -> list[Beat]:
    """
    One beat a sentence; a long sentence is cut at a clause, short ones share a beat, at most MOST_BEATS in all.

    The first begins with the scene. Without word times there is one. Two in a row never have the same heading.
    """
    pieces = _pieces(scene, lambda text: split_sentences(text, scene.film.language), 0, len(scene.narration))
    pieces = _merged(pieces)
    while len(pieces) < MOST_BEATS and (cut := _cut_longest(scene, pieces)) != pieces:
        pieces = cut
    beats: list[Beat] = []
    for piece in pieces:
        text = scene.narration[piece.start : piece.end].strip()
        part = replace(scene, narration=text, keywords=tuple(word for word in scene.keywords if word in text))
        heading = with_marks_closed(heading_of(part))
        if beats and heading == beats[-1].heading:
            continue
        start = max(0.0, piece.begins - _EARLY_S) if beats else 0.0
        beats.append(Beat(part, heading, round(start, 3), round(piece.ends, 3)))
    return beats


def _pieces(scene: SceneText, split: Callable[[str], list[str]], start: int, end: int) -> list[_Piece]:
    """Characters *start* to *end* of the narration as *split* cuts them."""
    starts, position = [], start
    for text in split(scene.narration[start:end]):
        position = max(position, scene.narration.find(text, position, end))
        starts.append(position)
        position += len(text)
    bounds = [*starts, end] if starts else [start, end]
    times = [scene.spoken_at(at) for at in bounds[:-1]] + [_end_of(scene, end)]
    return [
        _Piece(*characters, *seconds) for characters, seconds in zip(pairwise(bounds), pairwise(times), strict=True)
    ]


def _end_of(scene: SceneText, position: int) -> float:
    if position < len(scene.narration.rstrip()):
        return scene.spoken_at(position)
    return scene.words[-1].end if scene.words else 0.0


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Join neighbours, the shortest pair first, until each can be read and there are not too many."""
    pieces = list(pieces)
    while len(pieces) > 1 and (len(pieces) > MOST_BEATS or min(piece.duration for piece in pieces) < SHORTEST_S):
        pairs = range(len(pieces) - 1)
        if len(pieces) <= MOST_BEATS:
            shortest = min(range(len(pieces)), key=lambda i: pieces[i].duration)
            pairs = range(max(0, shortest - 1), min(len(pieces) - 1, shortest + 1))
        at = min(pairs, key=lambda i: pieces[i].duration + pieces[i + 1].duration)
        pieces[at : at + 2] = [pieces[at].joined(pieces[at + 1])]
    return pieces


def _cut_longest(scene: SceneText, pieces: list[_Piece]) -> list[_Piece]:
    """*pieces* with the longest cut at the clause nearest its middle, or as they were."""
    at = max(range(len(pieces)), key=lambda i: pieces[i].duration)
    longest = pieces[at]
    if longest.duration <= LONGEST_S:
        return pieces
    clauses = _pieces(scene, split_clauses, longest.start, longest.end)
    seams = [clause for clause in clauses[1:] if _leaves_enough(longest, clause.begins)]
    if not seams:
        return pieces
    seam = min(seams, key=lambda clause: abs(2 * clause.begins - longest.begins - longest.ends))
    head = _Piece(longest.start, seam.start, longest.begins, seam.begins)
    tail = _Piece(seam.start, longest.end, seam.begins, longest.ends)
    return [*pieces[:at], head, tail, *pieces[at + 1 :]]


def _leaves_enough(piece: _Piece, seam: float) -> bool:
    return min(seam - piece.begins, piece.ends - seam) >= SHORTEST_S
