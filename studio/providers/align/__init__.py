"""Aligners: who can say when each word of a known text is said in a sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from studio.models.narration import Word
from studio.providers.catalog import Catalog
from studio.providers.sound import Sound, Speech

Reference: TypeAlias = Callable[[str], Speech]
"""Says a text of the language at hand with exact word times; it costs nothing but time."""


@runtime_checkable
class Aligner(Protocol):
    """Finds the words of a text in a sound."""

    name: str

    def check(self) -> None:
        """
        Return when ready to align.

        Raises:
            ProviderNotReady: what is missing.
        """
        ...

    def align(
        self, sound: Sound, passages: Sequence[str], *, language: str, reference: Reference | None = None
    ) -> list[tuple[Word, ...]]:
        """
        Words with their times in *sound*, a list a passage; the joined words of each are its text.

        Args:
            sound: all passages, said one after the other and nothing else.
            passages: sentences or scenes, in order.
            language: BCP 47 tag.
            reference: a voice to compare with, for those who do.

        Raises:
            ProviderUnavailable: not with this sound or this reference; another may.
        """
        ...


catalog = Catalog[Aligner](
    "align",
    {
        "reference": "studio.providers.align.reference:ReferenceAligner",
        "silence": "studio.providers.align.silence:SilenceAligner",
    },
)
