from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.language.segment import NEVER_FIRST, NEVER_LAST, break_units, chinese_words


def test_traditional_text_is_cut_between_words() -> None:
    assert chinese_words("夕陽為什麼是紅色的") == ["夕陽", "為什麼", "是", "紅色", "的"]


def test_punctuation_stays_with_its_word() -> None:
    assert break_units("因為「光」，所以AI is on.") == ["因為", "「光」，", "所以", "AI ", "is ", "on."]


def test_nothing_is_cut_from_nothing() -> None:
    assert break_units("") == []


@given(st.text(alphabet="夕陽是紅色的，。「」（）AI 20%.", max_size=40))
def test_units_join_to_the_text_and_keep_the_rules_of_line_ends(text: str) -> None:
    units = break_units(text)

    assert "".join(units) == text
    assert not any(unit[0] in NEVER_FIRST for unit in units[1:])
    assert not any(unit[-1] in NEVER_LAST for unit in units[:-1])
