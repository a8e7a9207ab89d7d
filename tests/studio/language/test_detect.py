from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.language.detect import detect_language, resolve_language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("夕陽為什麼是紅色的？", "zh-TW"),
        ("用 ChatGPT 做影片", "zh-TW"),
        ("Why are there tides?", "en"),
        ("", "en"),
        ("12345", "en"),
    ],
)
def test_the_language_is_found_out_from_the_text(text: str, expected: str) -> None:
    assert detect_language(text) == expected


@pytest.mark.parametrize(("tag", "expected"), [("zh", "zh-TW"), ("zh-Hant-TW", "zh-TW"), ("en-GB", "en"), (None, "en")])
def test_a_tag_chooses_the_language_that_we_speak(tag: str | None, expected: str) -> None:
    assert resolve_language(tag, "hello") == expected


@pytest.mark.parametrize("tag", ["fr", "not a tag", "", "../en"])
def test_a_tag_that_we_do_not_speak_names_the_field(tag: str) -> None:
    with pytest.raises(BadInput) as refused:
        resolve_language(tag, "hello")

    assert refused.value.field == "language"
