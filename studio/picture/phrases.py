"""Short wording for pictures, taken from what is said and never added to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from studio.language.figures import Figure, find_figures
from studio.language.sentences import split_clauses, split_sentences
from studio.picture.scenetext import SceneText
from studio.picture.words import Token, known_phrases, length_of, tokens_of

TITLE_LIMIT: Final = {True: 22, False: 9}
HEADING_LIMIT: Final = {True: 12, False: 5}
CLAUSE_LIMIT: Final = {True: 15, False: 7}
LABEL_LIMIT: Final = {True: 18, False: 9}
NOTE_LIMIT: Final = {True: 24, False: 12}
"""Longest wording: hanzi for a Chinese film (True), words for an English one. A whole clause may be longer than a part."""

_EMPHASIS_LIMIT: Final = {True: 7, False: 3}
_EDGES: Final = " \t，。、！？：；…—～·,.!?;:-–|｜/「」『』“”\"'‘’（）()《》〈〉【】[]*{}<>#\\/_=+^~`"
_OPENERS_ZH = re.compile(
    r"^(?:第[一二三四五六七八九十]+(?:點|個|件|種|名)?|但是|可是|不過|然而|而且|並且|所以|因此|因為|其實|事實上|然後|接著|首先|其次|最後|另外|此外|例如|比如|甚至|如果|當|那麼|這是因為|"
    r"原來|也就是說|換句話說|同時|於是|不如|就|而|但|也|還)(?=.{3})[，,]?"
)
_OPENERS_EN = re.compile(
    r"^(?:but|and|so|because|in fact|actually|however|then|also|yet|now|well|still|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|finally|next|instead|that is why|"
    r"that's why|this is because|it turns out|for example|in other words|meanwhile)\b,?\s+",
    re.I,
)
_SETTING = re.compile(
    r"^(?:在|當|如果|自從|從|與其|雖然|儘管|即使|不管|除了|為了|到了|直到|根據|.*(?:發現|認為|顯示|指出|表示)$|"
    r"(?:in|by|at|on|during|for|with|without|after|before|from|near|as|when|while|if|since|according)\b)",
    re.I,
)
"""Clauses that set the scene for the next one, which says more."""

_TITLE_SEAM = re.compile(r"[：:｜|—–。！？!?\n]+|\s[-–—]\s|[（(【\[]|[，；;]|,(?!\d)")
_LABEL_TAIL_ZH = re.compile(r"(?:大約|約|達到|高達|多達|將近|接近|超過|只有|只要|就有|有|是|達|為|佔|占|了|的)+$")
_LABEL_TAIL_EN = re.compile(
    r"(?:\b(?:about|around|roughly|nearly|almost|over|more than|up to|only|just|some|at|to|is|are|takes?|a|an|the|of)\s*)+$",
    re.I,
)
_LEANING_ZH = re.compile(r"\s*(?:大約|約|大概|是|就是|也就是|有|只|就|高達|達|相當於|等於|其中)")
_DANGLING_ZH: Final = "的了在是把被和與跟從向對於將以及而且但並會要讓使又也都就最更很當因為如如果"
_DANGLING_EN: Final = frozenset(
    "the a an of to in on at by for and or but with from as is are was were be that which who when while if because than into over its "
    "their his her your our my this these those can will would could may might so not has have had every each very more most".split()
)


def bare(text: str) -> str:
    """*text* without punctuation at its ends."""
    return text.strip(_EDGES)


def short_title(title: str, *, chinese: bool) -> str:
    """*title*, or its first part where it is too long for a title card; punctuation that asks is kept."""
    limit = TITLE_LIMIT[chinese]
    if length_of(title, chinese=chinese) <= limit:
        return title.strip()
    for match in _TITLE_SEAM.finditer(title):
        end = match.end() if match.group()[0] in "？！?!" else match.start()
        head = title[:end].strip()
        if 2 <= length_of(head, chinese=chinese) <= limit:
            return head
        if length_of(head, chinese=chinese) > limit:
            break
    return title.strip()


def clauses_of(narration: str, language: str) -> Iterator[str]:
    """Clauses of a narration without their punctuation and the words that only link them."""
    opener = _OPENERS_ZH if language.startswith("zh") else _OPENERS_EN
    for sentence in split_sentences(narration, language):
        for clause in split_clauses(sentence):
            core = bare(opener.sub("", bare(clause)))
            if core:
                yield core


def heading_of(scene: SceneText) -> str:
    """
    A few words of the scene: the first clause that is short enough, before all one that has a keyword in it.

    Where every clause is too long, the scene's first keyword that is spoken, else the beginning of the first clause.
    """
    chinese = scene.is_chinese
    limit, shortest = CLAUSE_LIMIT[chinese], 4 if chinese else 2
    clauses = list(clauses_of(scene.narration, scene.film.language))
    fitting = [clause for clause in clauses if shortest <= length_of(clause, chinese=chinese) <= limit]
    fitting.sort(key=lambda clause: bool(_SETTING.match(clause)))
    spoken = [word for word in scene.keywords if word and word.lower() in scene.narration.lower()]
    for clause in fitting:
        if not _SETTING.match(clause) and any(word.lower() in clause.lower() for word in spoken[:3]):
            return _capitalised(clause, chinese=chinese)
    if fitting:
        return _capitalised(fitting[0], chinese=chinese)
    phrase = "" if chinese else _phrase_with(spoken, clauses)
    if phrase:
        return _capitalised(phrase, chinese=False)
    cut = _shortened(clauses[0], HEADING_LIMIT[chinese], chinese=chinese) if clauses else ""
    named = next((word for word in spoken if length_of(word, chinese=chinese) <= limit and len(word) > 2), "")
    return _capitalised(cut or named or bare(scene.narration)[:24] or scene.film.title, chinese=chinese)


def _phrase_with(keywords: list[str], clauses: list[str]) -> str:
    """The English phrase of two to four telling words round the first keyword that stands in one."""
    phrases = [phrase for clause in clauses for phrase in _telling_phrases(clause)]
    for keyword in keywords[:3]:
        for phrase in phrases:
            if keyword.lower() in phrase.lower() and 2 <= len(phrase.split()) <= 4:
                return phrase
    return ""


def _telling_phrases(clause: str) -> Iterator[str]:
    tokens = tokens_of(clause, chinese=False)
    for is_telling, group in groupby(tokens, key=lambda token: token.weight > 0):
        words = list(group)
        if is_telling:
            yield clause[words[0].start : words[-1].end]


def _shortened(clause: str, limit: int, *, chinese: bool) -> str:
    """The beginning of *clause*, ending in a word that can stand last; nothing where there is no such beginning."""
    tokens = tokens_of(clause, chinese=chinese)
    for count in range(len(tokens), 0, -1):
        head = clause[: tokens[count - 1].end]
        if length_of(head, chinese=chinese) > limit:
            continue
        if tokens[count - 1].weight > chinese or (
            not chinese and not _dangles(tokens[count - 1].text, chinese=chinese)
        ):
            return bare(head)
    return ""


def _dangles(word: str, *, chinese: bool) -> bool:
    return word[-1] in _DANGLING_ZH or len(word) == 1 if chinese else word.lower() in _DANGLING_EN


def _capitalised(text: str, *, chinese: bool) -> str:
    return text if chinese or not text else text[0].upper() + text[1:]


def emphasis_of(text: str, *, chinese: bool) -> str:
    """
    The part of *text* that surprises: a figure with its unit, else its last telling word.

    Nothing where the whole text would be emphasised.
    """
    figures = [figure for figure in find_figures(text) if not figure.is_date and _is_telling(figure)]
    if figures:
        found = text[figures[0].start : figures[0].end]
    else:
        tokens = [token for token in tokens_of(text, chinese=chinese) if token.weight]
        found = _telling(text, tokens, chinese=chinese)
    found = bare(found)
    is_too_long = length_of(found, chinese=chinese) > _EMPHASIS_LIMIT[chinese]
    return "" if is_too_long or len(found) >= len(bare(text)) else found


def _telling(text: str, tokens: list[Token], *, chinese: bool) -> str:
    if not tokens:
        return ""
    if not chinese:
        return _with_its_phrase(text, tokens)
    return max(enumerate(tokens), key=lambda pair: (pair[1].weight + 2 * (len(pair[1].text) > 1), pair[0]))[1].text


def _with_its_phrase(text: str, tokens: list[Token]) -> str:
    """The last telling word, with the one before where both are one thing (black hole)."""
    pair = text[tokens[-2].start : tokens[-1].end] if len(tokens) > 1 else ""
    return pair if pair.lower() in known_phrases() else tokens[-1].text


def number_content(scene: SceneText) -> dict[str, Any] | None:
    """
    What the number layout shows of a scene that states exactly one amount, or None.

    Label and note are the words before and after the figure, so that reading down the picture is reading
    the sentence.
    """
    amounts = [figure for figure in find_figures(scene.narration) if not figure.is_date]
    counted = {(figure.value, figure.unit) for figure in amounts if _is_telling(figure)}
    if len(counted) != 1 or len({figure.value for figure in amounts}) != 1:
        return None
    figure = next(figure for figure in amounts if _is_telling(figure))
    chinese = scene.is_chinese
    before, after, rest = _around(scene, figure)
    label = _label(before, chinese=chinese)
    note = bare(bare(after).removeprefix("的"))
    if not label and note:
        label, note = note, ""
    if not note or length_of(note, chinese=chinese) > NOTE_LIMIT[chinese]:
        note = next((clause for clause in rest if length_of(clause, chinese=chinese) <= NOTE_LIMIT[chinese]), "")
    if not label or length_of(label, chinese=chinese) > LABEL_LIMIT[chinese]:
        return None
    return {
        "label": _capitalised(label, chinese=chinese),
        "value": figure.value,
        "unit": figure.unit,
        "ratio": figure.ratio,
        "note": note,
    }


def _is_telling(figure: Figure) -> bool:
    has_unit = bool(figure.unit) or figure.value[0] in "$€£¥NUH"
    return has_unit and len(figure.value) <= 12 and len(figure.unit) <= 16


def _around(scene: SceneText, figure: Figure) -> tuple[str, str, list[str]]:
    """The figure's clause before and after it, and the clauses that follow."""
    text, chinese = scene.narration, scene.is_chinese
    clause_ends = "，。！？；：、" if chinese else ".,!?;:—"
    start = max((text.rfind(mark, 0, figure.start) for mark in clause_ends), default=-1) + 1
    ends = [at for mark in clause_ends if (at := text.find(mark, figure.end)) >= 0]
    end = min(ends, default=len(text))
    before = text[start : figure.start]
    previous = max((text.rfind(mark, 0, start - 1) for mark in clause_ends), default=-1) + 1 if start else 0
    if start and not _label(before, chinese=chinese):
        before = text[previous : start - 1]
    elif (
        start
        and _LEANING_ZH.match(before)
        and length_of(text[previous : figure.start], chinese=chinese) <= LABEL_LIMIT[chinese] + 1
    ):
        before = text[previous : figure.start]
    return before, text[figure.end : end], list(clauses_of(text[end:], scene.film.language))


def _label(before: str, *, chinese: bool) -> str:
    opener, tail = (_OPENERS_ZH, _LABEL_TAIL_ZH) if chinese else (_OPENERS_EN, _LABEL_TAIL_EN)
    label = bare(tail.sub("", bare(opener.sub("", bare(before)))))
    return label if length_of(label, chinese=chinese) >= (2 if chinese else 1) and len(label) > 1 else ""
