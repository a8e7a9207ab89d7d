"""Which provider of each role is ready, and what the others lack."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from deployments.templates import wrong_templates
from deployments.trial import quote_of, try_out
from studio.errors import VideoSystemError
from studio.models.dressing import brand_settings
from studio.providers import all_catalogs, storage
from studio.providers.catalog import Catalog
from studio.providers.prices import price_warning
from studio.settings import Settings, get_settings, signing_key

ORDER = ("llm", "trends", "research", "tts", "align", "footage", "embed", "imagegen", "music", "storage", "publish")
"""As a film comes to be."""

OPTIONAL = ("trends", "research", "footage", "imagegen", "publish")
"""Roles that a film does without."""


def diagnose(console: Console, *, is_deep: bool = False) -> bool:
    """
    Print a line a provider; True when every role that a film needs has one that is ready.

    With *is_deep* each provider that is ready and asked gets one small real call, and one that fails is not ready.

    Raises:
        BadInput: STORAGE_URL names no store that we know, SECRET_KEY can be guessed, or BRAND_COLOUR is no colour.
    """
    settings = get_settings()
    signing_key()
    catalogs = sorted(all_catalogs(), key=lambda catalog: ORDER.index(catalog.role))
    answers = {
        catalog.role: _role(catalog, _asked(catalog, settings), console, is_deep=is_deep) for catalog in catalogs
    }
    for path, problem in wrong_templates():
        _print(console, f"[yellow]![/] template {escape(problem)} ({escape(str(path))})")
    brand_settings()
    return all(is_ready for role, is_ready in answers.items() if role not in OPTIONAL)


def _asked(catalog: Catalog[Any], settings: Settings) -> Sequence[str]:
    if catalog.role == "storage":
        return (storage.open_storage(settings).name,)
    if catalog.role == "publish":
        return tuple(catalog)
    names: Sequence[str] = getattr(settings, catalog.role)
    return names


def _role(catalog: Catalog[Any], names: Sequence[str], console: Console, *, is_deep: bool) -> bool:
    """One role: providers in the order in which they are asked, then those that are not asked."""
    is_ready = False
    for name in (*names, *(other for other in catalog if other not in names)):
        is_asked = name in names
        provider = catalog.open(name)
        try:
            provider.check()
            note = _note(catalog.role, provider, is_asked=is_asked, is_deep=is_deep)
        except VideoSystemError as error:
            _print(console, f"[yellow]–[/] {catalog.role:<8} {name:<10} {escape(str(error))}")
            continue
        is_ready = is_ready or is_asked
        _print(console, f"[green]✓[/] {catalog.role:<8} {name:<10} {escape(note)} {_voices(provider)}")
        for warning in _warnings(catalog.role, provider) if is_asked else ():
            _print(console, f"[yellow]![/] {escape(warning)}")
    return is_ready


def _warnings(role: str, provider: Any) -> list[str]:
    """What an operator should know of a provider that works: its model ends soon, or nobody knows what it costs."""
    quote = quote_of(role, provider)
    unpriced = price_warning(quote) if quote else ""
    return [*getattr(provider, "model_warnings", tuple)(), *([unpriced] if unpriced else [])]


def _note(role: str, provider: Any, *, is_asked: bool, is_deep: bool) -> str:
    if not is_asked:
        return f"ready, but not listed in {role.upper()}"
    if not is_deep:
        return "ready"
    started = time.monotonic()
    came = try_out(role, provider)
    return f"{came}, {time.monotonic() - started:.1f} s"


def _voices(provider: Any) -> str:
    """Each voice once, with all its languages."""
    languages: dict[str, list[str]] = {}
    for voice in getattr(provider, "voices", ()):
        languages.setdefault(voice.name, []).append(f"{voice.language}{', draft' if voice.is_draft else ''}")
    return ", ".join(f"{name} ({'; '.join(spoken)})" for name, spoken in languages.items())


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
