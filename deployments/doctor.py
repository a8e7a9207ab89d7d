"""Which provider of each role is ready, and what the others lack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from studio.errors import ProviderNotReady
from studio.providers import llm, music, storage, tts
from studio.providers.catalog import Catalog
from studio.settings import get_settings, signing_key


def diagnose(console: Console) -> bool:
    """
    Print a line a provider; True when every role has one that is ready.

    Raises:
        BadInput: STORAGE_URL names no store that we know, or SECRET_KEY can be guessed.
    """
    settings = get_settings()
    signing_key()
    roles: tuple[tuple[Catalog[Any], Sequence[str]], ...] = (
        (llm.catalog, settings.llm),
        (tts.catalog, settings.tts),
        (music.catalog, settings.music),
        (storage.catalog, (storage.open_storage(settings).name,)),
    )
    answers = [_role(catalog, names, console) for catalog, names in roles]
    return all(answers)


def _role(catalog: Catalog[Any], names: Sequence[str], console: Console) -> bool:
    """One role: providers in the order in which they are asked, then those that are not asked."""
    is_ready = False
    for name in (*names, *(other for other in catalog if other not in names)):
        provider = catalog.open(name)
        try:
            provider.check()
        except ProviderNotReady as error:
            console.print(
                f"[yellow]–[/] {catalog.role:<8} {name:<10} {escape(str(error))}", highlight=False, soft_wrap=True
            )
            continue
        is_used = name in names
        is_ready = is_ready or is_used
        voices = ", ".join(
            f"{voice.name} ({voice.language}{', draft' if voice.is_draft else ''})"
            for voice in getattr(provider, "voices", ())
        )
        note = "ready" if is_used else f"ready, but not listed in {catalog.role.upper()}"
        console.print(f"[green]✓[/] {catalog.role:<8} {name:<10} {note} {voices}", highlight=False, soft_wrap=True)
    return is_ready
