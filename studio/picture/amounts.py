"""What the number layout shows: the figure that carries a scene, and the words that make sense of it."""

from __future__ import annotations

import re
from typing import Any, Final

from studio.language.figures import Figure, carries_sentence, find_figures
from studio.picture.phrases import bare, capitalised, clauses_of, shortened, without_opener
from studio.picture.scenetext import SceneText
from studio.picture.words import length_of, tokens_of

LABEL_LIMIT: Final = {True: 16, False: 9}
NOTE_LIMIT: Final = {True: 18, False: 9}
"""Longest wording: hanzi for a Chinese film (True), words for an English one."""

LATEST_S: Final = 3.6
"""A figure spoken later than this leaves its card waiting: such a scene is better illustrated."""

LONGEST_AFTER_S: Final = 6.5
"""A figure that stands for longer has been read long ago."""

_FIRST_WORD_S: Final = 1.0
"""A sentence that begins later has its label on screen while something else is said."""

_CLAUSE_END: Final = {True: r"[，。！？；：、]", False: r"[.!?;:—](?=\s|$)|,(?!\d)"}
_SENTENCE_END: Final = {True: r"[。！？]", False: r"[.!?](?=\s|$)"}
_TAIL_ZH: Final = re.compile(r"(?<![約概近過達多少到均])(?:就有|只有|就是|是|有|為)$")
"""A verb that only links; after a hedge (大約有) it stays, or the hedge would stand last."""

_TAIL_EN: Final = re.compile(r"\b(?:(?:is|are|was|were)|an?|the|and|or|but|with|that)\s*$", re.I)
_BOUND: Final = re.compile(
    r"左右|以上|以下|上下| (?:a|an|per|each|every) (?:second|minute|hour|day|night|week|month|year|person)\b"
)


def number_content(scene: SceneText) -> dict[str, Any] | None:
    """
    What the number layout shows of a scene that states exactly one amount of weight, or None.

    Label and note are the words before and after the figure, so that reading down the picture is reading the
    sentence. Where the words before it say nothing (with 46%), the label is the clause before.
    """
    amounts = [figure for figure in find_figures(scene.narration) if not figure.is_date and not figure.is_name]
    carrying = [figure for figure in amounts if carries_sentence(figure, scene.narration[figure.end :])]
    if not carrying or len({figure.value for figure in amounts}) != 1:
        return None
    figure = carrying[0]
    start = scene.spoken_at(figure.start)
    label, note = _label(scene, figure), _note(scene, figure)
    if not _is_timely(scene, figure) or not (label or length_of(note, chinese=scene.is_chinese) > 1):
        return None
    unit = figure.unit + _bound(scene, figure)
    return {
        "label": capitalised(label, chinese=scene.is_chinese),
        "value": figure.value,
        "unit": unit,
        "ratio": figure.ratio,
        "note": note,
        "start": round(start, 3),
    }


def _is_timely(scene: SceneText, figure: Figure) -> bool:
    """Whether card and figure come when they are spoken of, and the scene does not go on long after."""
    sentence = max(
        (match.end() for match in re.finditer(_SENTENCE_END[scene.is_chinese], scene.narration[: figure.start])),
        default=0,
    )
    begins, spoken = scene.spoken_at(sentence) if sentence else 0.0, scene.spoken_at(figure.start)
    ends = scene.words[-1].end if scene.words else 0.0
    return begins <= _FIRST_WORD_S and spoken <= LATEST_S and ends - spoken <= LONGEST_AFTER_S


def _label(scene: SceneText, figure: Figure) -> str:
    """The sentence as far as the figure where it is short, else the figure's clause, else the clause before."""
    clauses = _clauses_before(scene, figure)
    own = _trimmed(clauses[-1], chinese=scene.is_chinese)
    if not _says_something(own, chinese=scene.is_chinese):
        own = ""
    previous = [clause for clause in clauses[:-1] if clause.strip()][-1:]
    whole = "".join(previous) + clauses[-1]
    candidates = [_trimmed(whole, chinese=scene.is_chinese), own] if own else []
    candidates += [_trimmed(clause, chinese=scene.is_chinese) for clause in previous]
    return next((words for words in candidates if _is_label(words, chinese=scene.is_chinese)), "")


def _clauses_before(scene: SceneText, figure: Figure) -> list[str]:
    """Clauses of the figure's sentence up to the figure, marks included; the last may be empty."""
    text, chinese = scene.narration[: figure.start], scene.is_chinese
    sentence = re.split(_SENTENCE_END[chinese], text)[-1]
    return re.split(rf"(?<={_CLAUSE_END[True]})" if chinese else r"(?<=[;:—,])(?!\d)", sentence)


def _trimmed(words: str, *, chinese: bool) -> str:
    words = bare(without_opener(bare(words), chinese=chinese))
    return bare((_TAIL_ZH if chinese else _TAIL_EN).sub("", words))


def _is_label(words: str, *, chinese: bool) -> bool:
    return _says_something(words, chinese=chinese) and length_of(words, chinese=chinese) <= LABEL_LIMIT[chinese]


def _says_something(words: str, *, chinese: bool) -> bool:
    is_long_enough = length_of(words, chinese=chinese) >= (2 if chinese else 1)
    return is_long_enough and any(token.weight for token in tokens_of(words, chinese=chinese))


def _note(scene: SceneText, figure: Figure) -> str:
    """The rest of the figure's clause, else the next clause of its sentence; nothing that says nothing."""
    text, chinese = scene.narration[figure.end :], scene.is_chinese
    sentence = re.split(_SENTENCE_END[chinese], text)[0]
    own, *later = re.split(_CLAUSE_END[chinese], sentence)
    own = own.removeprefix(_bound(scene, figure)).strip()
    if own.startswith("的"):
        own = "" if figure.unit.endswith("倍") else own[1:]
    following = list(clauses_of("，".join(later), scene.film.language)) if chinese else [bare(words) for words in later]
    return next((note for words in (own, *following[:1]) if (note := _fitting(words, chinese=chinese))), "")


def _fitting(words: str, *, chinese: bool) -> str:
    words = bare(words)
    if not any(token.weight for token in tokens_of(words, chinese=chinese)):
        return ""
    if length_of(words, chinese=chinese) <= NOTE_LIMIT[chinese]:
        return words
    return shortened(words, NOTE_LIMIT[chinese], chinese=chinese)


def _bound(scene: SceneText, figure: Figure) -> str:
    """What limits the figure from behind (以上, a day), part of the unit: without it the figure would say something else."""
    match = _BOUND.match(scene.narration, figure.end)
    return match.group() if match else ""
