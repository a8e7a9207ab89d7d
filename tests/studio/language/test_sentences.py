from __future__ import annotations

from studio.language.sentences import split_clauses, split_sentences


def test_a_closing_quote_belongs_to_its_sentence() -> None:
    assert split_sentences("真的嗎？「是的。」他說。", "zh-TW") == ["真的嗎？", "「是的。」", "他說。"]


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert split_sentences("Dr. Smith went to the U.S. in 1990. Why?", "en") == [
        "Dr. Smith went to the U.S. in 1990.",
        "Why?",
    ]


def test_there_are_no_empty_sentences() -> None:
    assert split_sentences("\n \n", "zh-TW") == []


def test_a_thousands_comma_and_a_time_do_not_end_a_clause() -> None:
    assert split_clauses("By 10:30, 80,000 people came, and left.") == ["By 10:30,", "80,000 people came,", "and left."]
