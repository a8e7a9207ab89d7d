"""Footage: where pictures and clips of real things come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from studio.models.footage import Candidate
from studio.providers.catalog import Catalog
from studio.providers.till import Till

MOST_UPSCALED = 1.2
"""A picture that has to grow by more than this to fill the canvas looks soft."""

CACHED_S = 24 * 3600.0
"""Answers of searches are kept for a day: Pixabay asks for it, and all others are glad of it."""


@dataclass(frozen=True)
class Wanted:
    """
    What to look for.

    *query* is a few English words. *width* and *height* are the canvas in px; *seconds* is how long the shot
    lasts: a clip must not be shorter.
    """

    query: str
    width: int
    height: int
    seconds: float

    def has_room(self, width: int, height: int) -> bool:
        """Whether a picture of that size covers the canvas without growing by more than MOST_UPSCALED."""
        return max(self.width / width, self.height / height) <= MOST_UPSCALED

    def is_upright(self) -> bool:
        """Whether the canvas is higher than wide."""
        return self.height > self.width


@runtime_checkable
class FootageSource(Protocol):
    """Finds pictures and clips, and fetches them."""

    name: str

    def check(self) -> None:
        """Return when ready to search. Raises ProviderNotReady."""
        ...

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        """
        What fits size and length, in the source's own order; asked through *till*, which keeps answers for CACHED_S.

        Raises:
            ProviderError: the source did not answer.
        """
        ...

    def fetch(self, candidate: Candidate, into: Path) -> None:
        """
        Save the file of *candidate*, and tell the source so where it wants to know.

        Raises:
            ProviderError: it could not be had.
        """
        ...


catalog = Catalog[FootageSource](
    "footage",
    {
        "pexels": "studio.providers.footage.pexels:Pexels",
        "pixabay": "studio.providers.footage.pixabay:Pixabay",
        "openverse": "studio.providers.footage.openverse:Openverse",
        "commons": "studio.providers.footage.commons:Commons",
    },
)
