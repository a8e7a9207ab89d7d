"""Cut a narration into caption cues short enough to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from studio.language.linebreak import balance
from studio.models.narration import Word
from studio.models.timeline import CaptionStyle

PAUSE_S = 0.35
"""A silence this long ends a cue: a breath is a better cut than a full line."""

LINGER_S = 0.25
"""How long a cue stays after its last word when nothing follows."""

LINES = 2
CLAUSE_GAIN = 0.5
"""A caption is read once and at speed: lines that are clauses win over equal ones, up to one line half the mean."""

LONGEST_S = 4.5
"""A cue on screen for longer than this feels stuck in a short film."""

POP_WIDTH, POP_WORD, POP_LONGEST_S = 0.62, 1.35, 1.3
"""A pop-up is a glance: so much of a caption's width and so many seconds. A long word is set smaller, not divided."""

UNIT_SIGNS = "°℃℉©®™"
"""Symbols like emoji to Unicode, and part of what is said: 465°C."""

SENTENCE_ENDS = "。！？!?…."
CLAUSE_ENDS = "，、；：,;:—"
_SILENT_AT_LINE_END = "，。、；：,.;:"
"""Marks that Taiwanese subtitles leave out at the end of a line: the break says as much."""

_IN_ADDRESS = re.compile(r"[A-Za-z0-9][.@/:_-]+$")
_COUNT = re.compile(r"\d+\.")

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Cue:
    """Words on screen together, in lines. Seconds from the start of the recording."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]


@dataclass(frozen=True)
class Form:
    """
    What a cue may be: so many *lines*, no wider than *max_width* each, on screen for *longest_s* seconds.

    A word by itself may be as wide as *widest_word*; a wider one is divided.
    """

    max_width: float
    widest_word: float
    lines: int = LINES
    longest_s: float = LONGEST_S


def form_of(style: CaptionStyle) -> Form:
    """What cues of *style* may be."""
    width = float(style.max_width_px)
    if style.kind == "pop":
        return Form(width * POP_WIDTH, width * POP_WORD, lines=1, longest_s=POP_LONGEST_S)
    return Form(width, width)


def cut_captions(words: Sequence[Word], *, measure: Measure, form: Form) -> list[Cue]:
    """
    Group the spoken words of one scene into cues of that *form*.

    A cue ends at the end of a sentence, at a pause, or where the rest would not fit; of the places where it
    could be cut, the end of a clause and an even split are preferred. A word is never split, unless it
    alone is wider than a line.

    Args:
        words: in speaking order.
        measure: width of a line of text, in the unit of *form*.
        form: what a cue may be.

    Returns:
        Cues in order, never overlapping. Each lasts to the next cue's start when the gap between them is
        shorter than PAUSE_S, so text does not flicker between words.
    """
    pieces = [
        piece
        for word in _whole(words)
        for piece in _fitting(_shown(word), measure, form.widest_word)
        if piece.text.strip()
    ]
    groups = [group for phrase in _phrases(pieces) for group in _split(phrase, measure=measure, form=form)]
    cues = []
    for i, group in enumerate(groups):
        following = groups[i + 1][0].start if i + 1 < len(groups) else None
        cues.append(Cue(group[0].start, _end(group, following), _lines(group, measure, form)))
    return cues


def _whole(words: Sequence[Word]) -> list[Word]:
    """*words*, where an address that is said in parts, "www." "example." "com", is one."""
    whole: list[Word] = []
    for word in words:
        if whole and _IN_ADDRESS.search(whole[-1].text) and word.text[:1].isascii() and word.text[:1].isalnum():
            whole[-1] = Word(text=whole[-1].text + word.text, start=whole[-1].start, end=word.end)
        else:
            whole.append(word)
    return whole


def _shown(word: Word) -> Word:
    """*word* as a caption can show it: no control characters, no emoji, white space as one space."""
    kept = "".join(" " if char.isspace() else char for char in word.text if not _is_invisible(char))
    return word.model_copy(update={"text": kept})


def _is_invisible(char: str) -> bool:
    if char in UNIT_SIGNS:
        return False
    category = unicodedata.category(char)
    return (
        category in ("Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn") and not char.isspace()
    ) or char in "\u2028\u2029"


def _fitting(word: Word, measure: Measure, max_width: float) -> list[Word]:
    """*word*, or pieces of it that fit a line each, its time shared out by length."""
    if measure(word.text.strip()) <= max_width or len(word.text) < 2:
        return [word]
    half = len(word.text) // 2
    middle = word.start + (word.end - word.start) * half / len(word.text)
    head = Word(text=word.text[:half], start=word.start, end=middle)
    tail = Word(text=word.text[half:], start=middle, end=word.end)
    return _fitting(head, measure, max_width) + _fitting(tail, measure, max_width)


def _phrases(words: Sequence[Word]) -> list[list[Word]]:
    """Runs of words without a sentence's end or a pause inside."""
    phrases: list[list[Word]] = []
    for i, word in enumerate(words):
        before = words[i - 1] if i else None
        if before is None or _is_sentence(phrases[-1]) or word.start - before.end >= PAUSE_S:
            phrases.append([])
        phrases[-1].append(word)
    return phrases


