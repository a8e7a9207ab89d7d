"""Figures as amounts that can be put beside each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from studio.language.figures import Figure, find_figures

_SCALES: Final = {
    "百": 1e2, "千": 1e3, "萬": 1e4, "万": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
_SUFFIXES: Final = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
_SCALE_WORDS = re.compile(r"^(?:(?P<zh>[百千萬万億亿兆]+)|(?P<en>thousand|million|billion|trillion)\b)\s*", re.I)
_CURRENCY = re.compile(r"NT\$|US\$|HK\$|[$€£¥]")
_BELOW_ZERO = re.compile(r"(?:零下|(?<![正抱辜欺勝擔])負)\s?$|\b(?:minus|negative)\s$", re.I)
_BELOW_ZERO_AFTER = re.compile(r"\s(?:degrees (?:Celsius |Fahrenheit )?)?below zero\b", re.I)
_DATED = re.compile(r"(?:[在從於至自]|西元|公元|(?<![活達長高升漲降跌多少])到)$")
_SAME: Final = {
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram", "mg": "milligram", "lb": "pound",
    "kilometre": "kilometer", "metre": "meter", "centimetre": "centimeter", "litre": "liter", "tonne": "ton",
    "foot": "feet", "inches": "inch", "centuries": "century", "countries": "country", "galaxies": "galaxy",
    "米": "公尺", "克": "公克", "噸": "公噸", "個月": "月", "塊錢": "元", "塊": "元", "km/h": "kilometers per hour",
    "mph": "miles per hour", "℃": "°", "°C": "°", "攝氏度": "°", "度": "°", "degree": "°", "degrees Celsius": "°",
}  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """
    An amount in a text.

    *figure* is how it is written there, *amount* the number it stands for, below zero where the text says so, and
    *unit* what two amounts share that can be compared.
    """

    figure: Figure
    amount: float
    unit: str

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.figure.start

    @property
    def end(self) -> int:
        """Where it ends, unit included."""
        return self.figure.end


def find_quantities(text: str) -> list[Quantity]:
    """Amounts of *text* in order; dates and numbers of names left out."""
    found = [figure for figure in find_figures(text) if not figure.is_date and not figure.is_name]
    amounts = [figure for figure in found if not _is_early_year(figure, text)]
    return [quantity_of(figure, text) for figure in amounts]


def quantity_of(figure: Figure, text: str) -> Quantity:
    """What *figure* of *text* amounts to."""
    sign = _BELOW_ZERO.search(text[: figure.start])
    after = _BELOW_ZERO_AFTER.match(text, figure.end)
    if (sign or after) and figure.value[0] not in "−-":
        end = after.end() if after else figure.end
        start = sign.start() if sign else figure.start
        figure = replace(figure, value="−" + figure.value, start=start, end=end)
    currency = _CURRENCY.search(figure.value)
    scale, unit = _scale_of(figure.unit)
    digits = re.sub(r"[^\d.]", "", figure.value) or "0"
    amount = float(digits) * scale * _SUFFIXES.get(figure.value[-1], 1)
    negative = figure.value[0] in "−-"
    return Quantity(figure, -amount if negative else amount, (currency.group() if currency else "") + _plain(unit))


def _is_early_year(figure: Figure, text: str) -> bool:
    """Whether it names a year of three digits (從618年) rather than counts years."""
    is_year = figure.unit == "年" and figure.value.isdigit() and len(figure.value) >= 3
    return is_year and bool(_DATED.search(text[: figure.start]))


def scale_word(unit: str) -> str:
    """The word of *unit* that multiplies (million km: million), or nothing."""
    match = _SCALE_WORDS.match(unit)
    return match.group().strip() if match else ""


def without_scale(unit: str) -> str:
    """*unit* without the word that multiplies."""
    return _SCALE_WORDS.sub("", unit)


def _scale_of(unit: str) -> tuple[float, str]:
    word = scale_word(unit)
    if not word:
        return 1.0, unit
    product = 1.0
    for part in [word.lower()] if word.isascii() else word:
        product *= _SCALES[part]
    return product, without_scale(unit)


def _plain(unit: str) -> str:
    """*unit* in one spelling for all that mean the same."""
    if unit in _SAME:
        return _SAME[unit]
    single = unit[:-1] if unit.isascii() and unit.endswith("s") and len(unit) > 2 else unit
    return _SAME.get(single, single).lower()
