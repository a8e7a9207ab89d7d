"""Two sides that a sentence sets against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from studio.language.quantities import find_quantities
from studio.language.segment import tagged_words
from studio.language.sentences import split_clauses
from studio.picture.phrases import bare, capitalised, shortened, without_dangling
from studio.picture.quotation import is_of_speech
from studio.picture.scenetext import SceneText
from studio.picture.series import sentences_of
from studio.picture.words import length_of, tokens_of

NAME_LIMIT: Final = {True: 10, False: 4}
NOTE_LIMIT: Final = {True: 16, False: 9}
"""Longest wording: hanzi for a Chinese film (True), words for an English one."""

_STRANGERS_ZH: Final = re.compile(
    r"^(?:這|那|此|它|牠|他|她|我|你|您|有些|有的|一個|一種|其|人們|大家|今天|現在|我們|誰|什麼|自己|之前|以前|想像|平常|往年|預期|在|從)"
)
_STRANGERS_EN: Final = re.compile(
    r"^(?:it|they|he|she|we|you|this|that|these|those|there|one|i|its|their|his|her|our|your|many|some|most|others?|people|ever|"
    r"before|usual|expected|half|once|what|all|any|normal|anything|nothing|everything|in|on|at|by|for|with|from|during|under)\b",
    re.I,
)
_AS_FOR_ZH: Final = re.compile(
    r"(?:與|和|跟|同)(?P<b>[^，。！？；]{1,10}?)(?:相比|比起來|比較起來|不同|相反)[，、](?P<a>[^，。！？；]{2,26})|"
    r"(?:相比於|相較於|相對於|比起|不同於|不像)(?P<b2>[^，。！？；]{1,10})[，、](?P<a2>[^，。！？；]{2,26})"
)
_THAN_ZH: Final = re.compile(
    r"(?<=[^相對無評可之分類好])比(?![如例賽較方起重喻數值率擬照對分鄰薩利特基爾目肩附一二三四五六七八九十\d])"
)
"""The word, not a part of 比如, 比例, 相比 and the like; the dictionary takes 光比 for a name."""

_NOT_AFTER_ZH: Final = "且是已言論後今非得"
_TAGS_OF_TRAITS: Final = ("a", "v", "d", "z", "p", "c")
_TRAIT_WORDS: Final = frozenset(
    "更 還 還要 要 多 高 大 少 快 慢 重 輕 長 短 早 晚 遠 近 強 弱 好 深 低 小 熱 冷 亮 貴 老 甜 硬 寬 矮 來得 來".split()
)

_MORE_ZH: Final = frozenset("更 更加 還 還要 要 來得 多".split())
"""With these a comparison begins at the latest."""

_LINKS_ZH: Final = "是在為叫"
"""A link begins no quality (木星比土星大的原因是…) and ends no name (…是比頭髮粗的空心管)."""

_VERB_EN: Final = (
    r"(?:is|are|was|were|has|have|had|can(?:not|['’]t)?|do(?:es)?(?: not|n['’]t)?|will|may|must|tends?|"
    r"lives?|weighs?|runs?|travels?|moves?|grows?|eats?|sleeps?|lasts?|"
    r"lays?|gives?|uses?|needs?|takes?|makes?|makes|holds?|stays?|keeps?|comes?|goes|go|turns?|burns?|melts?|boils?|shines?|orbits?|"
    r"spins?|carr(?:y|ies)|stores?|produces?|contains?|covers?|absorbs?|reflects?|attracts?|relies|rely|works?|begins?|starts?|"
    r"ends?|falls?|rises?|sinks?|floats?|flows?|breathes?|hunts?|swims?|fl(?:y|ies)|walks?|hears?|sees?|smells?|costs?|pays?|"
    r"prefers?|speaks?|writes?|reads?|sits?|stands?|lies|lie|measures?|reaches?|reach|stretch(?:es)?|became|ruled|built|fought|"
    r"wrote|won|lost|kept|used|lived|had|spread|sounds?|tastes?|feels?|looks?|sends?|spends?|fights?|helps?|protects?|breaks?|bends?|conducts?|scatters?|freezes?|loses?)"
)
_SIDE_EN: Final = rf"(?:the |an? )?(?P<{{0}}>[\w'’\-]+(?: [\w'’\-]+){{{{0,3}}}}?) (?P<{{1}}>(?:usually |often |mostly |always |never |only )?{_VERB_EN} [^;.!?]+?)"
_WHILE_EN: Final = re.compile(
    "^(?:"
    + _SIDE_EN.format("a", "an")
    + r"(?:,? (?:while|whereas)|, but) "
    + _SIDE_EN.format("b", "bn")
    + r"|(?:while|whereas) "
    + _SIDE_EN.format("a2", "an2")
    + ", "
    + _SIDE_EN.format("b2", "bn2")
    + ")[.!?;]*$",
    re.I,
)
_THAN_EN: Final = re.compile(
    rf"^(?:the |an? )?(?P<a>[\w'’\-]+(?: [\w'’\-]+){{0,3}}?) (?P<an>{_VERB_EN}\b[^.!?;,]*?\b"
    r"(?:\w+er|more|less|fewer|better|worse|farther|faster)\b[^.!?;,]*?) than (?:the |an? )?(?:that of |those of )?"
    rf"(?P<b>[A-Za-z][\w'’\-]*(?: [\w'’\-]+){{0,3}}?)(?: (?:is|are|do|does|can|has|have|was|were))?[.!?;,]*$",
    re.I,
)
_UNLIKE_EN: Final = re.compile(
    rf"^(?:unlike|compared (?:with|to)) (?:the |an? )?(?P<b>[\w'’\-]+(?: [\w'’\-]+){{0,3}}), (?:the |an? )?"
    rf"(?P<a>[\w'’\-]+(?: [\w'’\-]+){{0,3}}?) (?P<an>{_VERB_EN} [^;.!?]+)",
    re.I,
)
_VERSUS: Final = re.compile(
    r"(?P<a>[\w'’\- ]{1,40}?)\s*\b(?:versus|vs\.?)\s+(?P<b>[\w'’\- ]{1,40}?)(?=[.!?:,;，。！？：]|$)", re.I
)


@dataclass(frozen=True)
class Side:
    """One of two: its name, what is said of it, and where that begins in the narration."""

    name: str
    note: str
    start: int


@dataclass(frozen=True)
class Contrast:
    """Two sides, the one that the sentence is about first; *start* to *end* is that sentence."""

    sides: tuple[Side, Side]
    start: int
    end: int


def find_contrast(scene: SceneText) -> Contrast | None:
    """
    The first sentence that sets two named sides against each other with at most one figure each, or None.

    None that holds the words of another: what 則 stands between in a saying is not what stands before and after it.
    """
    for start, end in sentences_of(scene):
        if is_of_speech(scene.narration, start, end):
            continue
        sentence = scene.narration[start:end]
        sides = _sides_zh(sentence) if scene.is_chinese else _sides_en(sentence)
        sides = sides or _versus(sentence)
        if sides and _are_sound(sides, sentence, chinese=scene.is_chinese):
            chinese = scene.is_chinese
            first, second = (
                Side(
                    capitalised(side.name, chinese=chinese), capitalised(side.note, chinese=chinese), side.start + start
                )
                for side in sides
            )
            return Contrast((first, second), start, end)
    return None


def _are_sound(sides: tuple[Side, Side], sentence: str, *, chinese: bool) -> bool:
    """Whether both are names, differ, and each is said one figure of at most."""
    names = [side.name.lower() for side in sides]
    strangers = _STRANGERS_ZH if chinese else _STRANGERS_EN
    return (
        len(find_quantities(sentence)) <= 2
        and not (set(names[0].split()) <= set(names[1].split()))
        and names[0] != names[1]
        and all(
            side.name
            and 1 <= length_of(side.name, chinese=chinese) <= NAME_LIMIT[chinese]
            and not strangers.match(side.name)
            and not find_quantities(side.name)
            and len(find_quantities(side.note)) <= 1
            and length_of(side.note, chinese=chinese) <= NOTE_LIMIT[chinese]
            and _is_thing(side.name, chinese=chinese)
            for side in sides
        )
        and any(side.note for side in sides)
    ) or (bool(_VERSUS.search(sentence)) and names[0] != names[1] and all(names))


def _is_thing(name: str, *, chinese: bool) -> bool:
    tokens = tokens_of(name, chinese=chinese)
    return any(token.weight or token.is_setting for token in tokens) or (chinese and len(name) <= 2)


def _sides_zh(sentence: str) -> tuple[Side, Side] | None:
    return _as_for_zh(sentence) or _than_zh(sentence) or _while_zh(sentence)


def _as_for_zh(sentence: str) -> tuple[Side, Side] | None:
    """Compared with B, A …"""
    match = _AS_FOR_ZH.search(sentence)
    if not match:
        return None
    group = "a" if match["a"] else "a2"
    second = match["b"] or match["b2"]
    subject, said = _subject_zh(match[group])
    note = _note_zh(said)
    place = match.start("b") if match["b"] else match.start("b2")
    return (Side(subject, note, match.start(group)), Side(bare(second), "", place)) if subject and note else None


def _than_zh(sentence: str) -> tuple[Side, Side] | None:
    """A比B更…, A跑得比B快."""
    position = 0
    for clause in split_clauses(sentence):
        start = sentence.find(clause, position)
        position = start + len(clause)
        than = _THAN_ZH.search(clause)
        if not than:
            continue
        first, deed = _doer_zh(clause[: than.start()])
        second, note = _standard_zh(clause[than.end() :])
        if first and first[-1] not in _LINKS_ZH and second and note:
            return Side(first, deed + note, start), Side(second, "", start + than.end())
    return None


def _doer_zh(text: str) -> tuple[str, str]:
    """What stands before 比: a name, or a name and what it does (獵豹 | 跑得)."""
    named = _named_zh(text)
    if not named.endswith("得"):
        return named, ""
    words = [word for word, _ in tagged_words(named)]
    name = words[: -2 if words[-1] == "得" else -1]
    return "".join(name), "".join(words[len(name) :])


def _standard_zh(text: str) -> tuple[str, str]:
    """What stands behind 比: the name as far as the quality, and the quality."""
    words = list(_split_traits(text))
    taken = _words_of_name(words)
    if "".join(word for word, _ in words[taken:])[:1] in _LINKS_ZH:
        return "", ""
    name, note = ("".join(word for word, _ in part) for part in (words[:taken], words[taken:]))
    return bare(name), bare(note)


def _words_of_name(words: Sequence[tuple[str, str]]) -> int:
    """
    How many of *words* with their parts of speech are the name before a quality.

    A quality before 的 may be the name's own (波長長的 | 紅光), unless the comparison has begun before it.
    """
    begun = next((number for number, (word, _) in enumerate(words) if number and word in _MORE_ZH), len(words))
    own = next((number for number in range(begun - 1, 0, -1) if words[number][0].endswith("的")), -1)
    for number, (word, tag) in enumerate(words):
        is_quality = word in _TRAIT_WORDS or tag[:1] in _TAGS_OF_TRAITS or find_quantities(word)
        if number > own + 1 and is_quality:
            return number
    return len(words)


def _split_traits(text: str) -> Iterator[tuple[str, str]]:
    """Words with their parts of speech; what the dictionary takes for one (石墨硬得) is cut before the quality."""
    for word, tag in tagged_words(text):
        at = word.find("得") - 1
        if at >= 0:
            yield from [(word[:at], tag)] if at else []
            yield word[at:], "a"
        else:
            yield word, tag


def _named_zh(text: str) -> str:
    """A subject without the adverbs that stand before 比."""
    return re.sub(
        r"(?:卻|都|也|要|就|往往|通常|總是|一般|其實|平均|多半|大多|大多數|多|常|常常|主要|則)+$",
        "",
        bare(re.sub(r"^(?:但是?|不過|所以|因為|其實|因此|原來)", "", bare(text))),
    )


def _while_zh(sentence: str) -> tuple[Side, Side] | None:
    """A…，而B…； A…，B則…。"""
    clauses, position = [], 0
    for clause in split_clauses(sentence):
        start = sentence.find(clause, position)
        clauses.append((clause, start))
        position = start + len(clause)
    for (before, at), (after, place) in pairwise(clauses):
        core = bare(after)
        led = re.match(rf"而(?![{_NOT_AFTER_ZH}])", core)
        then = not led and re.match(r"[^，]{1,10}?(?:則|卻)(?!是因為)", core)
        if not led and not then:
            continue
        second_text = core[1:] if led else core
        first, first_note = _subject_zh(bare(before))
        second, second_note = _subject_zh(second_text)
        notes = _note_zh(first_note), _note_zh(second_note)
        first, second = _named_zh(first), _named_zh(second)
        if first and second and all(notes):
            return Side(first, notes[0], at), Side(second, notes[1], place)
    return None


def _subject_zh(clause: str) -> tuple[str, str]:
    """What a clause is about, as far as its first verb, adjective or adverb, and what it says of it."""
    taken = 0
    words = tagged_words(bare(clause))
    for number, (word, tag) in enumerate(words):
        following = words[number + 1][0] if number + 1 < len(words) else ""
        is_trait = tag[:1] in ("v", "a", "d", "z", "p", "c") and following != "的" and word not in ("的",)
        if taken and is_trait and tag not in ("vn", "an", "ad"):
            break
        taken = number + 1
    name = bare("".join(word for word, _ in words[:taken]))
    said = bare("".join(word for word, _ in words[taken:]))
    # The dictionary takes 人愛 for a name: 北方人 | 愛吃麵.
    return (name + "人", said[1:]) if said.startswith("人") and len(said) > 1 else (name, said)


def _note_zh(text: str) -> str:
    note = re.sub(r"^(?:則是|則|卻是|卻)(?=.)", "", text)
    return (
        note if length_of(note, chinese=True) <= NOTE_LIMIT[True] else shortened(note, NOTE_LIMIT[True], chinese=True)
    )


def _sides_en(sentence: str) -> tuple[Side, Side] | None:
    text = sentence.strip()
    lead = re.match(r"(?:but|and|so|still|in fact|actually|today|by contrast),? ", text, re.I)
    offset = sentence.find(text) + (lead.end() if lead else 0)
    text = text[lead.end() :] if lead else text
    for pattern, groups in (
        (_UNLIKE_EN, ("a", "an", "b", "")),
        (_WHILE_EN, ("a", "an", "b", "bn")),
        (_WHILE_EN, ("a2", "an2", "b2", "bn2")),
        (_THAN_EN, ("a", "an", "b", "")),
    ):
        match = pattern.search(text)
        if match and match[groups[0]]:
            notes = [_note_en(match[name]) if name else "" for name in (groups[1], groups[3])]
            if pattern is _THAN_EN:
                notes[0] = bare(match["an"])
            if not notes[0] or (groups[3] and not notes[1]):
                continue
            first, second = match[groups[0]], match[groups[2]]
            return (
                Side(first, notes[0], offset + match.start(groups[0])),
                Side(second, notes[1], offset + match.start(groups[2])),
            )
    return None


def _note_en(text: str) -> str:
    note = bare(text.split(", ")[0])
    if length_of(note, chinese=False) <= NOTE_LIMIT[False]:
        return without_dangling(note)
    cut = shortened(note, NOTE_LIMIT[False], chinese=False)
    return without_dangling(cut) if cut else ""


def _versus(sentence: str) -> tuple[Side, Side] | None:
    match = _VERSUS.search(sentence)
    if not match:
        return None
    first, second = bare(match["a"].split(",")[-1]), bare(match["b"])
    return Side(first, "", match.start("a")), Side(second, "", match.start("b"))
