"""`video-system templates`: look at templates, check and add one's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from store.tables.base import utc_now
from studio.errors import BadInput
from studio.models.brief import Aspect
from studio.models.dressing import dress
from studio.models.template import Template
from studio.models.templatefiles import (
    FOLDER,
    load_template,
    own_templates,
    preview_file,
    read_template,
    template_file,
    template_names,
)
from studio.picture.branding import check_logo
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages.previews import draw_preview


def table() -> Table:
    """All templates with their lengths in seconds; an own one that is wrong is there with what is wrong."""
    found = Table()
    for heading in ("template", "what it is for", "s", "captions", "transition", "languages"):
        found.add_column(heading, no_wrap=heading != "what it is for")
    for name in template_names():
        template = load_template(name)
        words = next(iter(template.wording.values()))
        found.add_row(
            f"{name}" if template_file(name).parent == FOLDER else f"{name} (own)",
            escape(f"{words.name}: {words.about or words.tagline}"),
            str(template.duration),
            template.captions.style,
            template.transition,
            ", ".join(template.wording),
        )
    for path, problem in wrong_templates():
        found.add_row(f"[red]{escape(path.stem)}[/]", f"[red]{escape(problem)}[/]", "", "", "", "")
    return found


def shown(name: str) -> str:
    """
    The template called *name* as JSON, with every key that may be set.

    Raises:
        UnknownName: there is none.
    """
    return json.dumps(load_template(name).model_dump(mode="json"), ensure_ascii=False, indent=2)


def schema() -> str:
    """The JSON Schema of templates: an editor completes and checks a file by it."""
    return json.dumps(Template.model_json_schema(), ensure_ascii=False, indent=2)


def validate(path: Path) -> Template:
    """
    The template in the file *path*, once everything that it names is there.

    Raises:
        BadInput: something is wrong; the message names the key and what to change.
    """
    template = read_template(path.resolve())
    if template_file_of_ours(template.id) not in (None, path.resolve()):
        raise BadInput(f"id: {template.id!r} is one of ours; take another name", field="template")
    for language, words in template.wording.items():
        values = {name: "x" for name, default in template.fields.items() if default is None}
        title = words.sample.title if words.sample else "x"
        dress(template, title=title, fields=values, language=language, today=utc_now().date())
    if template.brand.logo:
        check_logo(path.resolve().parent / template.brand.logo)
    return template


def template_file_of_ours(name: str) -> Path | None:
    """Where our template of that name is; None where it is not ours."""
    path = FOLDER / f"{name}.json"
    return path if path.is_file() else None


def add(path: Path, console: Console) -> str:
    """
    Keep the template in the file *path*, its logo and its pictures among the operator's own; return its name.

    Raises:
        BadInput: as `validate`.
    """
    template = validate(path)
    folder = get_settings().own_templates
    folder.mkdir(parents=True, exist_ok=True)
    if path.resolve().parent != folder:
        if template.brand.logo:
            shutil.copyfile(path.resolve().parent / template.brand.logo, folder / Path(template.brand.logo).name)
        shutil.copyfile(path, folder / f"{template.id}.json")
    console.print(f"kept as [bold]{template.id}[/] in {folder}", highlight=False, soft_wrap=True)
    for language in template.wording:
        preview(template.id, language, None, None)
    return template.id


def keep_template(given: str, console: Console) -> str:
    """
    Name of the template that somebody *given* a name or a file means; a file is kept among the operator's own.

    Raises:
        BadInput: the file is no template.
    """
    return add(Path(given), console) if given.endswith(".json") else given


def field_values(given: Sequence[str]) -> dict[str, str]:
    """
    Merge fields written name=value.

    Raises:
        BadInput: one has no equals sign.
    """
    for each in given:
        if "=" not in each:
            raise BadInput(f"{each!r} is not written name=value", field="field")
    return {name.strip(): value for name, _, value in (each.partition("=") for each in given)}


def preview(name: str, language: str, aspect: Aspect | None, out: Path | None) -> Path:
    """
    Draw four frames of a film of the template called *name*, beside each other, into *out* or where `/templates` shows it.

    Raises:
        BadInput: there is no such template, or it has no wording in *language*.
    """
    template = load_template(name)
    path = out or preview_file(template.id, language)
    storage = open_storage(get_settings())
    draw_preview(template, language, path, storage=storage, today=utc_now().date(), aspect=aspect)
    return path


def previews(name: str | None, language: str | None, aspect: Aspect | None, out: Path | None) -> Iterator[Path]:
    """
    Draw the pictures of the template called *name*, or of all, in *language*, or in all; their files as they come.

    Raises:
        BadInput: as `preview`.
    """
    for each in (name,) if name else template_names():
        for tag in (language,) if language else load_template(each).wording:
            yield preview(each, tag, aspect, out)


def wrong_templates() -> Iterator[tuple[Path, str]]:
    """The operator's own files that are no templates, and why."""
    for path in own_templates():
        try:
            validate(path)
        except BadInput as error:
            yield path, error.message
