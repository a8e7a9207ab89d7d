from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.readings import read_aloud


def said(text: str) -> str:
    return "".join(reading.said for reading in read_aloud(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年", "二零二六年"),
        ("1,250人", "一千二百五十人"),
        ("20%", "百分之二十"),
        ("5-10%", "百分之五到十"),
        ("10:30", "十點三十分"),
        ("2:05", "兩點零五分"),
        ("NT$500", "新台幣五百元"),
        ("$9.99", "九點九九美元"),
        ("-5°C", "攝氏零下五度"),
        ("300km/h", "三百公里每小時"),
        ("1/3", "三分之一"),
        ("5-10分鐘", "五到十分鐘"),
        ("2026-11-24", "二零二六年十一月二十四日"),
        ("2個", "兩個"),
        ("2月2日", "二月二日"),
        ("20000元", "兩萬元"),
        ("12", "十二"),
        ("3.5億", "三點五億"),
        ("0912345678", "零九一二三四五六七八"),
        ("99999999999999999999", "九" * 20),
    ],
)
def test_figures_are_said_as_in_taiwan(text: str, expected: str) -> None:
    assert said(text) == expected


def test_nothing_is_said_for_nothing() -> None:
    assert read_aloud("") == []


@given(st.text(max_size=60))
def test_the_pieces_join_to_the_text(text: str) -> None:
    assert "".join(reading.shown for reading in read_aloud(text)) == text
