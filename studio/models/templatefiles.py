"""The templates that there are: ours in `templates/`, the operator's own in TEMPLATES_FOLDER."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from studio.errors import BadInput, UnknownName, reason_of
from studio.models.brief import template_name
from studio.models.template import VERSION, Template
from studio.settings import PROJECT, get_settings

logger = logging.getLogger("studio.templates")

FOLDER = PROJECT / "templates"

LARGEST_BYTES = 200_000
"""Of a template file: anything larger is something else."""

KEPT = 64
"""Files that are remembered as they were read; one that changes is read again."""

MOST_PROBLEMS = 5
"""Told at once; whoever mends these will see the rest."""


def template_names() -> tuple[str, ...]:
    """Every template that can be used now: ours, then the operator's own that are right."""
    own = (path.stem for path in _own_files() if _is_right(path))
    return (*_ours(), *(name for name in own if name not in _ours()))


def own_templates() -> tuple[Path, ...]:
    """The operator's own files, right or not."""
    return tuple(_own_files())


def load_template(name: str) -> Template:
    """
    The template called *name*, or that *name* is an alias of.

    Raises:
        UnknownName: there is none; the message lists those there are.
    """
    name = template_name(name)
    if name not in template_names():
        raise UnknownName(name, field="template", known=template_names())
    return read_template(template_file(name))


def template_file(name: str) -> Path:
    """Where the template called *name*, which is in `template_names`, is kept."""
    return (FOLDER if name in _ours() else _own_folder()) / f"{name}.json"


def preview_file(name: str, language: str) -> Path:
    """Where the picture of the template called *name* is kept; it may not have been drawn yet."""
    return template_file(name).parent / "previews" / f"{name}.{language}.jpg"


def read_template(path: Path) -> Template:
    """
    The template in the file *path*, whose id is the name of the file.

    Raises:
        BadInput: it cannot be read or is no template; the message names each key and what to change.
    """
    try:
        stamp = path.stat()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", field="template") from error
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=KEPT)
def _read(path: Path, _changed_ns: int, size: int) -> Template:
    if size > LARGEST_BYTES:
        raise BadInput(f"{path.name} has {size} bytes; a template has {LARGEST_BYTES} at most", field="template")
    try:
        data = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, OSError) as error:
        raise BadInput(f"{path.name} is no UTF-8 text: {error}", field="template") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{path.name} is no JSON: {error}", field="template") from error
    template = _checked(data, path)
    if template.id != path.stem:
        raise BadInput(
            f"id: {path.name} holds {template.id!r}; name the file {template.id}.json, or change the id",
            field="template",
        )
    return template


def _checked(data: object, path: Path) -> Template:
    version = data.get("version", VERSION) if isinstance(data, dict) else VERSION
    if isinstance(version, int) and version > VERSION:
        raise BadInput(
            f"version: {path.name} is of form {version}, and this release knows {VERSION}; update it", field="template"
        )
    try:
        return Template.model_validate(data)
    except ValidationError as error:
        raise BadInput(f"{path.name}: {'; '.join(_problems(error))}", field="template") from error


def _problems(error: ValidationError) -> Iterator[str]:
    found = error.errors(include_url=False, include_input=False)
    for each in found[:MOST_PROBLEMS]:
        place = ".".join(map(str, each["loc"]))
        message = reason_of(each)
        if each["type"] == "extra_forbidden":
            message = "there is no such key"
        yield f"{place}: {message}" if place else message
    if len(found) > MOST_PROBLEMS:
        yield f"and {len(found) - MOST_PROBLEMS} more"


def _ours() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def _own_folder() -> Path:
    return get_settings().own_templates


def _own_files() -> Iterator[Path]:
    yield from sorted(path for path in _own_folder().glob("*.json") if path.is_file())


def _is_right(path: Path) -> bool:
    try:
        read_template(path)
    except BadInput as error:
        logger.warning("template left out: %s", error.message)
        return False
    return True
