"""Amounts of one unit in a sentence, each with the words that name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from studio.language.figures import Figure, find_figures
from studio.language.quantities import Quantity, find_quantities, without_scale
from studio.language.sentences import split_sentences
from studio.picture.phrases import bare, capitalised
from studio.picture.scenetext import SceneText
from studio.picture.words import length_of, tokens_of

LABEL_LIMIT: Final = {True: 8, False: 4}
"""Longest name of an amount: hanzi for a Chinese film (True), words for an English one."""

_EDGE: Final = {
    True: re.compile(r"[，。！？；：、]"),
    False: re.compile(r"[.!?;:—](?=\s|$)|,(?!\d)|\s(?:and|or|but|while|versus)\s"),
}

_CLAUSE_OVER: Final = re.compile(r"\s*(?:[，。！？；：、,.;!?]|$|和|與|及|and\b|in\b|for\b|by\b|at\b|during\b)")

_COUNTED = re.compile(r"\s*(?:[A-Za-z][\w'’\-]*|[\u3400-\u9fff])")

_HEDGES_ZH: Final = (
    "大約|大概|約略|約莫|約|將近|接近|近|超過|至少|最多|只有|僅有|僅|才|就|則|也|都|卻|高達|多達|達到|達|整整|更|又|還"
)
_LINKS_ZH: Final = (
    "佔了|占了|佔全球的?|佔|占|有著|擁有|含有|含|共有|有|是|為|等於|來到|升到|升至|增加到|增加至|增至|降到|降至|減少到|跌到|"
    "漲到|漲至|上升到|下降到|變成|可以活到|能活|可活|活到|活|重達|重|長達|長|高|深達|深|需要|要花|花了|花|要|用掉|用了|用|走|移動|前進|跳動|跳|拍動|振動|轉|喝|排放|產生|製造|生產|吸收|"
    "拿下|贏得|獲得|考了|考|打了|帶回了|帶回|吃掉|喝掉|睡|跑|飛|達"
)
_BEFORE_ZH = re.compile(
    rf"(?:(?:{_HEDGES_ZH}|{_LINKS_ZH}|每[秒天年小時分鐘]+(?:能|可)?|可以|可|能|會|的|了|平均|大氣中|人口|面積|溫度|體重|速度|壽命|比例)+)$"
)
_AFTER_ZH = re.compile(
    r"^(?:的?(?:人|水|面積|時間|部分|重量|人口)?(?:住在|來自|用於|用在|用來|用|花在|流向|給|歸|是|為|在|屬於|投給|選擇)|的)"
)
_LEADS_ZH = re.compile(
    r"^(?:在|而|且|但|和|與|及|以及|還有|其中|當中|到了?|從|並|至於|可是|不過|然而|另外|其次|一[顆隻杯個頭條匹棵罐碗瓶片塊座名位])+(?=.{1})"
)

_LINK_EN: Final = (
    r"(?:is|are|was|were|has|have|had|holds?|held|makes? up|made up|accounts? for|covers?|takes?|took|weighs?|reach(?:es|ed)?|"
    r"runs?|ran|stands?|stood|measures?|lives?|lasts?|grows?|grew|rises?|rose|falls?|fell|gets?|got|won|wins?|contains?|needs?|"
    r"stretch(?:es)?|drops?|sleeps?|eats?|drinks?|produces?|produced|uses?|used|costs?|spans?|flows?|travels?|flies|flew|dives?|"
    r"can \w+|at|with|to|scored|boils?|melts?|freezes?|averages?|climbs?|climbed|hit|sits?|carr(?:y|ies)|counts?|adds?|gives?|employs?|beats?|burns?|burned|spins?|orbits?|moves?|swims?|walks?|jumps?|weighed|lived|lasted|cost|earns?|earned|pays?|sold|sells?|makes?|made|turns?|loses?|lost|emits?|emitted|absorbs?)"
)
_BEFORE_EN = re.compile(
    rf"\s+(?:(?:now|still|only|just|also|then|almost|nearly|about|around|roughly|some|over|more than|less than|at least|up to|"
    rf"(?-i:an?)|home|average|averages|of|for|as much as|as many as)\s+)*{_LINK_EN}\b.*$|"
    r"\s+(?:only|just|about|around|nearly|almost|roughly|over|more than|some|another|up to|at least)$",
    re.I,
)
_HEDGE_EN = re.compile(
    r"^(?:only|just|about|around|nearly|almost|roughly|over|more than|some|another|up to|at least|a|an)$", re.I
)
_LEADS_EN = re.compile(
    r"^(?:(?:deep|tall|high|long|wide|old|heavy|thick|away|and|or|but|while|with|whereas|then|next|only|about|nearly|almost|roughly|the|an?|in|by|for|of|at|from|to|was|were|"
    r"is|are|went|goes|come|comes|live|lives|lived|on|people|more|worldwide)\s+)+",
    re.I,
)
_TAIL_EN = re.compile(r"\s+(?:respectively|each|alone|too|as well)$", re.I)

_RESPECTIVELY: Final = {True: "分別", False: "respectively"}
_JOIN: Final = {True: re.compile(r"、|，|以及|還有|和|與|及|跟"), False: re.compile(r",\s*(?:and\s+)?|\s+and\s+")}
_PRONOUN: Final = re.compile(
    r"^(?:這|那|此|該|它|牠|他|她|我|你|其他人$|每|一|人們|大家|自己)|^(?:it|they|he|she|we|you|this|that|these|those|one|there|which|who|its|their)\b",
    re.I,
)
_EMPTY: Final = re.compile(r"^(?:中|裡|內|上|下|其中|當中|之後|後|等|左右|以上|以下|倍|多)$")


@dataclass(frozen=True)
class Labelled:
    """An amount and its name, both as the sentence has them."""

    label: str
    quantity: Quantity


@dataclass(frozen=True)
class Series:
    """Amounts of one unit in one sentence, which stands at *start* to *end* of the narration."""

    entries: tuple[Labelled, ...]
    start: int
    end: int


def shown_amounts(quantities: Sequence[Quantity], *, chinese: bool, beside: int = 1) -> tuple[list[str], str]:
    """
    How amounts are written on a picture, and what they are counted in where that is said once for all.

    A unit of up to *beside* characters that all share stands beside each figure; so do units that differ (million,
    billion).
    """
    units = {quantity.figure.unit for quantity in quantities}
    if len(units) == 1:
        unit = units.pop()
        if not unit or len(unit) <= beside:
            return [_beside(quantity.figure.value, unit) for quantity in quantities], ""
        note = f"單位：{unit}" if chinese else capitalised(unit, chinese=False)
        return [quantity.figure.value for quantity in quantities], note
    return [_beside(quantity.figure.value, quantity.figure.unit) for quantity in quantities], ""


def _beside(value: str, unit: str) -> str:
    return f"{value} {unit}" if unit[:1].isascii() and unit[:1].isalpha() else f"{value}{unit}"


def find_series(scene: SceneText, *, fewest: int, most: int) -> Series | None:
    """The first sentence of *scene* that names *fewest* to *most* amounts of one unit and none of another, or None."""
    for start, end in sentences_of(scene):
        sentence = scene.narration[start:end]
        entries = _label(sentence, chinese=scene.is_chinese)
        if entries and fewest <= len(entries) <= most:
            return Series(tuple(_moved(entry, start) for entry in entries), start, end)
    return None


def sentences_of(scene: SceneText) -> Iterator[tuple[int, int]]:
    """Where the sentences of the narration begin and end."""
    position = 0
    for sentence in split_sentences(scene.narration, scene.film.language):
        start = max(position, scene.narration.find(sentence, position))
        position = start + len(sentence)
        yield start, position


def _moved(entry: Labelled, by: int) -> Labelled:
    figure = entry.quantity.figure
    figure = replace(figure, start=figure.start + by, end=figure.end + by)
    return Labelled(entry.label, replace(entry.quantity, figure=figure))


def _label(sentence: str, *, chinese: bool) -> list[Labelled]:
    """Every amount of *sentence* with its name; nothing where they cannot be compared or one has no name."""
    quantities = of_one_unit(find_quantities(sentence), sentence)
    if len(quantities) < 2:
        return []
    ways: tuple[Callable[..., list[str]], ...] = (_labels_in_turn, _labels_before, _labels_after)
    for way in ways:
        if way is _labels_after and not any(quantity.unit for quantity in quantities):
            continue  # 3 pens and 2 cups: the label is what is counted, so they are not of one kind.
        labels = way(sentence, quantities, chinese=chinese)
        if _are_names(labels, chinese=chinese) and len(labels) == len(quantities):
            return [
                Labelled(capitalised(label, chinese=chinese), quantity)
                for label, quantity in zip(labels, quantities, strict=True)
            ]
    return []


def of_one_unit(quantities: list[Quantity], sentence: str) -> list[Quantity]:
    """
    *quantities* where all have one unit, which some may leave to their neighbour; else nothing.

    A number without a unit that its clause goes on after is part of a name: Taipei 101 is | 508 meters. Where none has
    a unit, what follows says what is counted: 98分 and 75分 are of one kind, 12 goals and 9 assists are not.
    """
    units = {quantity.unit for quantity in quantities if quantity.unit}
    if len(units) > 1:
        return []
    said = next((quantity.figure.unit for quantity in quantities if quantity.unit), "")
    unit = next(iter(units), "")
    if not unit:
        counted = {_counted_after(quantity, sentence) for quantity in quantities}
        return quantities if len(counted - {""}) <= 1 else []
    amounts = [quantity for quantity in quantities if quantity.unit or not _is_of_name(quantity, sentence)]
    if any(not quantity.unit and not _CLAUSE_OVER.match(sentence, quantity.end) for quantity in amounts):
        return []
    return [quantity if quantity.unit else _with_unit(quantity, said, unit) for quantity in amounts]


def _counted_after(quantity: Quantity, sentence: str) -> str:
    """The English word or the hanzi right behind *quantity*; nothing where its clause is over."""
    if _CLAUSE_OVER.match(sentence, quantity.end):
        return ""
    following = _COUNTED.match(sentence, quantity.end)
    return following.group().strip().lower() if following else ""


def _is_of_name(quantity: Quantity, sentence: str) -> bool:
    goes_on = not _CLAUSE_OVER.match(sentence, quantity.end)
    return goes_on and bool(re.search(r"(?:\b[A-Z][\w'’]*\s|[\u4e00-\u9fff])$", sentence[: quantity.start]))


def _with_unit(quantity: Quantity, said: str, unit: str) -> Quantity:
    own = quantity.figure.unit
    if not own:
        alike = replace(quantity.figure, unit=said)
        return Quantity(alike, quantity.amount * _scale(said), unit)
    base = without_scale(said)
    whole = f"{own} {base}".strip() if own.isascii() else own + base
    return Quantity(replace(quantity.figure, unit=whole), quantity.amount, unit)


def _scale(unit: str) -> float:
    sample = find_quantities(f"1 {unit}" if unit.isascii() else f"1{unit}")
    return sample[0].amount if sample else 1.0


def _are_names(labels: Sequence[str], *, chinese: bool) -> bool:
    """Whether each is a name of its own; a year is one only beside other years, where amounts go through time."""
    limit = LABEL_LIMIT[chinese]
    if len({_is_year(label) for label in labels}) > 1:
        return False
    return len(set(labels)) == len(labels) > 0 and all(
        label and length_of(label, chinese=chinese) <= limit and _is_name(label, chinese=chinese) for label in labels
    )


def _is_name(label: str, *, chinese: bool) -> bool:
    if _PRONOUN.match(label) or _EMPTY.match(label):
        return False
    figures = find_figures(label)
    if figures:
        return all(figure.is_date or _is_moment(figure) or _is_in_name(figure, label) for figure in figures)
    if chinese:
        return any(token.weight or token.is_setting for token in tokens_of(label, chinese=True)) or len(label) > 1
    return any(token.weight or token.is_setting for token in tokens_of(label, chinese=False)) or label[:1].isupper()


def _is_year(text: str) -> bool:
    return any(figure.is_date for figure in find_figures(text))


def _is_in_name(figure: Figure, label: str) -> bool:
    """Whether it is a number of a name (Taipei 101, Apollo 11)."""
    return not figure.unit and figure.value.isdigit() and len(label) - len(figure.value) >= 2


def _is_moment(figure: Figure) -> bool:
    return figure.unit in ("歲", "月", "點", "世紀")


def _labels_before(sentence: str, quantities: Sequence[Quantity], *, chinese: bool) -> list[str]:
    """What stands between each amount and the edge before it: Asia has | 59%."""
    labels, position = [], 0
    for quantity in quantities:
        text = sentence[position : quantity.start]
        pieces = _EDGE[chinese].split(text)
        label = _name_before(pieces[-1], chinese=chinese)
        if not label and len(pieces) > 1 and _is_year(pieces[-2]):
            label = _name_before(pieces[-2], chinese=chinese)
        labels.append(label)
        position = quantity.end
    return labels


def _name_before(text: str, *, chinese: bool) -> str:
    core = bare(text)
    dates = [figure for figure in find_figures(core) if figure.is_date]
    if dates:
        return core[dates[-1].start : dates[-1].end].strip()
    if chinese:
        core = _LEADS_ZH.sub("", core)
        cut = _BEFORE_ZH.sub("", core)
        return bare(_subject_zh(cut))
    if _HEDGE_EN.match(core):
        return ""
    core = _LEADS_EN.sub("", core + " ").strip()
    return bare(_BEFORE_EN.sub("", core))


def _subject_zh(text: str) -> str:
    """The thing itself where a long name has what is measured of it behind 的: 藍鯨的心臟 stays, 藍鯨的體重 goes."""
    head, _, tail = text.rpartition("的")
    return (
        head
        if head
        and tail in ("體重", "速度", "壽命", "高度", "面積", "人口", "深度", "溫度", "比例", "長度", "重量", "含量")
        else text
    )


def _labels_after(sentence: str, quantities: Sequence[Quantity], *, chinese: bool) -> list[str]:
    """What stands between each amount and the edge after it: 78% | nitrogen."""
    labels = []
    ends = [quantity.start for quantity in quantities[1:]] + [len(sentence)]
    for quantity, end in zip(quantities, ends, strict=True):
        text = sentence[quantity.end : end]
        edge = _EDGE[chinese].search(text, 1 if text[:1].isspace() else 0)
        labels.append(_name_after(text[: edge.start()] if edge else text, chinese=chinese))
    return labels


def _name_after(text: str, *, chinese: bool) -> str:
    core = bare(text)
    dates = [figure for figure in find_figures(core) if figure.is_date]
    if dates:
        return core[dates[0].start : dates[0].end].strip()
    if chinese:
        return bare(_AFTER_ZH.sub("", core))
    return bare(_TAIL_EN.sub("", _LEADS_EN.sub("", core + " ").strip()))


def _labels_in_turn(sentence: str, quantities: Sequence[Quantity], *, chinese: bool) -> list[str]:
    """Names first, then amounts in the same order: A, B and C have 1, 2 and 3 respectively."""
    if _RESPECTIVELY[chinese] not in sentence:
        return []
    before = sentence[: quantities[0].start]
    names = before.split(_RESPECTIVELY[chinese])[0] if chinese else _BEFORE_EN.sub("", before.strip())
    parts = [bare(part) for part in _JOIN[chinese].split(names)]
    cleaned = [bare(_LEADS_ZH.sub("", part) if chinese else _LEADS_EN.sub("", part)) for part in parts]
    cleaned = [_BEFORE_ZH.sub("", part) if chinese else part for part in cleaned]
    return [part for part in cleaned if part][-len(quantities) :]
