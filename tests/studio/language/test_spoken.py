from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.spoken import syllables, weighted_words


@pytest.mark.parametrize("text", ["", "……", "🌊"])
def test_a_text_without_a_word_weighs_nothing(text: str) -> None:
    assert weighted_words(text, "en") == ([(text, 0.0)] if text else [])


@given(st.text(alphabet="海水漲，。「」AI phone 3.5%🌊-'\n", max_size=30), st.sampled_from(["zh-TW", "en"]))
def test_words_join_to_the_text_and_all_weigh_something(text: str, language: str) -> None:
    words = weighted_words(text, language)

    assert "".join(word for word, _ in words) == text
    assert all(weight > 0 for _, weight in words) or len(words) == 1


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("海水", "zh-TW", 2),
        ("38倍", "zh-TW", 4),
        ("用 AI", "zh-TW", 3),
        ("sunrise", "en", 2),
        ("the", "en", 1),
        ("scattered", "en", 3),
        ("BBC", "en", 3),
    ],
)
def test_syllables_are_about_those_that_are_said(text: str, language: str, count: float) -> None:
    assert syllables(text, language) == count
