from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from studio.errors import BadInput, UnknownName
from studio.models.dressing import dress
from studio.models.template import Dressed, Template
from studio.models.templatefiles import load_template, own_templates, preview_file, read_template, template_names
from tests.support.templates import dressed

OURS = ("explainer", "listicle", "news", "product", "quote", "story")
SMALL: dict[str, Any] = {
    "id": "mine",
    "fields": {"guest": None, "next": ""},
    "wording": {
        "en": {
            "name": "Talks with {{guest}}",
            "hook": "{{title}}",
            "closing": "{{guest}} says goodbye from {{channel}}, {{date}}.",
            "call_to_action": "Follow",
            "following": "Next: {{next}}",
        }
    },
}

pytestmark = pytest.mark.usefixtures("fresh_home")


@pytest.fixture
def keep(fresh_home: Path) -> Callable[..., Path]:
    """Keep a template of the operator's own."""

    def keep(data: object, name: str = "mine") -> Path:
        path = fresh_home / "templates" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
        return path

    return keep


def changed(**change: Any) -> dict[str, Any]:
    return {**SMALL, **change}


def worded(**words: Any) -> dict[str, Any]:
    return changed(wording={"en": {**SMALL["wording"]["en"], **words}})


def test_ours_are_there_in_two_languages_and_do_not_look_alike() -> None:
    ours = [load_template(name) for name in template_names()]

    assert template_names() == OURS
    assert all(set(template.wording) == {"zh-TW", "en"} for template in ours)
    assert len({(t.captions.style, t.transition, t.music_mood) for t in ours}) == len(ours)
    assert {t.transition for t in ours} == {"cut", "dissolve", "push", "wipe", "zoom"}
    assert all(words.direction and words.sample for t in ours for words in t.wording.values())


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_ours_have_a_picture_of_themselves(name: str, language: str) -> None:
    assert preview_file(name, language).read_bytes()[:3] == b"\xff\xd8\xff"


def test_an_own_template_is_found_beside_ours_and_read_again_when_it_changes(keep: Callable[..., Path]) -> None:
    keep(SMALL)
    first = load_template("mine").duration
    keep(changed(duration=200))

    assert (template_names(), first, load_template("mine").duration) == ((*OURS, "mine"), 45, 200)


def test_a_template_that_is_wrong_is_left_out_and_named(keep: Callable[..., Path]) -> None:
    keep(SMALL)
    wrong = keep(changed(id="wrong", durations=5), "wrong")

    assert template_names() == (*OURS, "mine")
    assert wrong in own_templates()
    with pytest.raises(UnknownName):
        load_template("wrong")
    with pytest.raises(BadInput, match=r"wrong\.json: durations: there is no such key"):
        read_template(wrong)


def test_an_own_template_does_not_take_the_place_of_ours(keep: Callable[..., Path]) -> None:
    keep(changed(id="news"), "news")

    assert template_names() == OURS
    assert "今日重點" in load_template("news").wording["zh-TW"].name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "valid dictionary"),
        (json.dumps(SMALL) + " " * 200_000, "at most"),
        (changed(id="other"), "name the file other.json"),
        (changed(version=2), "this release knows 1"),
        (changed(duration="long"), "duration: "),
        (changed(transition="spin"), "transition: "),
        (changed(palettes=["neon"]), "palettes.0: "),
        (changed(captions={"style": "karaoke", "fill": "red"}), "captions.fill: "),
        (changed(brand={"logo": "../secret.png"}), "brand.logo: "),
        (changed(wording={}), "wording: "),
        (changed(fields={"title": ""}), "title is there in every film"),
        (changed(fields={"Bad Name": ""}), "fields.Bad Name"),
        (worded(closing="Bye, {{host}}"), r"wording\.en\.closing: there is no field \{\{host\}\}; declare it"),
        (worded(listing=["{{nth}}"]), "wording.en.listing: there is no field"),
        (worded(closing=""), "wording.en.closing: "),
    ],
)
def test_what_is_wrong_is_named_by_its_key(keep: Callable[..., Path], data: object, message: str) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        read_template(keep(data))

    assert caught.value.field == "template"


def test_bytes_that_are_no_text_are_refused(fresh_home: Path) -> None:
    path = fresh_home / "mine.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadInput, match="no UTF-8"):
        read_template(path)


def fill(title: str = "Tides", language: str = "en", **fields: str) -> Dressed:
    template = Template.model_validate(SMALL)
    return dress(template, title=title, fields=fields, language=language, today=date(2026, 11, 3))


def test_fields_are_filled_with_the_films_own_and_with_what_it_gives() -> None:
    words = fill(guest="Ada").words("en")

    assert (words.name, words.hook, words.following) == ("Talks with Ada", "Tides", "")
    assert words.closing == "Ada says goodbye from Talks with Ada, 3 November 2026."
    assert fill(guest="Ada", next="Moons").words("en").following == "Next: Moons"


def test_the_day_is_written_as_the_language_writes_it() -> None:
    assert dressed("news", title="x", language="zh-TW").words("zh-TW").tagline == "2026年11月30日"
    assert dressed("news", title="x", language="en").words("en").tagline == "30 November 2026"


def test_a_value_with_braces_is_said_as_it_stands() -> None:
    assert fill(title="{{guest}} {{title}}", guest="{{next}}").words("en").hook == "{{guest}} {{title}}"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({}, "fields.guest", "needs it"),
        ({"guest": "Ada", "host": "Bo"}, "fields.host", "no such field; it has guest, next"),
    ],
)
def test_fields_that_lack_or_are_not_there_are_named(fields: dict[str, str], field: str, message: str) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        fill(**fields)

    assert caught.value.field == field


def test_a_hook_that_says_nothing_gives_way_to_the_title() -> None:
    template = Template.model_validate(worded(hook="{{next}}"))
    words = dress(template, title="Tides", fields={"guest": "A", "next": "!!"}, language="en", today=date(2026, 1, 1))

    assert words.words("en").hook == "Tides"


def test_a_closing_has_to_say_something() -> None:
    template = Template.model_validate(worded(closing="{{next}}"))

    with pytest.raises(BadInput, match="says nothing"):
        dress(template, title="Tides", fields={"guest": "A"}, language="en", today=date(2026, 1, 1))


def test_the_installations_brand_fills_what_a_template_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BRAND_NAME": "Deep Blue",
        "BRAND_CALL_TO_ACTION": "Subscribe",
        "BRAND_COLOUR": "#E4002B",
        "BRAND_LOGO": "/logos/blue.png",
    }.items():
        monkeypatch.setenv(name, value)
    found = dressed("explainer", title="Tides", language="en")
    own = Template.model_validate(changed(brand={"name": "Mine", "logo": "mine.png"}))
    mine = dress(own, title="Tides", fields={"guest": "A"}, language="en", today=date(2026, 1, 1))

    assert (found.words("en").name, found.words("en").call_to_action) == ("Deep Blue", "Subscribe")
    assert found.words("en").tagline == "One good question, explained in a minute"
    assert (found.brand.colour, found.brand.logo) == ("#e4002b", "/logos/blue.png")
    assert (mine.words("en").name, mine.brand.colour) == ("Mine", "#e4002b")
    assert mine.brand.logo.endswith("/templates/mine.png")


def test_a_brand_colour_that_is_none_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAND_COLOUR", "red")

    with pytest.raises(BadInput, match="BRAND_COLOUR: "):
        dressed("explainer", title="Tides", language="en")


def test_a_language_without_words_has_the_english_ones() -> None:
    assert load_template("news").words("fr").name == "Today in Brief"
