"""All spellings of a keyword have one form, and its words say what it is about."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.keyword import LONGEST, keyword_norm, subject_of, subjects
from studio.models.trend import Category


@pytest.mark.parametrize("text", ["", " ", "#", "＃", "!!!", "「」", "\u200b", "\x00", "　。"])
def test_of_nothing_nothing_is_left(text: str) -> None:
    assert keyword_norm(text) == ""


@pytest.mark.parametrize(
    ("spellings", "form"),
    [
        (("AI", "ai", "＃AI", "#ai", "＃ａｉ", "#AI#", " ai ", "AI。", "「AI」", "A\u200bI"), "ai"),
        (("台湾", "台灣", "臺灣", "#台灣"), "臺灣"),
        (("機器學習", "机器学习"), "機器學習"),
        (("Taylor Swift", "taylor  swift", "“Taylor Swift”!", "TAYLOR\u3000SWIFT"), "taylor swift"),
        (("don't stop", "Don’t stop", "dont stop"), "dont stop"),
        (("#MachineLearning", "machinelearning"), "machinelearning"),
        (("《甄嬛傳》", "甄嬛传"), "甄嬛傳"),
        (("Straße", "STRASSE"), "strasse"),
        (("Cafe\u0301", "café"), "café"),
    ],
)
def test_spellings_of_a_keyword_have_one_form(spellings: tuple[str, ...], form: str) -> None:
    assert {keyword_norm(each) for each in spellings} == {form}


@pytest.mark.parametrize(
    ("one", "other"),
    [("人工智慧", "人工智能"), ("C#", "C"), ("C++", "C"), ("#MachineLearning", "machine learning"), ("5G", "5")],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert keyword_norm(one) != keyword_norm(other)


def test_a_form_has_an_end() -> None:
    assert len(keyword_norm("ﷺ" * 200)) <= LONGEST
    assert len(keyword_norm("a" * 1000)) == LONGEST


@given(st.text(max_size=30))
def test_a_form_is_its_own_form(text: str) -> None:
    form = keyword_norm(text)

    assert keyword_norm(form) == form
    assert form == form.strip()
    assert "\x00" not in form


@given(st.text("aB#＃ 台湾臺麺里裡后後發髮\"'「」.-_éカﾞ゛", max_size=12))
def test_a_form_is_its_own_form_where_rules_meet(text: str) -> None:
    assert keyword_norm(keyword_norm(text)) == keyword_norm(text)


def test_every_category_but_other_has_a_dozen_words_in_each_language() -> None:
    assert {*subjects(), "other"} == set(Category)
    for name, words in subjects().items():
        assert min(len(set(words["zh"])), len(set(words["en"]))) >= 12, name


def test_no_word_says_two_things() -> None:
    words = Counter(keyword_norm(word) for by in subjects().values() for listed in by.values() for word in listed)

    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize(
    ("keyword", "subject"),
    [
        ("大谷翔平", "sports"),
        ("人工智能", "technology"),
        ("Lakers vs Celtics", "sports"),
        ("iPhones", "technology"),
        ("热狗", "food"),
        ("全球暖化", "climate"),
        ("supreme court ruling", "law"),
        ("月食", "science"),
        ("央行升息", "business"),
        ("珍珠奶茶", "food"),
        ("學測放榜", "education"),
        ("Black Friday deals", "shopping"),
    ],
)
def test_a_keywords_own_words_say_what_it_is_about(keyword: str, subject: str) -> None:
    assert subject_of(keyword) == subject


@pytest.mark.parametrize(
    ("keyword", "headlines"),
    [
        ("", ()),
        ("zzz", ()),
        ("王小明", ()),
        ("王小明", ("New song",)),
        ("Alex", ("A judge in court", "An actor in a movie")),
        ("台積電 股價", ()),
        ("carpet", ()),
        ("contest", ()),
    ],
)
def test_what_is_not_clear_is_not_said(keyword: str, headlines: tuple[str, ...]) -> None:
    assert subject_of(keyword, headlines) is None


def test_headlines_say_it_where_the_keyword_does_not() -> None:
    assert subject_of("Jane Roe", ("Jane Roe in court again", "Judge hears plaintiff")) == "law"
    assert subject_of("王小明", ("檢方起訴王小明", "法院今判決")) == "law"


def test_a_keywords_own_words_weigh_more_than_those_of_headlines() -> None:
    assert subject_of("大谷翔平", ("大谷翔平的汽車", "他的房價與股票")) == "sports"


def test_a_word_that_is_said_often_counts_once() -> None:
    assert subject_of("x", ("song song song", "another song")) is None
