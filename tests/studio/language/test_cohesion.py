"""How sentences hang together."""

from __future__ import annotations

import pytest

from studio.language.cohesion import gist_of, leans_on_previous, stands_alone


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Cheetahs and pumas can."),
        ("en", "House cats do not."),
        ("en", "It never stops."),
        ("en", "But the Sun helps."),
        ("en", "For example, the tide turns."),
        ("en", "Not always."),
        ("zh-TW", "獵豹和美洲獅可以。"),
        ("zh-TW", "它會慢慢變小。"),
        ("zh-TW", "但海水不會。"),
        ("zh-TW", "所以潮水漲得最高。"),
        ("zh-TW", "這是因為月亮。"),
        ("zh-TW", "不過太陽也在拉。"),
    ],
)
def test_a_pronoun_a_conjunction_or_half_a_sentence_leans_on_what_was_said_before(language: str, sentence: str) -> None:
    assert leans_on_previous(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Big cats that roar, such as lions and tigers, cannot purr."),
        ("en", "Italy has 60 million people."),
        ("en", "Society changes slowly."),
        ("zh-TW", "海水每天會悄悄漲上來，再慢慢退下去。"),
        ("zh-TW", "也許月亮也會冷。"),
        ("zh-TW", "但丁寫下了神曲。"),
        ("zh-TW", "太陽也在拉，力道大約是月亮的46%。"),
    ],
)
def test_a_whole_sentence_leans_on_nothing(language: str, sentence: str) -> None:
    assert not leans_on_previous(sentence, language)


def test_the_words_of_another_and_amounts_side_by_side_have_a_picture_of_their_own() -> None:
    assert stands_alone("孔子說：「學而不思則罔，思而不學則殆。」", "zh-TW")
    assert stands_alone("珍珠奶茶有62公克的糖，可樂有35公克。", "zh-TW")
    assert not stands_alone("他說「好貴」就走了。", "zh-TW")
    assert not stands_alone("In 1969, 650,000,000 people watched Apollo 11.", "en")
    assert not stands_alone("", "en")


def test_what_says_the_same_has_one_gist() -> None:
    assert gist_of("The Moon really pulls on the sea!") == gist_of("the moon pulls on sea.")
    assert gist_of("月亮真的很亮。") == gist_of("月亮亮！")
    assert gist_of("Cats can purr.") != gist_of("Cats cannot purr.")
    assert gist_of("Note 1 is here.") != gist_of("Note 2 is here.")
    assert gist_of("……") != gist_of("！！")
