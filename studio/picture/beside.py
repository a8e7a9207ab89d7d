"""What a picture of one sentence says above it, and whether that sentence comes in time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from studio.language.figures import find_figures
from studio.language.sentences import split_clauses, split_sentences
from studio.picture.phrases import bare, capitalised, short_title, without_dangling, without_opener
from studio.picture.scenetext import SceneText
from studio.picture.words import length_of, tokens_of

LATEST_S: Final = 4.0
"""A heading alone for longer than this is an empty card."""

LONGEST_AFTER_S: Final = 3.0
"""What is said for longer after a picture's own words is another matter, and who spoke is said in less."""

EARLY_S: Final = 0.2
"""What is shown begins to move this long before it is spoken."""

_LIMIT: Final = {True: 16, False: 8}
_SHORTEST: Final = {True: 4, False: 2}
_DIGITS: Final = re.compile(r"\d")


def heading_beside(scene: SceneText, start: int, end: int) -> str:
    """
    A few of the words before what a picture shows of characters *start* to *end*; else the film's title.

    Where the title has a figure that the scene does not say, a few of the words after it, or nothing.
    """
    before, after = reversed(_clauses(scene, scene.narration[:start])), _clauses(scene, scene.narration[end:])
    title = short_title(scene.film.title, chinese=scene.is_chinese)
    said = {figure.value for figure in find_figures(scene.narration)}
    is_said = not _DIGITS.search(title) or all(figure.value in said for figure in find_figures(title))
    return _heading(scene, before) or (title if is_said else _heading(scene, after))


def _heading(scene: SceneText, clauses: Iterable[str]) -> str:
    for clause in clauses:
        text = clause if scene.is_chinese else without_dangling(clause)
        fits = _SHORTEST[scene.is_chinese] <= length_of(text, chinese=scene.is_chinese) <= _LIMIT[scene.is_chinese]
        if fits and any(token.weight for token in tokens_of(text, chinese=scene.is_chinese)):
            return capitalised(text, chinese=scene.is_chinese)
    return ""


def _clauses(scene: SceneText, text: str) -> list[str]:
    found = []
    for sentence in split_sentences(text, scene.film.language):
        whole = bare(without_opener(sentence, chinese=scene.is_chinese))
        limit = _LIMIT[scene.is_chinese]
        parts = [whole] if length_of(whole, chinese=scene.is_chinese) <= limit else split_clauses(sentence)
        found += [bare(without_opener(bare(part), chinese=scene.is_chinese)) for part in parts]
    return [clause for clause in found if clause]


def is_timely(scene: SceneText, start: int, end: int) -> bool:
    """Whether what stands at *start* to *end* of the narration is spoken early enough, and little comes after it."""
    if not scene.words:
        return True
    over = scene.words[-1].end - (scene.spoken_at(end) if end < len(scene.narration.rstrip()) else scene.words[-1].end)
    return scene.spoken_at(start) <= LATEST_S and over <= LONGEST_AFTER_S


def shown_at(scene: SceneText, position: int) -> float:
    """When what is spoken at *position* appears, in seconds."""
    return round(max(0.0, scene.spoken_at(position) - EARLY_S), 3)
