"""Text cut into units that have both a spelling and a sound, and the way back from sounds to timed words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.models.narration import Word


@dataclass(frozen=True)
class Unit:
    """
    A piece of text as it is shown and as it sounds; *phonemes* in the alphabet of the model.

    *is_word* is False for punctuation and white space: what it sounds like is a pause.
    """

    shown: str
    phonemes: str
    is_word: bool = True


def sentences_of(units: Sequence[Unit], *, longest: int) -> list[list[Unit]]:
    """
    Group *units* into what the model says in one breath, at most *longest* phonemes each.

    A group ends after a sentence, with the marks that close it; one that would be too long ends after its last
    pause, or in the middle when there is none.
    """
    groups: list[list[Unit]] = []
    group: list[Unit] = []
    for unit in units:
        if groups and not group and _closes(unit.shown):
            groups[-1].append(unit)
            continue
        if group and sum(len(u.phonemes) for u in group) + len(unit.phonemes) > longest:
            head, group = _split_at_pause(group)
            groups.append(head)
        group.append(unit)
        if not unit.is_word and any(mark in unit.phonemes for mark in ".?!"):
            groups.append(group)
            group = []
    if group and groups and not any(unit.is_word for unit in group):
        groups[-1] += group
    elif group:
        groups.append(group)
    return groups


def _split_at_pause(group: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    for i in range(len(group) - 1, 0, -1):
        if not group[i].is_word and group[i].phonemes.strip():
            return group[: i + 1], group[i + 1 :]
    return group, []


def timed_words(units: Sequence[Unit], ends: Sequence[float], *, start: float) -> list[Word]:
    """
    Words from units and the times at which each unit ends.

    Punctuation joins the word before it (an opening mark the word after it) without lengthening it:
    a word ends when its own sound ends.

    Args:
        units: in speaking order.
        ends: seconds, one a unit, not decreasing.
        start: when the first unit starts, in seconds.
    """
    words: list[Word] = []
    pending = ""
    for unit, end in zip(units, ends, strict=True):
        if unit.is_word:
            words.append(Word(text=pending + unit.shown, start=start, end=end))
            pending = ""
        elif words and not _opens(unit.shown):
            words[-1] = words[-1].model_copy(update={"text": words[-1].text + unit.shown})
        else:
            pending += unit.shown
        start = end
    if pending and words:
        words[-1] = words[-1].model_copy(update={"text": words[-1].text + pending})
    return words


def _closes(mark: str) -> bool:
    return bool(mark.strip()) and all(char in "」』）》〉”’)]}" for char in mark.strip())


def _opens(mark: str) -> bool:
    return mark.strip()[-1:] in tuple("「『（《〈“‘([{")
