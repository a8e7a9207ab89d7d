"""What was spoken, and when. Times in seconds."""

from __future__ import annotations

from pydantic import model_validator

from studio.models.asset import Asset, Credit
from studio.models.base import Model


class Word(Model):
    """
    A spoken word with its time.

    *text* is what a caption shows, punctuation and trailing space included: the joined texts of a
    recording are its narration.
    """

    text: str
    start: float
    end: float


class Recording(Model):
    """
    One scene spoken.

    Word times count from the start of *audio*. *is_draft* marks a voice of last resort.
    """

    audio: Asset
    duration: float
    words: tuple[Word, ...]
    voice: str
    language: str
    is_draft: bool = False
    credit: Credit | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Recording:
        times = [time for word in self.words for time in (word.start, word.end)]
        if times != sorted(times):
            raise ValueError("words must follow each other in time")
        return self


class Narration(Model):
    """All scenes spoken, in order. *warnings* are facts the creator should know about who said them and how."""

    recordings: tuple[Recording, ...]
    warnings: tuple[str, ...] = ()
