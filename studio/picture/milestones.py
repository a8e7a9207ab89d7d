"""What happened when: dated or ordered steps of a narration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from studio.language.sentences import split_clauses
from studio.picture.phrases import bare, capitalised, shortened, without_dangling, without_opener
from studio.picture.scenetext import SceneText
from studio.picture.series import sentences_of
from studio.picture.words import length_of, tokens_of

MOST: Final = 5
TEXT_LIMIT: Final = {True: 14, False: 8}
"""Longest wording of a step: hanzi for a Chinese film (True), words for an English one."""

_FEWEST_DATED, _FEWEST_ORDERED = 2, 3

_DATE_ZH: Final = re.compile(
    r"(?P<era>西元前|公元前|前|西元|公元)?(?P<year>\d{3,4}|(?<=前)\d{1,4}|[一二三四五六七八九〇零]{4})年(?P<decade>代)?(?:\d{1,2}月(?:\d{1,2}日)?)?(?P<vague>初|底|前後)?|"
    r"(?P<era2>西元前|公元前)?(?:第)?(?P<century>\d{1,2}|[一二三四五六七八九十]{1,3})世紀(?:末|初|中葉|中期)?"
)
_DATE_EN: Final = re.compile(
    r"\b(?:(?:[Ii]n|[Bb]y|[Oo]n|[Ss]ince|[Uu]ntil|[Aa]round|[Aa]bout|[Ff]rom|[Dd]uring|[Aa]fter)\s+)?(?:the\s+)?(?:(?:early|late|mid)[- ])?"
    r"(?P<date>(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{1,2})?,? )?"
    r"(?P<year>\d{1,4}(?= BC)|[12]\d{3})(?P<decade>s)?(?P<bc> BCE?| B\.C\.)?(?! (?:meters|kilometers|people|miles|years|feet|tons)|[,.]\d|%)|"
    r"(?P<century>\d{1,2})(?:st|nd|rd|th) century)\b"
)
_SPAN: Final = re.compile(r"(?:到|至|-|–|~)\s?$|\b(?:to|until|and|through)\s+$")
_BOUND: Final = re.compile(r"(?:直到|[從自到至])$|^(?:until|since|before|from|by)\b", re.I)
"""What only ends or begins at a date did not happen at it."""

_STAGES_ZH: Final = re.compile(
    r"(?:(?<=^)|(?<=[，。；：、]))(?:你|我們|人|師傅|工人|身體|大腦|農夫|廚師|它們|牠們|他們|它|牠|蛹|卵|水|先民)?(?P<word>首先|一開始|剛開始|起初|最初|原本|先|接下來|接著|然後|隨後|之後|後來|再來|再|最後|最終|終於|如今)"
)
_STAGES_ZH_INNER: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?P<word>先)(?!生|進|前|天|驅|知|民|秦|祖|鋒|後|例)")
_STAGES_EN: Final = re.compile(
    r"(?:(?<=^)|(?<=[.!?;:,] )|(?<=[.!?;:,] and )|(?<= is )|(?<= are )|(?<= and ))(?P<word>at first|first|to begin with|initially|then|next|after that|later|afterwards|finally|lastly|in the end|last|today|eventually)\b,?\s",
    re.I,
)
_STARTS: Final = re.compile(r"首先|一開始|剛開始|起初|最初|原本|先|at first|first|to begin with|initially", re.I)
_JUNK_ZH: Final = re.compile(
    r"^(?:[，、：]|的時候|時|，|就|又|也|已經|已|才|便|他們?|人們|並且|後|左右|在|的|是|間|期間)+(?=.{2})"
)
_LINK_ZH: Final = re.compile(r"(?:在|於|到|到了|是在|早在|則在)$")
_NUMERALS: Final = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True)
class Milestone:
    """A step: the date or the word that orders it, as spoken, what happened, and where it begins in the narration."""

    when: str
    text: str
    position: int


@dataclass(frozen=True)
class Course:
    """Steps in order; *start* to *end* is where they stand in the narration."""

    steps: tuple[Milestone, ...]
    start: int
    end: int


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    when: str
    rank: float
    """Place in time."""
    is_date: bool


def find_course(scene: SceneText, *, dated: bool) -> Course | None:
    """Two to MOST dated steps in order of time, or three to MOST that words order; else None."""
    if dated:
        return _course(scene, _dates(scene), fewest=_FEWEST_DATED)
    marks = _stages(scene)
    return _course(scene, marks, fewest=_FEWEST_ORDERED) if marks else None


def _course(scene: SceneText, marks: list[_Mark], *, fewest: int) -> Course | None:
    ranks = [mark.rank for mark in marks]
    if not fewest <= len(marks) <= MOST or any(before >= after for before, after in pairwise(ranks)):
        return None
    steps: list[Milestone] = []
    bounds = [*[mark.start for mark in marks[1:]], len(scene.narration)]
    floor = 0
    for mark, bound in zip(marks, bounds, strict=True):
        text, position, floor = _text_of(scene, mark, floor, bound)
        if not text:
            return None
        steps.append(Milestone(mark.when, text, position))
    if len({step.text for step in steps}) != len(steps):
        return None
    return Course(tuple(steps), steps[0].position, _sentence_end(scene, marks[-1].end))


def _sentence_end(scene: SceneText, position: int) -> int:
    return next((end for _, end in sentences_of(scene) if end >= position), len(scene.narration))


def _text_of(scene: SceneText, mark: _Mark, floor: int, bound: int) -> tuple[str, int, int]:
    """What happened at *mark*: the words after it, or before it in its clause; where that begins and ends."""
    text, chinese = scene.narration, scene.is_chinese
    end = min(bound, _sentence_end(scene, mark.end))
    after = text[mark.end : end]
    clauses = [clause for clause in split_clauses(after) if bare(clause)]
    head = _worded(clauses, chinese=chinese) if clauses else ""
    before = text[floor : mark.start]
    own = re.split(r"[，。！？；：]|[.!?;:,](?=\s|$)|\band\b", before)[-1]
    begin = mark.start - len(own.lstrip())
    lead = _fitted(_LINK_ZH.sub("", own) if chinese else own, chinese=chinese)
    if not lead or (not chinese and len(own.split()) < 2):
        return head, mark.start, mark.end
    if chinese and head and length_of(lead + head, chinese=True) <= TEXT_LIMIT[True]:
        return lead + head, begin, mark.end
    goes_on = bool(after) and not re.match(r"[，、,.;。]|\s*$|\s(?:and|but)\b", after)
    if head and goes_on and (chinese or not mark.is_date):
        return head, begin, mark.end
    return lead, begin, mark.end


def _worded(clauses: list[str], *, chinese: bool) -> str:
    for clause in clauses[:2]:
        core = _fitted(clause, chinese=chinese)
        if core and length_of(core, chinese=chinese) >= (2 if chinese else 1):
            return core
    return ""


def _fitted(clause: str, *, chinese: bool) -> str:
    core = bare(clause)
    # 第二 opens an entry of a list, and 第二次世界大戰 does not.
    core = core if core.startswith("第") else bare(without_opener(core, chinese=chinese))
    core = (
        bare(_JUNK_ZH.sub("", core))
        if chinese
        else bare(re.sub(r"^(?:it|they|and|but|the|was|were)\s+(?=\S+ \S)", "", core, flags=re.I))
    )
    if not any(token.weight for token in tokens_of(core, chinese=chinese)):
        return ""
    if length_of(core, chinese=chinese) <= TEXT_LIMIT[chinese]:
        return core if chinese else capitalised(without_dangling(core), chinese=False)
    cut = shortened(core, TEXT_LIMIT[chinese], chinese=chinese)
    if chinese:
        return cut
    cut = re.split(r"\s(?:which|that|who|where|because|so|when|while)\s", cut)[0]
    return capitalised(without_dangling(cut), chinese=False)


def _dates(scene: SceneText) -> list[_Mark]:
    pattern = _DATE_ZH if scene.is_chinese else _DATE_EN
    marks: list[_Mark] = []
    for match in pattern.finditer(scene.narration):
        before = scene.narration[: match.start()]
        if _SPAN.search(before) and marks and match.start() - marks[-1].end < 8:
            return []
        if _BOUND.search(before) or _BOUND.match(match.group()):
            continue
        when = match.group() if scene.is_chinese else match["date"]
        marks.append(
            _Mark(match.start(), match.end(), when.strip(), _rank(match, chinese=scene.is_chinese), is_date=True)
        )
    return marks


def _rank(match: re.Match[str], *, chinese: bool) -> float:
    groups = match.groupdict()
    if groups["century"]:
        rank = (_number(groups["century"]) - 1) * 100 + 1
        return -rank if groups.get("era2") else rank
    years = _number(groups["year"])
    is_before = "前" in (groups.get("era") or "") if chinese else bool(groups.get("bc"))
    month = re.search(r"(\d{1,2})月", match.group()) if chinese else None
    return (-years if is_before else years) + (int(month.group(1)) / 12.5 if month else 0.0)


def _number(text: str) -> float:
    if text.isdigit():
        return float(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return float(_NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0))
    return float("".join(str(_NUMERALS.get(character, 0)) for character in text))


def _stages(scene: SceneText) -> list[_Mark]:
    text = scene.narration
    found = list((_STAGES_ZH if scene.is_chinese else _STAGES_EN).finditer(text))
    if scene.is_chinese and not any(_STARTS.search(match["word"]) for match in found):
        inner = _STAGES_ZH_INNER.search(text)
        found = [inner, *found] if inner and found and inner.start() < found[0].start() else found
    start = next((at for at, match in enumerate(found) if _STARTS.fullmatch(match["word"])), None)
    if start is None:
        return []
    return [
        _Mark(
            match.start("word"),
            match.end(),
            capitalised(match["word"], chinese=scene.is_chinese),
            float(at),
            is_date=False,
        )
        for at, match in enumerate(found[start:])
    ]
