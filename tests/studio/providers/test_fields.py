"""Values out of vendors' answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.providers.fields import (
    LONGEST_TEXT,
    address_of,
    amount_of,
    name_of,
    px_of,
    row_of,
    rows_of,
    text_of,
)
from studio.providers.licences import is_free, licence_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_every_value_is_what_it_should_be_or_empty(value: Any) -> None:
    text = text_of(value)

    assert len(text) <= LONGEST_TEXT
    assert text.isprintable()
    assert not set(text) & set("<>")
    assert 0 <= px_of(value) <= 100_000
    assert 0 <= amount_of(value) < 1e15
    assert address_of(value) == "" or address_of(value) == value
    assert name_of(value).isprintable()
    assert row_of(value) == (value if isinstance(value, dict) else {})
    assert all(isinstance(row, dict) for row in rows_of(value))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<a href="javascript:alert(1)">Jane <b>D</b>oe</a>', "Jane Doe"),
        ("<script>alert(1)</script>Jane", "Jane"),
        ("Jane<br>Doe &amp; Co", "Jane Doe & Co"),
        ("&lt;img src=x onerror=alert(1)&gt;", "img src=x onerror=alert(1)"),
        ("I <3 the sea", "I 3 the sea"),
        ("Jane\u202eeoD\x00\n", "Jane eoD"),
        ("<" * 10_000, ""),
        ("x" * 10_000, "x" * 300),
    ],
)
def test_markup_and_what_cannot_be_seen_is_left_out(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "value",
    [
        "", None, 7, "file:///etc/passwd", "javascript:alert(1)", "//a.example/x", "https://", "https://user:pw@a.example/",
        "https://[", "https://a.example/a b", "https://a.example/\n", "https://a.example/" + "x" * 2_000, "ftp://a.example/",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_addresses(value: object) -> None:
    assert address_of(value) == ""


@pytest.mark.parametrize(
    "name", ["CC0", "CC0 1.0", "Public domain", "PD-US", "CC BY 4.0", "CC BY-SA 3.0 de", "CC BY 2.5"]
)
def test_free_licences_are_free(name: str) -> None:
    assert is_free(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "GFDL", "CC BY-NC 4.0", "CC BY-ND 4.0", "CC BY-NC-SA 4.0", "Fair use", "All rights reserved", "CC BY-NC",
        "Public domain, non-commercial", "CC BYE", "CC0 no derivatives",
    ],
)  # fmt: skip
def test_all_others_are_not(name: str) -> None:
    assert not is_free(name)


@pytest.mark.parametrize(
    ("code", "version", "name"),
    [
        ("by", "4.0", "CC BY 4.0"),
        ("by-sa", "2.0", "CC BY-SA 2.0"),
        ("cc0", "1.0", "CC0 1.0"),
        ("pdm", None, "Public Domain Mark"),
        ("by", "<script>", "CC BY"),
        ("by-nc", "4.0", ""),
        ("by-nd", "4.0", ""),
        (None, "4.0", ""),
        (["by"], "4.0", ""),
    ],
)
def test_openverse_licences_have_the_usual_names(code: object, version: object, name: str) -> None:
    assert licence_of(code, version) == name
