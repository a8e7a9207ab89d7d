"""How sentences hang together: which lean on the one before, stand by themselves, or say the same."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from studio.language.detect import is_chinese
from studio.language.quantities import find_quantities

LEAST_SPEECH: Final = {True: 8, False: 5}
"""Shorter words in quotation marks are a term or an aside: hanzi in Chinese (True), else words."""

QUOTED: Final = re.compile(r"「(?P<a>[^「」]+)」|“(?P<b>[^“”]+)”|『(?P<c>[^『』]+)』|\"(?P<d>[^\"]+)\"")
"""Words in quotation marks, the words in whichever of its groups."""

_SPEECH_SHARE: Final = 0.5
"""Of a sentence that is the words of another."""

_SHORT: Final = {True: 3, False: 2}
"""A sentence of no more hanzi or words (Not always.) is a remark on the one before."""

_OPENS_ZH: Final = re.compile(
    r"(?:它|他(?!山|鄉)|她|牠|祂|這|那(?!不勒斯|霸|吒|曲)|但(?!丁|書)|所以|因此|因而|於是|而且|並且|不過|然而|可是|只是|同時|此外|另外|"
    r"其中|其他|其餘|也(?!許|門)|還有|反之|相反|例如|比如|譬如|像是|換句話說|換言之|也就是說|總之|否則|不然|如此|結果|難怪|"
    r"前者|後者|兩者|二者|除此之外|接著|然後|接下來|後來|當時|此時|此後|同樣|至於)"
)
_OPENS_EN: Final = re.compile(
    r"(?:it|its|it['’]s|they|their|they['’]re|this|that|these|those|he|his|she|her|but|however|so|also|and|or|yet|nor|then|"
    r"therefore|thus|hence|instead|otherwise|moreover|furthermore|besides|still|nevertheless|both|neither|either|such|"
    r"others|another|similarly|likewise|meanwhile|afterwards?|consequently|except|"
    r"for (?:example|instance)|as a result|in (?:contrast|addition|other words|turn)|by contrast|on the other hand|"
    r"after that|because of (?:this|that|it)|the (?:former|latter|other|others|same|rest))\b",
    re.I,
)
_ENDS_ZH: Final = re.compile(
    r"(?:可以|可|行|會|能|是|有|沒有|要|辦得到|做得到|一樣|例外|除外|相反|如此|這樣)(?:嗎|呢|的|了)?[。！？!?.…]*$"
)
_ENDS_EN: Final = re.compile(
    r"\b(?:can(?:not|['’]t)?|do|does|did|is|are|was|were|has|have|had|will|would|could|should|may|might|must|"
    r"(?:do|does|did|is|are|was|were|has|have|had|wo|would|could|should)n['’]t)"
    r"(?: not)?(?: too| either| as well| so)?[.!?…]*$",
    re.I,
)
_NAMES_SPEAKER: Final = re.compile(
    r"(?:說|說道|寫道|問道|寫下|表示|所說|所寫|說的|寫的|的名言|的話)[過了。！!.]*$|^[—–-]{1,2}\s?\S|"
    r"\b(?:said|says|wrote|asked|words? of|quote)\b(?: \S+){0,4}$",
    re.I,
)
"""What stands behind a quotation to say whose it is."""

_BARE_LIMIT: Final = {True: 14, False: 9}
"""A longer sentence that ends in 可以 or can says itself what can be done."""

_OPENING_MARKS: Final = "「『（《〈“‘\"'([ "
_HANZI: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EMPTY: Final = re.compile(
    r"(?<![^\W_])(?:a|an|the|very|really|also|just|quite|indeed|actually)(?![^\W_])|[的了也都就很]|非常|真的|其實", re.I
)


def leans_on_previous(sentence: str, language: str) -> bool:
    """
    Whether *sentence* makes sense only after the one before it.

    It opens with a pronoun or a conjunction (它, 但, 所以, It, But), ends where its verb would stand (Cheetahs can.),
    says who said that, or is no more than a remark.
    """
    chinese, core = is_chinese(language), sentence.strip(_OPENING_MARKS)
    opens, ends = (_OPENS_ZH, _ENDS_ZH) if chinese else (_OPENS_EN, _ENDS_EN)
    length = _length(core, chinese=chinese)
    return bool(
        length <= _SHORT[chinese]
        or opens.match(core)
        or names_speaker(sentence, language)
        or (length <= _BARE_LIMIT[chinese] and "，" not in core and ends.search(core))
    )


def stands_alone(sentence: str, language: str) -> bool:
    """Whether a picture is made of *sentence* that suits no other: words of another, or amounts beside each other."""
    chinese = is_chinese(language)
    words = [next(filter(None, match.groups())) for match in QUOTED.finditer(sentence)]
    spoken = max((_length(each, chinese=chinese) for each in words), default=0)
    if spoken >= max(LEAST_SPEECH[chinese], _SPEECH_SHARE * _length(sentence, chinese=chinese)):
        return True
    units = Counter(quantity.unit for quantity in find_quantities(sentence) if quantity.unit)
    return any(count > 1 for count in units.values())


def names_speaker(sentence: str, language: str) -> bool:
    """Whether *sentence* is no more than whose the words before it are (顧炎武這樣寫道。 — Lincoln)."""
    chinese = is_chinese(language)
    is_short = _length(sentence, chinese=chinese) <= _BARE_LIMIT[chinese]
    return is_short and not QUOTED.search(sentence) and bool(_NAMES_SPEAKER.search(sentence.strip()))


def gist_of(sentence: str) -> str:
    """What two sentences share that say the same: their words in order, less case, marks and words that add nothing."""
    return " ".join(_WORD.findall(_EMPTY.sub("", sentence.casefold()))) or sentence.casefold()


def _length(text: str, *, chinese: bool) -> int:
    return len(_HANZI.findall(text)) + len(re.findall(r"[A-Za-z0-9]+", text)) if chinese else len(text.split())
