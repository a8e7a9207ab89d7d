"""Short wording for pictures, taken from what is said and never added to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from studio.language.detect import is_chinese
from studio.language.figures import Figure, carries_sentence, find_figures
from studio.language.sentences import split_clauses, split_sentences
from studio.picture.iconwords import names_icon
from studio.picture.scenetext import SceneText
from studio.picture.words import Token, known_phrases, length_of, tokens_of

TITLE_LIMIT: Final = {True: 22, False: 9}
HEADING_LIMIT: Final = {True: 12, False: 5}
CLAUSE_LIMIT: Final = {True: 20, False: 8}
EASY_LIMIT: Final = {True: 15, False: 8}
STATED_LIMIT: Final = {True: 20, False: 10}
WHOLE_LIMIT: Final = {True: 20, False: 9}
"""Longest wording: hanzi for a Chinese film (True), words for an English one. A whole clause may be longer than a part."""

_EMPHASIS_LIMIT: Final = {True: 7, False: 3}
_EDGES: Final = " \t，。、！？：；…—～·,.!?;:-–|｜/「」『』“”\"'‘’（）()《》〈〉【】[]*{}<>#\\/_=+^~`"
_OPENERS_ZH = re.compile(
    r"^(?:第[一二三四五六七八九十]+(?:點|個|件|種|名|(?=[，,是]))|但是|可是|不過|然而|而且|並且|所以|因此|因為|其實|事實上|然後|接著|首先|其次|最後|另外|此外|例如|比如|甚至|如果|當|那麼|這是因為|"
    r"原來|也就是說|換句話說|同時|於是|不如|就|而|但|也|還)(?=.{3})[，,]?"
)
_OPENERS_EN = re.compile(
    r"^(?:but|and|so|because|in fact|actually|however|then|also|yet|now|well|still|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|finally|next|instead|that is why|"
    r"that's why|this is because|it turns out|for example|in other words|meanwhile)\b,?\s+",
    re.I,
)
_SETTING = re.compile(
    r"^(?:在|當|如果|自從|從|與其|雖然|儘管|即使|不管|除了|為了|到了|直到|根據|.*(?:發現|認為|顯示|指出|表示)$|"
    r"每[天年日晚月週秒]$|每個?(?:星期|小時|晚上|早上)$|一[天年].{0,2}次$|(?:今天|現在|從前|後來|晚上|白天)$|.*(?:的時候|之後|之前|以後|以前|期間)$|"
    r"(?:in|by|at|on|during|for|with|without|after|before|from|near|as|when|while|if|since|according|rather|instead|unlike|unless|although)\b|"
    r"(?:(?:once|twice|\w+ times) an?|every|each) (?:second|minute|hour|day|night|morning|evening|week|month|year)$)",
    re.I,
)
"""Clauses that set the scene for the next one, which says more."""

_MONTH_EN: Final = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_LED_IN_EN = re.compile(
    r"^(?:"
    rf"(?:on (?:\d{{1,2}} {_MONTH_EN}(?: \d{{4}})?|{_MONTH_EN} \d{{1,2}}(?:, \d{{4}})?)|in (?:{_MONTH_EN} )?\d{{4}}|in {_MONTH_EN}),? |"
    r"(?:in|on|at|by|during|after|before) (?:(?:the|an?|its|their|his|her) )?(?:(?!(?:of|and|or|to|that|which|the|an?)\b)[\w'’\-]+ ){1,3}?"
    r"(?=(?:it|they|he|she|we|you|the|all|every|each|its|their|his|her|most|some|many|this|these|people)\b))"
    r"(?=(?:\S+ ){2,}\S)",
    re.I,
)
"""When or where, before a subject of its own: On 24 July | all three landed; In the air | it meets molecules."""

_TITLE_SEAM = re.compile(r"[：:｜|—–。！？!?\n]+|\s[-–—]\s|[（(【\[]|[，；;]|,(?!\d)")
_BOUNDARY = re.compile(r"[，。！？；：]|[.!?;:,—](?=\s|$)")
_SENTENCE_BOUNDARY = re.compile(r"[。！？]|[.!?](?=\s|$)")
_PREPOSITION_EN = re.compile(
    r"\s(?:in|on|at|by|for|with|without|from|into|onto|over|under|along|across|through|toward|towards|during|after|before|because|"
    r"when|while|where|which|that|who|until|so|but|and|as|about|around|between)\s|"
    r"\s(?:an?|per|each|every) (?:second|minute|hour|day|night|week|month|year)$",
    re.I,
)
_PROMISED_ZH = re.compile(r"(?<!第)[兩三四五六七八九十\d]+(?:個|件|種|招|大|項|步)[^的，。？！?!]{1,3}(?=[？！?!]?$)")
_PROMISED_EN = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:ways|things|habits|reasons|tips|mistakes|facts|rules|signs|foods|tricks)\b",
    re.I,
)
"""What a list promises: three things."""

_HALF_SAID_ZH = re.compile(r"[把被讓將使][^，]{0,4}$")
"""A thing that something is done to, without what is done."""

_PAIRS: Final = (("『", "』"), ("「", "」"), ("“", "”"))
_OPEN_STRAIGHT: Final = re.compile(r'(?:^|\s)"[^"]+$')

_DANGLING_ZH: Final = "的了在是把被和與跟從向對於將以及而且但並會要讓使又也都就最更很當因為如如果"
_DANGLING_EN: Final = frozenset(
    "the a an of to in on at by for and or but with from as is are was were be that which who when while if because than into over its "
    "their his her your our my this these those can will would could may might so not has have had every each very more most".split()
)


def bare(text: str) -> str:
    """*text* without punctuation at its ends."""
    return text.strip(_EDGES)


def with_marks_closed(text: str) -> str:
    """*text* with the quotation marks closed that it only opens: the sentence may end in them, or go on."""
    for opening, closing in _PAIRS:
        if text.count(opening) > text.count(closing):
            text += closing
    return text + '"' if _OPEN_STRAIGHT.search(text) and text.count('"') % 2 else text


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


def without_dangling(words: str) -> str:
    """English *words* as far as one that can stand last: merchants followed | with."""
    parts = words.split()
    while len(parts) > 1 and _dangles(parts[-1], chinese=False):
        parts.pop()
    return " ".join(parts)


def clauses_of(narration: str, language: str) -> Iterator[str]:
    """Clauses of a narration without their punctuation and the words that only link them."""
    for sentence in split_sentences(narration, language):
        for clause in split_clauses(sentence):
            core = bare(without_opener(bare(clause), chinese=is_chinese(language)))
            if core:
                yield core


def without_opener(clause: str, *, chinese: bool) -> str:
    """*clause* without the word that only links it to the one before."""
    return (_OPENERS_ZH if chinese else _OPENERS_EN).sub("", clause)


def heading_of(scene: SceneText) -> str:
    """
    A few words of the scene: what states its figure, else the first clause that is short enough, before all one that
    has a keyword in it.

    Where every clause is too long, the scene's first keyword that is spoken, else the beginning of the first clause. A
    clause is short enough too where it is without the time or place that leads it in.
    """
    chinese = scene.is_chinese
    limit, shortest = CLAUSE_LIMIT[chinese], 4 if chinese else 2
    clauses = [_without_lead(clause, limit) for clause in clauses_of(scene.narration, scene.film.language)]
    stated = _stating_figure(scene.narration, chinese=chinese)
    if stated:
        return capitalised(stated, chinese=chinese)
    fitting = [clause for clause in clauses if shortest <= length_of(clause, chinese=chinese) <= WHOLE_LIMIT[chinese]]
    spoken = [word for word in scene.keywords if word and word.lower() in scene.narration.lower()]
    saying = [clause for clause in fitting if not _sets_scene(clause)]
    saying.sort(key=lambda clause: length_of(clause, chinese=chinese) > EASY_LIMIT[chinese])
    for clause in saying:
        if any(word.lower() in clause.lower() for word in spoken[:3]):
            return capitalised(clause, chinese=chinese)
    if saying:
        return capitalised(saying[0], chinese=chinese)
    phrase = "" if chinese else _cut_before_preposition(clauses) or _phrase_with(spoken, clauses)
    if phrase or fitting:
        phrase = phrase or fitting[0]
        return capitalised(phrase, chinese=chinese)
    cut = shortened(clauses[0], HEADING_LIMIT[chinese], chinese=chinese) if clauses else ""
    named = next((word for word in spoken if length_of(word, chinese=chinese) <= limit and len(word) > 2), "")
    return capitalised(cut or named or bare(scene.narration)[:24] or scene.film.title, chinese=chinese)


def _without_lead(clause: str, limit: int) -> str:
    """English *clause* of more than *limit* words without the time or place before its subject."""
    led_in = _LED_IN_EN.match(clause)
    return clause[led_in.end() :] if led_in and length_of(clause, chinese=False) > limit else clause


def _sets_scene(clause: str) -> bool:
    """Whether *clause* only says when or where something is that the next one tells."""
    return bool(_SETTING.match(clause)) and not _LED_IN_EN.match(clause)


def _stating_figure(narration: str, *, chinese: bool) -> str:
    """The clause with the one figure that carries the text, after the clause before it where both are short."""
    figures = [figure for figure in find_figures(narration) if not figure.is_date and not figure.is_name]
    figures = [figure for figure in figures if carries_sentence(figure, narration[figure.end :])]
    if len(figures) != 1:
        return ""
    starts = [match.end() for match in _BOUNDARY.finditer(narration, 0, figures[0].start)]
    end = _BOUNDARY.search(narration, figures[0].end)
    sentence = [match.end() for match in _SENTENCE_BOUNDARY.finditer(narration, 0, figures[0].start)]
    for start in [start for start in [0, *starts] if start >= max(sentence, default=0)][-2:]:
        clause = bare(without_opener(bare(narration[start : end.start() if end else None]), chinese=chinese))
        if length_of(clause, chinese=chinese) <= STATED_LIMIT[chinese] and not _sets_scene(clause):
            return clause
    return ""


def _cut_before_preposition(clauses: list[str]) -> str:
    """The beginning of an English clause that is too long, as far as a preposition: the sea rises | along the coast."""
    for clause in clauses:
        if _sets_scene(clause):
            continue
        for match in reversed(list(_PREPOSITION_EN.finditer(clause))):
            head = clause[: match.start()].strip()
            telling = [token for token in tokens_of(head, chinese=False) if token.weight]
            is_whole = not _dangles(head.split()[-1], chinese=False) if head else False
            if is_whole and len(telling) > 1 and 3 <= len(head.split()) <= CLAUSE_LIMIT[False]:
                return bare(head)
    return ""


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


def shortened(clause: str, limit: int, *, chinese: bool) -> str:
    """The beginning of *clause*, ending in a word that can stand last; nothing where there is no such beginning."""
    tokens = tokens_of(clause, chinese=chinese)
    for count in range(len(tokens), 0, -1):
        head = clause[: tokens[count - 1].end]
        if length_of(head, chinese=chinese) > limit or (chinese and _HALF_SAID_ZH.search(head)):
            continue
        if tokens[count - 1].weight > chinese or (
            not chinese and not _dangles(tokens[count - 1].text, chinese=chinese)
        ):
            return bare(head)
    return ""


def _dangles(word: str, *, chinese: bool) -> bool:
    return word[-1] in _DANGLING_ZH or len(word) == 1 if chinese else word.lower() in _DANGLING_EN


def capitalised(text: str, *, chinese: bool) -> str:
    """*text* as a heading of its own begins; a name with a capital further on (iPhone) stays as it is."""
    head = text.split(" ", 1)[0]
    return (
        text
        if chinese or not text or head[1:] not in (head[1:].lower(), head[1:].upper())
        else text[0].upper() + text[1:]
    )


def emphasis_of(text: str, *, chinese: bool, keywords: Sequence[str] = ()) -> str:
    """
    The part of *text* that tells most: a figure with its unit, else the first of *keywords* in it, else its last noun.

    Never a word that only says when or where, and nothing where the whole text would be emphasised.
    """
    figures = [figure for figure in find_figures(text) if not figure.is_date and not figure.is_name]
    figures = [figure for figure in figures if _is_telling(figure)]
    tokens = [token for token in tokens_of(text, chinese=chinese) if token.weight and not token.is_setting]
    promised = (_PROMISED_ZH if chinese else _PROMISED_EN).search(text)
    if figures:
        found = text[figures[0].start : figures[0].end]
    elif promised:
        found = promised.group()
    else:
        nouns = [] if chinese else [token.text for token in tokens if names_icon(token.text)]
        found = _keyword_in(text, tokens, [*_ordered(nouns, keywords), *keywords], chinese=chinese)
        found = found or _telling(text, tokens, chinese=chinese)
    found = bare(found)
    is_too_long = length_of(found, chinese=chinese) > _EMPHASIS_LIMIT[chinese]
    return "" if is_too_long or len(found) >= len(bare(text)) else found


def _ordered(words: list[str], keywords: Sequence[str]) -> list[str]:
    """*words* that stand in *keywords*, in the order of those."""
    spoken = " ".join(keywords).lower()
    return sorted((word for word in words if word.lower() in spoken), key=lambda word: spoken.find(word.lower()))


def _keyword_in(text: str, tokens: list[Token], keywords: Sequence[str], *, chinese: bool) -> str:
    """The first of *keywords* that stands in *text* as whole words, written as there."""
    lower = text.lower()
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    for keyword in keywords:
        at = lower.find(keyword.lower()) if len(keyword) > 1 else -1
        if at in starts and at + len(keyword) in ends and len(keyword) < len(bare(text)):
            found = text[at : at + len(keyword)]
            return found if chinese else _without_verb(found, followed=bool(bare(text[at + len(keyword) :])))
    return ""


def _without_verb(phrase: str, *, followed: bool) -> str:
    """The thing alone where what it does stands behind it (bulge forms | on the far side)."""
    words = phrase.split()
    is_deed = (
        len(words) > 1 and followed and re.search(r"(?:[^s]s|ed)$", words[-1]) and phrase.lower() not in known_phrases()
    )
    return " ".join(words[:-1]) if is_deed else phrase


def _is_telling(figure: Figure) -> bool:
    has_unit = bool(figure.unit) or figure.value[0] in "$€£¥NUH"
    return has_unit and len(figure.value) <= 12 and len(figure.unit) <= 16


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
