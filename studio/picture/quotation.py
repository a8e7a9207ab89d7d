"""The words of another that a scene quotes, and whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from studio.language.cohesion import LEAST_SPEECH, QUOTED
from studio.language.segment import tagged_words
from studio.picture.phrases import bare
from studio.picture.scenetext import SceneText
from studio.picture.words import length_of

SHORTEST: Final = LEAST_SPEECH
LONGEST: Final = {True: 64, False: 36}
"""Length of a quotation: hanzi for a Chinese film (True), words for an English one."""

_LEAST_SHARE: Final = 0.35
"""Less of a scene than this is an aside."""

_SPEAKER_LIMIT: Final = {True: 12, False: 6}
_SAYING_ZH: Final = r"(?:曾經|曾|就|也|便|常|常常|總是|總|還|這樣|如此|大聲|寫信)*(?:留下了?一句名言|說過|說道|說|寫道|寫下|寫過|寫|留下|表示|認為|主張|相信|提出|指出|問道|問|回答|喊出|喊|感嘆|告訴[^，。：「]{1,6}|(?:了)?一句名言|的名言|名言)"
_BEFORE_ZH: Final = re.compile(
    rf"(?P<who>[^，。！？；：「」\s]{{1,18}}?)(?:在[《》\w]{{2,14}}[裡中裏]?)?{_SAYING_ZH}(?:了|了一句話|一句話|過一句話|的是|是|：這句話)?[，：:]?$"
)
_AFTER_ZH: Final = re.compile(
    rf"^[，。]?\s?(?:這是|這句話出自|出自|——|—)?(?P<who>[^，。！？；：\s]{{1,12}}?)(?:{_SAYING_ZH}|的名言|的話|所說)"
)
_IN_BOOK_ZH: Final = re.compile(
    rf"(?P<who>[^，。！？；：「」《》\s]{{1,18}}?)[在於]《(?P<title>[^》]{{1,12}})》[裡中裏]?{_SAYING_ZH}[了過]?[，：:]?$"
)
_SOURCE_ZH: Final = re.compile(
    r"(?P<who>《[^》]{1,10}》)(?:裡|中|裏)?(?:有一句|有句話|的第一句|開頭)?(?:說|寫道|寫|記載|是|提到|寫著)?(?:過)?[，：:]?$"
)
_DASHED: Final = re.compile(r"^\s?[—–-]{1,2}\s?(?P<who>[^，。,.!?]{2,40})")
_CLAUSE: Final = re.compile(r"[，。；！？]|[,;.!?](?=\s|[”\"]|$)")
_SAYING_EN: Final = r"(?:once |famously |later |reportedly |also |often )?(?:said|says|wrote|writes|asked|declared|replied|observed|remarked|noted|argued|warned|announced|told \w+|put it|called out|insisted|believed)"
_NAME_EN: Final = r"(?:the |an? )?[\w.'’\-]+(?: (?:of|the|von|de|da|van|[A-Z][\w.'’\-]*|[a-z]+ist|[a-z]+er)){0,5}?"
_BEFORE_EN: Final = re.compile(
    rf"(?:^|[.!?,;] |\b(?:in \d{{4}},?|later,?) )(?:[Aa]s |[Ww]hen )?(?P<who>{_NAME_EN})(?:, [^,]{{3,60}},)? {_SAYING_EN}[^,:“\"]{{0,40}}[,:]?\s*$"
)
_AFTER_EN: Final = re.compile(
    rf"^[,.]?\s*(?:{_SAYING_EN} (?P<after>{_NAME_EN})(?=[ ,.;!?]|$)(?! [A-Z])|(?P<who>{_NAME_EN}) {_SAYING_EN})"
)
_SAYING: Final = re.compile(rf"{_SAYING_ZH}[了過]?[，：:]?\s?$|\b{_SAYING_EN}[,:]?\s?$")
_NOT_WHO: Final = re.compile(
    r"^(?:他|她|它|牠|我|你|人們|大家|有人|這|那|有句話|俗話|俗語|古人|專家|研究|科學家們?|一句|其|據|所以|因此)|"
    r"^(?:he|she|it|they|we|i|you|people|some|someone|many|who|that|this|one|as|and|the saying|experts?)$",
    re.I,
)
_LEADS: Final = re.compile(
    r"^(?:但是?|而|所以|因此|後來|當年|當時|就像|正如|如同|誠如|根據|連|有一次|[一二三四五六七八九十百千兩\d]+(?:多)?年前的?)+(?=.{2})"
)


@dataclass(frozen=True)
class Quotation:
    """
    Quoted words without their marks and where they stand; who said them, and in which book.

    *speaker* and *source* are empty where the scene does not say.
    """

    text: str
    speaker: str
    start: int
    end: int
    source: str = ""


def find_quotation(scene: SceneText) -> Quotation | None:
    """The longest quotation that makes up a good part of the scene, or None."""
    chinese, text = scene.is_chinese, scene.narration
    found = [(match, next(group for group in match.groups() if group)) for match in QUOTED.finditer(text)]
    fitting = [
        (match, words.strip())
        for match, words in found
        if SHORTEST[chinese] <= length_of(words, chinese=chinese) <= LONGEST[chinese]
        and len(words) >= _LEAST_SHARE * len(text)
    ]
    if len(fitting) != 1 or any(match.start() != fitting[0][0].start() and len(words) >= 8 for match, words in found):
        return None
    match, words = fitting[0]
    speaker, source = _speaker_zh(text, match) if chinese else (_speaker_en(text, match), "")
    return Quotation(words.rstrip(",， "), speaker, match.start() + 1, match.end() - 1, source)


def is_of_speech(text: str, start: int, end: int) -> bool:
    """Whether any of characters *start* to *end* of *text* are another's words: a clause in quotation marks, not a term."""
    said = (match for match in QUOTED.finditer(text) if match.start() < end and start < match.end())
    return any(_CLAUSE.search(match.group()) or _SAYING.search(text[: match.start()]) for match in said)


def _speaker_zh(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Who, and the book that is named between him and his words."""
    before, after = text[: match.start()].rstrip(), text[match.end() :]
    places = ((_IN_BOOK_ZH, before), (_SOURCE_ZH, before), (_BEFORE_ZH, before), (_DASHED, after), (_AFTER_ZH, after))
    for pattern, part in places:
        named = pattern.search(part)
        if named:
            who = _named(named["who"])
            if who and not _NOT_WHO.match(who) and length_of(who, chinese=True) <= _SPEAKER_LIMIT[True]:
                return who, named.groupdict().get("title", "")
    return "", ""


def _named(who: str) -> str:
    """A speaker without what he did then (阿姆斯壯 | 踏上月球時); a book with its marks."""
    if "《" in who:
        return who
    core = bare(_LEADS.sub("", who))
    if not re.search(r"(?:時|後|前|的時候)$", core):
        return core
    words = tagged_words(core)
    verb = next((at for at, (_, tag) in enumerate(words) if at and tag[:1] in ("v", "p", "d")), 0)
    return "".join(word for word, _ in words[:verb])


def _speaker_en(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()].rstrip() + " ", text[match.end() :]
    for pattern, part in ((_BEFORE_EN, before), (_DASHED, after), (_AFTER_EN, after)):
        named = pattern.search(part)
        who = bare(next((group for group in named.groups() if group), "")) if named else ""
        if who and not _NOT_WHO.match(who) and length_of(who, chinese=False) <= _SPEAKER_LIMIT[False]:
            return who[0].upper() + who[1:]
    return ""
