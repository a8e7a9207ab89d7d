"""The ways to tell a film: what the routes of `/templates` do."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from api.errors import NotFound
from api.messages import Language
from api.schemas.templates import TemplateShown
from studio.errors import UnknownName
from studio.models.templatefiles import load_template, preview_file, template_names
from studio.providers.storage import open_storage
from studio.providers.storage.links import signed_url
from studio.settings import get_settings

MOST_PREVIEWS = 200
"""Pictures whose content is remembered by its hash."""


def list_templates(language: Language) -> list[TemplateShown]:
    """All of them, described in *language*."""
    return [get_template(name, language) for name in template_names()]


def get_template(name: str, language: Language) -> TemplateShown:
    """
    The template called *name*, or that *name* is an alias of, described in *language*.

    Raises:
        NotFound: there is none.
    """
    try:
        template = load_template(name)
    except UnknownName as error:
        raise NotFound from error
    return TemplateShown.of(template, language, preview_url=_preview_url(template.id, language))


def _preview_url(name: str, language: Language) -> str | None:
    path = preview_file(name, language)
    try:
        key = _key(path, path.stat().st_mtime_ns)
        # Links reach what is in the object store; one that is there already is left alone.
        open_storage(get_settings()).put(path, key)
    except FileNotFoundError:
        return None
    return signed_url(key, filename=path.name)


@lru_cache(maxsize=MOST_PREVIEWS)
def _key(path: Path, _changed_ns: int) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"recipe/{digest[:2]}/{digest}{path.suffix}"
