"""Music beds by mood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from studio.models.asset import Credit
from studio.providers.catalog import Catalog

Mood = Literal["happy", "calm", "tender", "nostalgic", "energetic"]


@dataclass(frozen=True)
class Track:
    """A piece of music on this machine, with the terms on which it may be used."""

    path: Path
    credit: Credit


@runtime_checkable
class Music(Protocol):
    """Finds music for a film."""

    name: str

    def check(self) -> None:
        """Return when there is music. Raises ProviderNotReady."""
        ...

    def pick(self, mood: Mood, *, seed: str) -> Track:
        """A track of that mood; the same *seed* gets the same track."""
        ...


catalog = Catalog[Music]("music", {"packaged": "studio.providers.music.packaged:PackagedMusic"})
