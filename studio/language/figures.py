"""Figures and ordinals as a text states them: found, never computed beyond their notation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Figure:
    """
    A number in a text.

    *value* is it in digits as a picture shows it ("71", "$9.99", "2,500"), *unit* what it counts ("%", "億",
    "million km"), or empty. *ratio* is the share from 0 to 1 that a percentage states. *start* and *end* are
    its place in the text, unit included.
    """

    value: str
    unit: str
    start: int
    end: int
    ratio: float | None = None
    is_date: bool = False
    """Whether it names a year or a time of day rather than an amount."""
    is_name: bool = False
    """Whether it belongs to a name or counts in order (Apollo 11, iPhone 15 Pro, 第5章) and is no amount."""


@dataclass(frozen=True)
class Ordinal:
    """A word or number that begins an entry of a list: from *start* to *end*, the entry follows."""

    start: int
    end: int


_DIGITS: Final = {character: number for number, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "兩": 2,
    "两": 2,
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}

_UNITS_ZH: Final = (
    "平方公里|平方公尺|立方公尺|公里|公尺|公分|公斤|公克|公噸|公升|公頃|毫米|毫升|毫克|毫秒|微米|奈米|光年|海里|英里|英尺|"
    "小時|分鐘|秒鐘|個小時|個月|個世紀|世紀|星期|禮拜|年前|年後|年|天|秒|歲|"
    "攝氏度|華氏度|度|倍|成|折|大卡|卡路里|千卡|瓦特|瓦|伏特|赫茲|分貝|像素|位元|"
    "美元|歐元|日圓|日元|人民幣|台幣|新台幣|元|塊錢|塊|"
    "人次|人|名|位|隻|頭|匹|條|顆|棵|杯|瓶|碗|公頃|座|艘|架|輛|台|部|本|頁|字|次|種|層|樓|國|家|克|噸|米|克拉|步|公撮"
)
_UNITS_EN: Final = (
    r"square (?:kilometers|kilometres|miles|meters|metres|feet)|kilometers per hour|miles per hour|km/h|mph|"
    r"(?:light[- ]years?)|kilometers?|kilometres?|meters?|metres?|centimeters?|centimetres?|millimeters?|millimetres?|"
    r"kilograms?|grams?|milligrams?|pounds?|ounces?|tons?|tonnes?|liters?|litres?|gallons?|miles?|feet|foot|inches|inch|"
    r"km|cm|mm|kg|mg|ml|lbs?|kWh|GB|MB|TB|"
    r"hours?|minutes?|seconds?|days?|weeks?|months?|years?|decades?|centuries|century|"
    r"degrees?(?: Celsius| Fahrenheit)?|calories|kcal|watts?|volts?|hertz|decibels?|dollars?|euros?|cents?|times|people|"
    r"percent|per cent|words?|steps?|cups?|species|countries|galaxies|stars|planets|cells|neurons|bones|muscles|users"
)
_SCALES_EN: Final = "thousand|million|billion|trillion"
_NUMBERS_EN: Final = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * (number + 2)
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}

_ONLY_AFTER_DIGITS: Final = frozenset("國 字 頭 層 步 家 部 台 本 種 次 位 名 條 塊 匹 座 樓 頁 折 成 度 架".split())
"""Measures that make names with a hanzi numeral (三國, 十字, 二次), so only 3 國 is a figure."""

_HAN_NUMBER: Final = "零〇一二三四五六七八九十百千兩两"
_WORDS_EN: Final = "|".join(sorted(_NUMBERS_EN, key=len, reverse=True))

_PERCENT_ZH = re.compile(rf"百分之(?P<han>[{_HAN_NUMBER}]+(?:點[{_HAN_NUMBER}]+)?)|百分之(?P<digits>\d+(?:\.\d+)?)")
_ARABIC = re.compile(
    r"(?<![A-Za-z0-9.,])(?P<sign>[-−]?)(?P<currency>NT\$|US\$|HK\$|[$€£¥￥]\s?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<suffix>[kKMB](?![A-Za-z]))?"
)
_HAN_COUNT = re.compile(
    rf"(?P<number>(?:[{_HAN_NUMBER}]+(?:點[{_HAN_NUMBER}]+)?[萬万億亿兆]+)*[{_HAN_NUMBER}]*(?:點[{_HAN_NUMBER}]+)?)"
    rf"(?P<unit>{_UNITS_ZH})"
)
_HAN_MYRIAD = re.compile(
    rf"(?<![{_HAN_NUMBER}])(?P<number>[{_HAN_NUMBER}]+(?:點[{_HAN_NUMBER}]+)?)(?P<scale>[萬億兆万亿]+)"
)
_WORD_EN = re.compile(
    rf"\b(?P<word>(?:(?:{_WORDS_EN})(?:[- ](?:{_WORDS_EN}))?(?: hundred)?)|a hundred|half a)"
    rf"(?: (?P<scale>{_SCALES_EN}))? (?P<unit>{_UNITS_EN})\b",
    re.I,
)
_UNIT_AFTER_ZH = re.compile(rf"\s?(?P<scale>[萬億兆万亿千百]*)\s?(?:多|餘|幾)?\s?(?P<unit>{_UNITS_ZH})?")
_UNIT_AFTER_EN = re.compile(rf" ?(?:(?P<scale>{_SCALES_EN})\b ?)?(?P<unit>(?:{_UNITS_EN})\b)?", re.I)
_SIGN_AFTER = re.compile(r"\s?(?P<sign>%|％|℃|°[CF]?|×|x(?!\w))")
_YEAR_EN = re.compile(r"\b(?:in|since|by|until|from|before|after|during|year|of)\s*$", re.I)

_HOUR_EN = re.compile(
    r"\b(?:opens?|closes?|starts?|begins?|ends?|arrives?|leaves?|woke|wakes?|sleeps?|came|went|back) at\s*$", re.I
)

_NAME_BEFORE = re.compile(r"(?P<word>(?:[A-Za-z][\w'’+]*)?[A-Z][\w'’+]*)(?:\s(?:No\.\s?)?|-|－)?$")
_ORDER_BEFORE = re.compile(
    r"第\s?$|#\s?$|[A-Za-z]-$|\b(?:no\.|nos?|number|chapter|page|pp?\.|version|episode|season|route|highway|level|step|part|"
    r"volume|vol\.|grade|figure|fig\.|table|section|room|gate|line|type|class|phase|stage|model|article|act|scene|day|"
    r"week|lesson|question|rule|tip|reason|flight|bus|apollo|iphone|ipad|windows|python|java|android|ios|web)\s?$",
    re.I,
)
_ORDER_AFTER = re.compile(r"\s?[號号]|[A-Za-z]|(?<=\d)(?:st|nd|rd|th)\b")
"""A number that a letter follows at once (5G, 3D), or 號: a name, an address or a day of the month."""

_NO_NAMES = frozenset(
    "a about above across after all almost also although and another approximately are around as at because before below "
    "between both but by can did do does during each even every for from has have he her his i if in into is it its just "
    "last less like may more most nearly next not now of off on once one only or other our out over per plus roughly she "
    "since so some still such than that the their them then there these they this those through to today total under until "
    "up was we were what when where which while who will with within you your nt us hk "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)
"""Words that a capital at the head of a sentence makes no name of."""

_ERA = re.compile(r"\s?(?:AD|BC|CE|BCE|AM|PM|a\.m\.|p\.m\.|o'clock)\b")

_ONE_IS_IDIOM: Final = frozenset("人名位次種條顆天年家部本國字步層塊台座頭杯成折度克")
"""一 before these is more often an idiom (一次, 一天, 一家) than a figure."""

_MANY: Final = 20
"""From here on a count of things surprises."""

_LONGEST_VALUE, _LONGEST_UNIT = 12, 16
_SCALE = re.compile(r"[千萬万億亿兆]|(?:thousand|million|billion|trillion)\b", re.I)
_COUNTED = re.compile(
    r"人次|[人名位隻頭匹條顆棵杯瓶碗座艘架輛台部本頁字次種層樓國家步塊]|"
    r"times|people|words?|steps?|cups?|species|countries|galaxies|stars|planets|cells|neurons|bones|muscles|users",
    re.I,
)
_SPAN = re.compile(r"秒|分鐘|小時|天|星期|禮拜|月|年|歲|second|minute|hour|day|week|month|year|decade", re.I)
_FACTOR_EN = re.compile(r"\s+(?:as|more|less|the|its|their|his|her|\w+er)\b", re.I)

_ORDINAL_ZH = re.compile(
    r"第([一二三四五六七八九十]|\d)(?:[點项項步件個种種招名位]|是)?[，、：:,是]?\s?|(?:首先|其次|再者|最後|接著|然後|再來)[，、：]?"
)
_ORDINAL_EN = re.compile(
    r"(?:(?<=^)|(?<=[.!?;:,] ))(?:and )?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|next|then|finally|lastly)\b"
    r"(?: of all)?[,:]? ",
    re.I,
)
_NUMBERED = re.compile(r"(?:(?<=^)|(?<=[\s。；;：:]))(?:\(?\d[.)、]|[①②③④])\s?")
_STARTERS: Final = re.compile(r"第[一1]|首先|first|\(?1|①", re.I)


def find_figures(text: str) -> list[Figure]:
    """Figures of *text* in order, none inside another; both languages are read, whatever the text is in."""
    found: list[Figure] = []
    for figure in [*_percents(text), *_arabic(text), *_han(text), *_spelled(text)]:
        if not any(figure.start < other.end and other.start < figure.end for other in found):
            found.append(figure)
    return sorted(found, key=lambda figure: figure.start)


def carries_sentence(figure: Figure, following: str = "") -> bool:
    """
    Whether *figure* may be what a sentence is about: a share, money, a large or a measured amount.

    A handful of things (七種, three times) is not, whatever is counted. *following* is the text after it, which
    tells a factor (three times larger) from a count.
    """
    if len(figure.value) > _LONGEST_VALUE or len(figure.unit) > _LONGEST_UNIT:
        return False
    if figure.unit[:1] in ("%", "×", "°", "℃") or figure.value[0] in "$€£¥NUH" or _SCALE.search(figure.unit):
        return True
    amount = float(re.sub(r"[^\d.]", "", figure.value) or 0)
    if not figure.unit:
        return False
    if figure.unit == "times" and _FACTOR_EN.match(following):
        return amount > 1
    if _COUNTED.fullmatch(figure.unit):
        return amount >= _MANY
    return amount >= 3 if _SPAN.search(figure.unit) else amount > 1


def find_ordinals(text: str) -> list[Ordinal]:
    """Beginnings of the entries of a list (第一, 首先, first, 1.), two or more and the first first; else nothing."""
    for pattern in (_NUMBERED, _ORDINAL_ZH, _ORDINAL_EN):
        found = [Ordinal(match.start(), match.end()) for match in pattern.finditer(text)]
        starters = [at for at, ordinal in enumerate(found) if _STARTERS.search(text[ordinal.start : ordinal.end])]
        if starters and len(found) - starters[0] >= 2:
            return found[starters[0] :]
    return []


def han_value(text: str) -> float | None:
    """The number that hanzi spell (七十一, 三點五, 一萬兩千), or None."""
    whole, _, part = text.partition("點")
    value = _han_integer(whole)
    if value is None:
        return None
    if not part:
        return float(value)
    digits = "".join(str(_DIGITS[character]) for character in part if character in _DIGITS)
    return float(f"{value}.{digits}") if digits else None


def _han_integer(text: str) -> int | None:
    if not text:
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section += (digit or 1) * _TENS[character]
            digit = 0
        elif character in _MYRIADS:
            total += max(1, section + digit) * _MYRIADS[character]
            section = digit = 0
        else:
            return None
    return total + section + digit


def display_number(value: float) -> str:
    """*value* in digits with thousands separators."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0")


