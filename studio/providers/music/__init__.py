"""Music beds by mood."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

from studio.models.asset import Credit
from studio.providers.catalog import Catalog
from studio.providers.till import OpenTill, Till

Mood = Literal["happy", "calm", "tender", "nostalgic", "energetic"]

OPEN: Final = OpenTill()
"""For a track that is picked outside a film."""


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

    def pick(self, mood: Mood, *, seed: str, till: Till = OPEN) -> Track:
        """
        A track of that mood; the same *seed* gets the same track. Who has to ask somebody does it through *till*.

        Raises:
            ProviderError: there is none to be had.
        """
        ...


def place_of(seed: str, count: int) -> int:
    """Which of *count* tracks *seed* gets."""
    return int(hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest(), 16) % count


catalog = Catalog[Music](
    "music",
    {
        "packaged": "studio.providers.music.packaged:PackagedMusic",
        "folder": "studio.providers.music.folder:FolderMusic",
        "openverse": "studio.providers.music.openverse:OpenverseMusic",
    },
)
