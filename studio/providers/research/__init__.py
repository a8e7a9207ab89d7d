"""Researchers: who can find out about a topic."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from studio.models.research import Source
from studio.providers.catalog import Catalog
from studio.providers.till import Till


@runtime_checkable
class Researcher(Protocol):
    """Finds a page that says what a topic is about."""

    name: str

    def check(self) -> None:
        """Return when ready to look things up. Raises ProviderNotReady."""
        ...

    def find(self, topic: str, *, language: str, till: Till) -> Source:
        """
        The page that says most about *topic*.

        Args:
            topic: a title or a few words.
            language: BCP 47 tag of the page's language.
            till: where the look-up is bought.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: there is nothing on this topic.
        """
        ...


catalog = Catalog[Researcher]("research", {"wikipedia": "studio.providers.research.wikipedia:Wikipedia"})
