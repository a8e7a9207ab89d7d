"""What may be asked for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from studio.errors import UnknownName
from studio.models.brief import Brief
from studio.models.script import Scene, Script
from studio.models.templatefiles import load_template, template_names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Tides", "Tides"),
        ("  two\n lines\t", "two lines"),
        ("\ufeff潮汐", "潮汐"),
        ("cafe\u0301", "café"),
        ("🌊 7", "🌊 7"),
        ("長" * 300, "長" * 300),
    ],
)
def test_a_title_is_one_line_of_composed_text(given: str, kept: str) -> None:
    assert Brief(title=given).title == kept


@pytest.mark.parametrize("title", ["", "   ", "……！", "🌊", "a\x00b", "a\x1bb", "x" * 301, None, 5])
def test_a_title_that_cannot_be_said_is_refused(title: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Brief(title=title)

    assert [error["loc"] for error in caught.value.errors()] == [("title",)]


def test_a_description_keeps_its_lines() -> None:
    assert Brief(title="x", description="one\n\ntwo\t2").description == "one\n\ntwo\t2"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "x" * 20_001),
        ("script", "\x07"),
        ("duration", 4),
        ("duration", 601),
        ("duration", 5.5),
        ("aspect", "4:3"),
        ("resolution", "8k"),
        ("owner_id", "me"),
        ("sources", ["https://a.example/"] * 6),
    ],
)
def test_what_does_not_fit_is_refused_by_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Brief.model_validate({"title": "x", field: value})

    assert [error["loc"] for error in caught.value.errors()] == [(field,)]


def test_a_brief_survives_its_way_through_json() -> None:
    brief = Brief(title="潮汐", duration=30, assets=("a", "b"))

    assert Brief.model_validate(brief.model_dump(mode="json")) == brief


def test_a_brief_does_not_change() -> None:
    with pytest.raises(ValidationError):
        Brief(title="x").title = "y"  # type: ignore[misc]


def test_a_script_has_a_scene_at_least() -> None:
    with pytest.raises(ValidationError):
        Script(title="x", language="en", scenes=(), written_by="me")


def test_a_scene_says_something() -> None:
    with pytest.raises(ValidationError):
        Scene(narration="")


@pytest.mark.parametrize("name", [*template_names(), "template_id", "default"])
def test_every_template_and_every_example_name_loads_in_both_languages(name: str) -> None:
    template = load_template(name)

    assert template.id in template_names()
    assert set(template.wording) == {"zh-TW", "en"}


@pytest.mark.parametrize("name", ["", "nope", "../templates/explainer", "EXPLAINER"])
def test_an_unknown_template_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownName, match="known are explainer, listicle, news, product, quote, story"):
        load_template(name)


@pytest.mark.parametrize(
    "url", ["", "a.example", "ftp://a.example/", "https://", "https://a b/", "https://x/" + "a" * 2_000]
)
def test_a_source_has_to_look_like_a_web_address(url: str) -> None:
    with pytest.raises(ValidationError):
        Brief.model_validate({"title": "x", "sources": [url]})


def test_a_stored_brief_without_sources_still_loads() -> None:
    assert Brief.model_validate({"title": "x"}).sources == ()