def _is_sentence(phrase: Sequence[Word]) -> bool:
    """Whether *phrase* is over. "1." by itself is not: it counts what follows."""
    return _ends(phrase[-1], SENTENCE_ENDS) and not (len(phrase) == 1 and _COUNT.fullmatch(phrase[0].text.strip()))


def _ends(word: Word, marks: str) -> bool:
    text = word.text.rstrip().rstrip("」』”’）)\"'")
    return text[-1:] in marks and bool(text)


def _split(phrase: Sequence[Word], *, measure: Measure, form: Form) -> list[list[Word]]:
    """The fewest groups that fit, cut where it hurts least."""
    count = len(phrase)

    @cache
    def best(start: int) -> tuple[float, tuple[int, ...]]:
        if start == count:
            return 0.0, ()
        options = []
        for end in range(start + 1, count + 1):
            group = phrase[start:end]
            if end > start + 1 and not _fits(group, measure, form):
                break
            cost, ends = best(end)
            options.append((cost + _cost(group, is_last=end == count, measure=measure, form=form), (end, *ends)))
        return min(options)

    groups, start = [], 0
    for end in best(0)[1]:
        groups.append(list(phrase[start:end]))
        start = end
    return groups


def _fits(group: Sequence[Word], measure: Measure, form: Form) -> bool:
    is_short = group[-1].end - group[0].start <= form.longest_s
    return is_short and balance(_texts(group), measure, max_width=form.max_width, max_lines=form.lines) is not None


def _cost(group: Sequence[Word], *, is_last: bool, measure: Measure, form: Form) -> float:
    """One for the cue itself, more for a cut inside a clause, more for a cue too short to read."""
    duration = group[-1].end - group[0].start
    width = measure("".join(_texts(group)).strip())
    cost = 1.0
    if not is_last and not _ends(group[-1], CLAUSE_ENDS):
        cost += 0.6
    if duration < min(0.7, form.longest_s / 2):
        cost += 0.8
    return cost + 0.3 * (1 - min(1.0, width / (form.lines * form.max_width))) ** 2


def _texts(group: Sequence[Word]) -> list[str]:
    return [word.text for word in group]


def _end(group: Sequence[Word], following: float | None) -> float:
    end = group[-1].end
    if following is None:
        return end + LINGER_S
    return following if following - end < PAUSE_S else end + LINGER_S


def _lines(group: Sequence[Word], measure: Measure, form: Form) -> tuple[tuple[Word, ...], ...]:
    broken = balance(_texts(group), measure, max_width=form.max_width, max_lines=form.lines, clause_gain=CLAUSE_GAIN)
    broken = broken or [_texts(group)]
    lines, start = [], 0
    for line in broken:
        lines.append(_trimmed(group[start : start + len(line)]))
        start += len(line)
    return tuple(lines)


def _trimmed(line: Sequence[Word]) -> tuple[Word, ...]:
    text = line[-1].text.rstrip()
    bare = text.rstrip(_SILENT_AT_LINE_END)
    return (*line[:-1], line[-1].model_copy(update={"text": bare or text}))
