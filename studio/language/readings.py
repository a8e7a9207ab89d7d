"""How figures, dates, times, money and signs inside Chinese text are said aloud in Taiwan."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import cn2an

DIGITS = "零一二三四五六七八九"
LARGEST = 10**15
"""From here on a figure is read digit by digit: nobody says it as a number, and cn2an stops at 10^16."""

MEASURES = {
    "km/h": "公里每小時",
    "km": "公里",
    "cm": "公分",
    "mm": "毫米",
    "nm": "奈米",
    "kg": "公斤",
    "mg": "毫克",
    "ml": "毫升",
    "mL": "毫升",
    "kcal": "大卡",
    "GHz": "吉赫",
    "MHz": "兆赫",
    "Hz": "赫茲",
    "GB": "GB",
    "TB": "TB",
    "MB": "MB",
    "kW": "千瓦",
    "m": "公尺",
    "g": "公克",
    "L": "公升",
}
MONEY = {
    "NT$": "新台幣",
    "US$": "美元",
    "HK$": "港幣",
    "$": "美元",
    "＄": "美元",
    "€": "歐元",
    "£": "英鎊",
    "¥": "日圓",
}
SIGNS = {"%": "百分之", "％": "百分之", "‰": "千分之"}
COUNTED_LIANG = "個人位次年天週點小分秒倍種件隻條張本杯顆塊萬億千公百"
"""Measure words before which a lone 2 is 兩, not 二."""

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MEASURE = "|".join(sorted(map(re.escape, MEASURES), key=len, reverse=True))
_MONEY = "|".join(sorted(map(re.escape, MONEY), key=len, reverse=True))


@dataclass(frozen=True)
class Reading:
    """A piece of the text as it stands and as it is said."""

    shown: str
    said: str


def read_integer(digits: str) -> str:
    """Chinese numerals of a non-negative whole number written in ASCII digits."""
    if int(digits) >= LARGEST:
        return read_digits(digits)
    said: str = cn2an.an2cn(str(int(digits)), "low")
    said = re.sub(r"^一十", "十", said).replace("万", "萬").replace("亿", "億")
    return re.sub(r"(^|[萬億零])二(?=[千萬億])", r"\1兩", said)


def read_digits(digits: str) -> str:
    """Every digit by itself, as in years and telephone numbers."""
    return "".join(DIGITS[int(digit)] for digit in digits)


def read_number(number: str) -> str:
    """A number with optional thousands commas and decimals."""
    whole, _, decimals = number.replace(",", "").partition(".")
    said = read_digits(whole) if len(whole) > 1 and whole.startswith("0") else read_integer(whole)
    return f"{said}點{read_digits(decimals)}" if decimals else said


def _date(m: re.Match[str]) -> str:
    return f"{read_digits(m['y'])}年{read_integer(m['mo'])}月{read_integer(m['d'])}日"


def _time(m: re.Match[str]) -> str:
    hour = "兩" if int(m["h"]) == 2 else read_integer(m["h"])
    minute = int(m["mi"])
    return f"{hour}點" + ("" if not minute else ("零" if minute < 10 else "") + f"{read_integer(m['mi'])}分")


def _money(m: re.Match[str]) -> str:
    amount = read_number(m["n"]) + (m["scale"] or "")
    currency = MONEY[m["cur"]]
    return f"{currency}{amount}元" if currency in ("新台幣", "港幣") else f"{amount}{currency}"


def _percent(m: re.Match[str]) -> str:
    sign = "負" if m["neg"] else ""
    return f"{sign}{SIGNS[m['sign']]}{read_number(m['n'])}"


def _temperature(m: re.Match[str]) -> str:
    below = "零下" if m["neg"] else ""
    scale = {"C": "攝氏", "F": "華氏"}[m["scale"] or "C"] if m["scale"] or m["sign"] == "℃" else ""
    return f"{scale}{below}{read_number(m['n'])}度"


def _fraction(m: re.Match[str]) -> str:
    return f"{read_integer(m['den'])}分之{read_integer(m['num'])}"


def _percent_span(m: re.Match[str]) -> str:
    return f"百分之{_span(m)}"


def _span(m: re.Match[str]) -> str:
    return f"{read_number(m['a'])}到{read_number(m['b'])}"


def _measured(m: re.Match[str]) -> str:
    return f"{_counted(m['n'], '公')}{MEASURES[m['unit']]}"


def _counted(number: str, following: str) -> str:
    return "兩" if number == "2" and following and following in COUNTED_LIANG else read_number(number)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?P<y>\d{4})[-/.](?P<mo>0?[1-9]|1[0-2])[-/.](?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"), _date),
    (re.compile(r"(?P<y>\d{4})(?=年)"), lambda m: read_digits(m["y"])),
    (re.compile(r"(?P<h>[01]?\d|2[0-3])[:：](?P<mi>[0-5]\d)(?![\d:])"), _time),
    (re.compile(rf"(?P<cur>{_MONEY})\s?(?P<n>{_NUMBER})\s?(?P<scale>[萬億兆])?元?"), _money),
    (re.compile(rf"(?P<a>{_NUMBER})[%％]?\s?[-–~～]\s?(?P<b>{_NUMBER})\s?[%％]"), _percent_span),
    (re.compile(rf"(?P<neg>[-−])?(?P<n>{_NUMBER})\s?(?P<sign>[%％‰])"), _percent),
    (re.compile(rf"(?P<neg>[-−])?(?P<n>{_NUMBER})\s?(?P<sign>°|℃|度(?=[CF]))(?P<scale>[CF])?"), _temperature),
    (re.compile(rf"(?P<n>{_NUMBER})\s?(?P<unit>{_MEASURE})(?![A-Za-z])"), _measured),
    (re.compile(r"(?<![\d/])(?P<num>\d{1,3})/(?P<den>\d{1,3})(?![\d/])"), _fraction),
    (re.compile(rf"(?P<a>{_NUMBER})\s?[-–~～]\s?(?P<b>{_NUMBER})(?![-\d])"), _span),
    (re.compile(r"(?<!\d)0\d{8,9}(?!\d)"), lambda m: read_digits(m.group())),
    (re.compile(rf"(?P<n>{_NUMBER})(?P<next>(?=.))?"), lambda m: _counted(m["n"], m.string[m.end() : m.end() + 1])),
)
_SYMBOLS = {"×": "乘", "÷": "除以", "＝": "等於", "=": "等於", "＋": "加", "+": "加", "&": "和", "○": "零", "〇": "零"}
_SYMBOL = re.compile("[" + re.escape("".join(_SYMBOLS)) + "]")


def read_aloud(text: str) -> list[Reading]:
    """
    Pieces of *text* in order, figures and signs with the way they are said; joined they are *text*.

    Pieces without a figure or sign say what they show.
    """
    readings: list[Reading] = []
    start = plain = 0
    while start < len(text):
        reading = _match_at(text, start)
        if reading is None:
            start += 1
            continue
        if plain < start:
            readings.append(Reading(text[plain:start], text[plain:start]))
        readings.append(reading)
        start = plain = start + len(reading.shown)
    if plain < len(text):
        readings.append(Reading(text[plain:], text[plain:]))
    return readings


def _match_at(text: str, start: int) -> Reading | None:
    if _SYMBOL.match(text, start):
        return Reading(text[start], _SYMBOLS[text[start]])
    for pattern, say in _RULES:
        match = pattern.match(text, start)
        if match and match.group():
            return Reading(match.group(), say(match))
    return None