def _percents(text: str) -> list[Figure]:
    found = []
    for match in _PERCENT_ZH.finditer(text):
        value = float(match["digits"]) if match["digits"] else han_value(match["han"])
        if value is not None:
            found.append(Figure(display_number(value), "%", match.start(), match.end(), _ratio(value)))
    return found


def _ratio(percent: float) -> float | None:
    return percent / 100 if 0 <= percent <= 100 else None


def _arabic(text: str) -> list[Figure]:
    found = []
    for match in _ARABIC.finditer(text):
        currency = (match["currency"] or "").strip().replace("￥", "¥")
        digits = match["digits"]
        shown = _grouped(digits) + (match["suffix"] or "")
        value = match["sign"].replace("-", "−") + currency + shown
        unit, end = _unit_after(text, match.end())
        if unit == "%":
            found.append(Figure(value, "%", match.start(), end, _ratio(float(digits.replace(",", "")))))
            continue
        is_date = not currency and _is_date(text, match.start(), digits, unit, end)
        is_name = not currency and not is_date and _is_of_name(text, match, unit, end)
        found.append(Figure(digits if is_date else value, unit, match.start(), end, is_date=is_date, is_name=is_name))
    return found


def _is_of_name(text: str, match: re.Match[str], unit: str, end: int) -> bool:
    """
    Whether the number belongs to the name before it or only counts in order.

    What is measured, and what has a thousands comma, is an amount after any word (the Nile 6,650, Everest 8848 公尺);
    a count of things is not (Windows 11 users).
    """
    before = text[: match.start("sign")]
    if _ORDER_BEFORE.search(before + match["sign"]):
        return True
    if "," in match["digits"] or (unit and not _COUNTED.fullmatch(unit)):
        return False
    if not unit and (match["suffix"] or _ORDER_AFTER.match(text, end)):
        return True
    name = _NAME_BEFORE.search(before)
    return name is not None and name["word"].lower() not in _NO_NAMES


