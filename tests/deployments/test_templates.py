"""`video-system templates`, as somebody with a template of his own uses it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from deployments.cli import app
from studio.models.template import Template
from studio.models.templatefiles import load_template, preview_file, template_names

Run = Callable[..., Result]

MINE: dict[str, Any] = {
    "id": "mine",
    "transition": "zoom",
    "captions": {"style": "pop"},
    "fields": {"guest": None},
    "brand": {"name": "Deep Blue", "logo": "logo.png"},
    "wording": {"en": {"name": "Talks", "closing": "Goodbye, {{guest}}.", "call_to_action": "Follow"}},
}


@pytest.fixture
def run(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    before = dict(os.environ)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["templates", *words])

    yield invoke
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mine")
    Image.new("RGB", (50, 50), "#00ff00").save(folder / "logo.png")
    (folder / "mine.json").write_text(json.dumps(MINE))
    return folder / "mine.json"


def test_all_templates_are_listed(run: Run) -> None:
    output = run("list").output

    assert all(name in output for name in template_names())
    assert "karaoke" in output


def test_what_is_shown_is_a_template_that_could_be_ones_own(run: Run) -> None:
    shown = json.loads(run("show", "story").output)

    assert Template.model_validate(shown) == load_template("story")


def test_the_schema_knows_every_key(run: Run) -> None:
    assert set(json.loads(run("schema").output)["properties"]) == set(Template.model_fields)


def test_an_own_template_is_checked_added_and_drawn(run: Run, mine: Path) -> None:
    checked, added = run("validate", str(mine)), run("add", str(mine))
    mine.write_text("gone")

    assert (checked.exit_code, checked.output.strip()) == (0, "right mine: en")
    assert added.exit_code == 0, added.output
    assert "mine" in template_names()
    assert preview_file("mine", "en").is_file()
    assert "mine (own)" in run("list").output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "news"}, "is one of ours"),
        ({"brand": {"logo": "none.png"}}, "brand.logo: none.png is no PNG"),
        ({"transition": "spin"}, "transition: "),
        ({"wordings": {}}, "wordings: there is no such key"),
    ],
)
def test_what_is_wrong_is_named(run: Run, mine: Path, change: dict[str, Any], message: str) -> None:
    path = mine.with_name(f"{change.get('id', 'mine')}.json")
    path.write_text(json.dumps(MINE | change))
    result = run("validate", str(path))

    assert result.exit_code == 1
    assert message in result.output.replace("\n", "")


def test_a_preview_goes_where_it_is_asked_to(run: Run, tmp_path: Path) -> None:
    result = run("preview", "quote", "--language", "en", "--aspect", "1:1", "--out", str(tmp_path / "quote.jpg"))

    assert result.exit_code == 0, result.output
    assert (tmp_path / "quote.jpg").read_bytes()[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("words", [("nope",), ("news", "--language", "fr"), ("--out", "x.jpg")])
def test_a_preview_that_cannot_be_drawn_says_why(run: Run, words: tuple[str, ...]) -> None:
    result = run("preview", *words)

    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
