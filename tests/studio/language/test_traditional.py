"""Simplified Chinese becomes Traditional; Traditional stays what it is, character for character."""

from __future__ import annotations

import json

import pytest

from bench.layouts import LABELLED
from studio.language.traditional import as_in_taiwan, find_simplified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("为什么手机电池会变老？", "為什麼手機電池會變老？"),
        ("大约500次循环以后，容量就会下降到百分之八十。", "大約500次循環以後，容量就會下降到百分之八十。"),
        ("皇后在后面吃干面，里面说话", "皇后在後面吃乾麵，裡面說話"),
        ("什么是手机", "什麼是手機"),
    ],
)
def test_simplified_text_is_written_as_in_taiwan_in_its_own_words(text: str, expected: str) -> None:
    assert find_simplified(text) == "simplified"
    assert as_in_taiwan(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AI 2026",
        "台灣的臺北，皇后走在後面。",
        "里長在裡屋裏吃乾麵，餅干與干貝。",
        "群山、山峯、羣島與峰會",
        "著名的著作，看著看著就睡著了",
        "老么才干涉，范仲淹只有一隻手",
        "皇后在家",
        "台北里長吃干貝",
        "煙熏、公厘、手表面板、鬱金香、喫茶",
        "妳和牠們的遊戲，游泳",
    ],
)
def test_traditional_text_passes_unchanged(text: str) -> None:
    assert find_simplified(text) == ""
    assert as_in_taiwan(text) == text


def test_no_traditional_sentence_that_we_know_is_taken_for_simplified() -> None:
    texts = [row["text"] for row in json.loads(LABELLED.read_text("utf-8"))]

    assert [text for text in texts if as_in_taiwan(text) != text] == []


def test_of_a_text_with_both_only_what_is_simplified_alone_changes() -> None:
    text = "皇后在裏面吃干面，這个東西发现了头发"

    assert find_simplified(text) == "mixed"
    assert as_in_taiwan(text) == "皇后在裏面吃干面，這個東西發現了頭髮"


def test_a_title_of_shared_characters_is_read_as_what_stands_beside_it() -> None:
    assert as_in_taiwan("皇后的后面", beside="皇后的后面\n她说话") == "皇后的後面"
    assert as_in_taiwan("皇后的后面", beside="皇后的后面\n她說話") == "皇后的后面"