def _grouped(digits: str) -> str:
    whole, dot, part = digits.partition(".")
    return f"{int(whole):,}{dot}{part}" if len(whole) >= 5 and "," not in whole else digits


def _unit_after(text: str, at: int) -> tuple[str, int]:
    sign = _SIGN_AFTER.match(text, at)
    if sign:
        return sign["sign"].replace("％", "%").replace("x", "×"), sign.end()
    for pattern in (_UNIT_AFTER_ZH, _UNIT_AFTER_EN):
        match = pattern.match(text, at)
        if match and (match["scale"] or match["unit"]):
            unit = " ".join(filter(None, (match["scale"], match["unit"])))
            unit = _shown_unit(unit.replace(" ", "")) if pattern is _UNIT_AFTER_ZH else unit
            return ("%" if unit.lower() in ("percent", "per cent") else unit), match.end()
    return "", at


def _shown_unit(unit: str) -> str:
    """A measure as it stands beside digits: 5 個小時 is 5 小時, while 3 個月 is not 3 月."""
    return re.sub(r"個(?=小時|世紀|鐘頭)", "", unit)


def _is_date(text: str, start: int, digits: str, unit: str, end: int) -> bool:
    is_year = digits.isdigit() and len(digits) == 4 and 1000 <= int(digits) <= 2199
    if unit == "年" and (is_year or text[end - 1 : end + 1] == "年代"):
        return True
    if (is_year and not unit) or _ERA.match(text, end):
        return True
    if text[end : end + 1] in (":", "：") or text[start - 1 : start] in (":", "："):
        return text[end : end + 2][1:].isdigit() or text[start - 2 : start - 1].isdigit()
    if digits.isdigit() and int(digits) <= 24 and not unit and _HOUR_EN.search(text[:start]):
        return True
    return bool(is_year and _YEAR_EN.search(text[:start]))


