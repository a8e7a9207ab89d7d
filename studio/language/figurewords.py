"""English figures, dates, money and measures in words, as the embedded voices say them."""

from __future__ import annotations

import re

from hibari.g2p.normalize import normalize
from hibari.g2p.numbers import cardinal, decimal, ordinal, year

LONGEST = 36
"""Digits of a figure. A longer one is read digit by digit: the voices' own words end here."""

MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}

_FIGURE = re.compile(
    r"(?P<currency>[$£€])?(?P<minus>(?<![\w.])[-−])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<ordinal>(?:st|nd|rd|th)\b)?"
)


def in_words(text: str) -> str:
    """English *text* with its figures and signs in words; everything else stays as it is written."""
    return _FIGURE.sub(_words, normalize(text)).replace("%", " percent")


def _words(match: re.Match[str]) -> str:
    digits, money = match["digits"].replace(",", ""), MONEY.get(match["currency"] or "", "")
    if len(digits) > LONGEST:
        words = _one_by_one(digits)
    elif money:
        words = _amount(digits, money)
    elif "." in digits:
        words = decimal(digits)
    elif match["ordinal"]:
        words = ordinal(int(digits))
    else:
        # Four digits without a comma are read as a year, whatever they are.
        words = (year if len(match["digits"]) == 4 else cardinal)(int(digits))
    # The voices leave out the "and" of their own dictionary.
    return ("minus " if match["minus"] else "") + words.replace(" and ", " ").replace(",", "")


def _one_by_one(digits: str) -> str:
    return " ".join(cardinal(int(digit)) for digit in digits if digit.isdigit())


def _amount(digits: str, money: str) -> str:
    whole, _, cents = digits.partition(".")
    if len(cents) == 2:
        return f"{cardinal(int(whole))} {money} {cardinal(int(cents))} cents"
    return f"{decimal(digits)} {money}"
