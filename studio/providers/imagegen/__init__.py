"""Images: who paints a picture of what nobody has filmed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from studio.models.asset import Credit
from studio.providers.catalog import Catalog
from studio.providers.till import Quote, Units


@dataclass(frozen=True)
class PictureOrder:
    """
    A picture to be painted: *prompt* in plain words, *style* the same for all of a film, the canvas in px.
    """

    prompt: str
    style: str
    width: int
    height: int


@runtime_checkable
class ImageModel(Protocol):
    """Paints pictures, for money."""

    name: str
    credit: Credit

    @property
    def model(self) -> str:
        """The name of the model that paints, as its provider knows it."""
        ...

    def check(self) -> None:
        """Return when ready to paint. Raises ProviderNotReady."""
        ...

    def quote(self, order: PictureOrder) -> Quote:
        """What painting *order* uses at most."""
        ...

    def paint(self, order: PictureOrder, into: Path) -> Units:
        """
        Save the picture; what it used.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: this order will never be painted.
        """
        ...


catalog = Catalog[ImageModel]("imagegen", {"openai": "studio.providers.imagegen.openai:OpenAIImages"})