def _han(text: str) -> list[Figure]:
    found = []
    for match in _HAN_COUNT.finditer(text):
        number, unit, start = match["number"], match["unit"], match.start()
        if not number or text[start - 1 : start] in ("第", "每", "這", "那", "另", "某", "哪", "同", "有些"):
            continue
        if unit in _ONLY_AFTER_DIGITS or (number == "一" and unit in _ONE_IS_IDIOM) or number in ("百", "千", "零"):
            continue
        shown, scale = _han_display(number)
        if shown:
            is_date = unit == "年" and len(number) == 4 and all(character in _DIGITS for character in number)
            found.append(
                Figure(
                    shown.replace(",", "") if is_date else shown,
                    scale + _shown_unit(unit),
                    start,
                    match.end(),
                    None,
                    is_date,
                )
            )
    for match in _HAN_MYRIAD.finditer(text):
        value = han_value(match["number"])
        if (
            value is not None
            and match["number"] not in ("千", "百", "十")
            and text[match.start() - 1 : match.start()] != "第"
        ):
            found.append(Figure(display_number(value), match["scale"], match.start(), match.end()))
    return found


def _han_display(number: str) -> tuple[str, str]:
    """Digits to show and the scale word that goes to the unit: 三億 is 3 億, 一萬兩千 is 12,000."""
    scale = re.search(r"[萬万億亿兆]+$", number)
    core = number[: scale.start()] if scale else number
    value = han_value(number if "億" in core else core)
    if value is None:
        return "", ""
    if "億" in core:
        return display_number(value / 10**8), "億"
    return display_number(value), scale.group() if scale else ""


def _spelled(text: str) -> list[Figure]:
    found = []
    for match in _WORD_EN.finditer(text):
        value = _spelled_value(match["word"].lower())
        unit = match["unit"]
        if value is None or (value == 1 and not match["scale"]):
            continue
        unit = " ".join(filter(None, (match["scale"], unit)))
        if unit.lower() in ("percent", "per cent"):
            found.append(Figure(display_number(value), "%", match.start(), match.end(), _ratio(value)))
        else:
            found.append(Figure(display_number(value), unit, match.start(), match.end()))
    return found


def _spelled_value(words: str) -> float | None:
    if words == "half a":
        return None
    if words == "a hundred":
        return 100
    parts = [part for part in re.split(r"[- ]", words) if part != "hundred"]
    total = sum(_NUMBERS_EN[part] for part in parts)
    return float(total * (100 if words.endswith("hundred") else 1))
