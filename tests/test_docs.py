"""What is in the code is in the documents, and what is in the documents is there."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
import typer

import api
import studio.errors
import studio.providers
from api.messages import ERRORS
from deployments.cli import app
from studio.models.templatefiles import template_names
from studio.providers.catalog import Catalog
from studio.settings import PROJECT, EnvSettings

READMES = ("README.md", "README.zh-TW.md")
SHELL_ONLY = {"TITLE", "DESCRIPTION", "PREFECT_API_URL", "PREFECT_LOGGING_LEVEL", "IMAGEIO_FFMPEG_EXE"}
"""Variables that are read from the shell by the command line, by Prefect or by imageio-ffmpeg."""

OURS = {"api", "deployments", "flows", "store", "studio", "tasks"}

NOT_OURS = {".venv", ".data", "node_modules", ".git"}


def read(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def modules_of_providers() -> list[Any]:
    found = pkgutil.walk_packages(studio.providers.__path__, "studio.providers.")
    return [import_module(module.name) for module in found]


def settings_classes() -> list[type[EnvSettings]]:
    modules_of_providers()
    for module in pkgutil.walk_packages(api.__path__, "api."):
        import_module(module.name)
    classes, left = [], [EnvSettings]
    while left:
        subclasses = left.pop().__subclasses__()
        # Other tests have settings of their own.
        classes += [each for each in subclasses if each.__module__.partition(".")[0] in OURS]
        left += subclasses
    return classes


def catalogs() -> list[Catalog[Any]]:
    return [
        module.catalog for module in modules_of_providers() if isinstance(getattr(module, "catalog", None), Catalog)
    ]


def variables() -> set[str]:
    return {field.upper() for each in settings_classes() for field in each.model_fields}


def example_lines() -> dict[str, str]:
    """Variables of `.env.example` and the values written behind them."""
    return dict(re.findall(r"^# ([A-Z][A-Z0-9_]*)=(.*)$", read(".env.example"), re.MULTILINE))


def first_cells(text: str) -> set[str]:
    """What stands as code in the first column of the tables of *text*."""
    cells = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def section(text: str, *headings: str) -> str:
    """The section under the first of *headings* that is there."""
    for heading in headings:
        found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if found:
            return found[1]
    raise AssertionError(f"no section is called {' or '.join(headings)}")


def code(text: str) -> str:
    """The code of a document: fenced blocks and spans."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))])


def documents() -> list[Path]:
    ours = [path for path in PROJECT.iterdir() if path.name not in NOT_OURS]
    return sorted(path for top in ours for path in ([top] if top.is_file() else top.rglob("*")) if path.suffix == ".md")


def test_the_settings_of_every_provider_are_found() -> None:
    assert {"SECRET_KEY", "OPENAI_API_KEY", "KOKORO_MODEL", "HIBARI_MODEL"} <= variables()


def test_the_example_file_has_every_variable_and_no_other() -> None:
    assert set(example_lines()) == variables() | SHELL_ONLY


def test_the_example_file_explains_each_variable_and_sets_none() -> None:
    lines = read(".env.example").splitlines()
    unexplained = [line for before, line in pairwise(lines) if re.match(r"# [A-Z_]+=", line) and not before]

    assert unexplained == []
    assert [line for line in lines if line and not line.startswith("#")] == []


def shows_the_default(settings: type[EnvSettings], field: str, text: str) -> bool:
    default = settings.model_fields[field].default
    if not text:
        return not str(default or "")
    read_back = getattr(settings(_env_file=None, **{field: text}), field)  # type: ignore[call-arg]
    return bool(default == (PROJECT / read_back if isinstance(default, Path) else read_back))


def test_the_example_file_shows_the_defaults() -> None:
    shown = example_lines()
    fields = [(each, field) for each in settings_classes() for field in each.model_fields]

    assert len(fields) > 15
    assert [field for each, field in fields if not shows_the_default(each, field, shown[field.upper()])] == []


