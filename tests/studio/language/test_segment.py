from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.segment import NEVER_FIRST, NEVER_LAST, NEW_WORDS, break_units, chinese_words, tagged_words


def test_traditional_text_is_cut_between_words() -> None:
    assert chinese_words("夕陽為什麼是紅色的") == ["夕陽", "為什麼", "是", "紅色", "的"]


@pytest.mark.parametrize("word", NEW_WORDS)
def test_a_new_word_is_one_word_wherever_text_is_cut(word: str) -> None:
    assert chinese_words(f"這是{word}的")[-2:] == [word, "的"]


def test_new_words_stay_whole_in_a_sentence() -> None:
    assert break_units("區塊鏈的原理，通膨，貓為什麼會呼嚕？") == [
        "區塊鏈",
        "的",
        "原理，",
        "通膨，",
        "貓",
        "為什麼",
        "會",
        "呼嚕？",
    ]


def test_tagged_words_are_cut_as_words_are() -> None:
    text = "區塊鏈的夕陽，為什麼是紅色的？"

    assert [word for word, _ in tagged_words(text)] == chinese_words(text)


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