def test_the_variables_of_the_shell_are_still_read() -> None:
    readers = [*(PROJECT / "deployments").glob("*.py"), *Path(imageio_ffmpeg.__path__[0]).glob("*.py")]
    code_of_readers = "".join(path.read_text("utf-8") for path in readers)

    assert [name for name in sorted(SHELL_ONLY) if f'"{name}"' not in code_of_readers] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_configuration_tables_have_every_variable_and_no_other(readme: str) -> None:
    assert first_cells(section(read(readme), "Configuration", "設定")) == variables() | SHELL_ONLY


def test_every_error_code_of_an_answer_is_documented() -> None:
    documented = first_cells(section(read("docs/errors.md"), "Answers of the API"))

    assert documented == set(ERRORS)


def test_every_error_of_the_studio_is_documented_with_its_class() -> None:
    text = section(read("docs/errors.md"), "Errors of the studio")
    classes = inspect.getmembers(studio.errors, lambda each: inspect.isclass(each) and hasattr(each, "code"))
    documented = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE))

    assert documented == {(each.code, name) for name, each in classes if name != "VideoSystemError"}
    assert {each.code for _, each in classes} <= first_cells(text)


def test_every_provider_is_documented_in_its_role_and_no_other() -> None:
    rows = re.findall(r"^\| (\w+) \| `[A-Z_]+` \| `(\w+)` \|", read("docs/providers.md"), re.MULTILINE)

    assert {catalog.role for catalog in catalogs()} >= {"llm", "tts", "music", "storage"}
    assert set(rows) == {(catalog.role, name) for catalog in catalogs() for name in catalog}


def test_every_voice_is_documented() -> None:
    text = section(read("docs/providers.md"), "tts")
    voices = [
        voice.name for each in catalogs() if each.role == "tts" for name in each for voice in each.open(name).voices
    ]

    assert len(voices) > 0
    assert [voice for voice in voices if f"`{voice}`" not in text] == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_relative_link_and_picture_points_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    relative = [target for pair in targets for target in pair if target and not re.match(r"[a-z]+:|#", target)]

    assert [target for target in relative if not (path.parent / target.partition("#")[0]).exists()] == []


def test_the_documents_are_looked_at() -> None:
    assert {PROJECT / name for name in (*READMES, "CONTRIBUTING.md", "docs/architecture.md")} <= set(documents())


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?<!video-system )\bmake ([a-z][a-z-]*)", code(read(document))))

    assert "test" in named
    assert named <= targets


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_the_readme_are_those_of_the_program(readme: str) -> None:
    named = set(re.findall(r"video-system ([a-z]+)", code(read(readme))))

    assert named == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", READMES)
def test_the_options_of_making_a_film_are_in_the_readme(readme: str) -> None:
    make = typer.main.get_command(app).commands["make"]  # type: ignore[attr-defined]
    options = {
        option
        for parameter in make.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    row = next(row for row in read(readme).splitlines() if row.startswith("| `video-system make"))
    named = set(re.findall(r"(--[a-z][a-z-]*)", row))

    assert named == options - {"--help"}


@pytest.mark.parametrize("readme", READMES)
def test_the_templates_of_the_readme_are_those_there_are(readme: str) -> None:
    assert first_cells(section(read(readme), "Templates", "範本")) == set(template_names())


def test_the_notice_names_every_vendored_licence_text_and_voice() -> None:
    notice = read("NOTICE")
    texts = [path for path in (PROJECT / "templates").rglob("*.txt") if path.name.startswith(("OFL", "LICENSE"))]
    voices = list(np.load(PROJECT / "templates" / "voices" / "kokoro.npz"))

    assert len(texts) > 3
    assert [path.name for path in texts if str(path.relative_to(PROJECT)) not in notice] == []
    assert len(voices) > 5
    assert [voice for voice in voices if voice not in notice] == []
