"""What a layout is told about a scene when it says whether it can show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from studio.language.detect import is_chinese
from studio.models.narration import Word

Place = Literal["opening", "middle", "ending"]


def no_icon(text: str) -> str:
    """Nothing, where icons cannot be looked up by meaning."""
    return ""


@dataclass(frozen=True)
class FilmText:
    """
    What the scenes of a film share.

    *name* and *tagline* are who made it, *call* is what the end card's button says, *following* what
    comes next; *icon* is the film's emblem,
    *defaults* are icons that suit its topic when a scene names nothing that we have an icon of. *nearest* gives the icon
    that is nearest to a text in meaning, or nothing.
    """

    title: str
    language: str
    name: str = ""
    tagline: str = ""
    call: str = ""
    following: str = ""
    icon: str = ""
    defaults: tuple[str, ...] = ()
    credit: str = ""
    nearest: Callable[[str], str] = no_icon

    @property
    def is_chinese(self) -> bool:
        """Whether it is set by the rules for hanzi."""
        return is_chinese(self.language)


@dataclass(frozen=True)
class SceneText:
    """
    The words of one scene, all of them displayable.

    *words* are the spoken ones with their times from the start of the scene; *used_icons* were shown before.
    """

    film: FilmText
    narration: str
    place: Place = "middle"
    keywords: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    used_icons: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_chinese(self) -> bool:
        """Whether it is set by the rules for hanzi."""
        return self.film.is_chinese

    def spoken_at(self, position: int) -> float:
        """When the character at *position* of the narration is spoken, in seconds; 0 without word times."""
        total = sum(len(word.text) for word in self.words)
        if not total:
            return 0.0
        share = position / max(1, len(self.narration)) * total
        passed = 0
        for word in self.words:
            passed += len(word.text)
            if passed > share:
                return word.start
        return self.words[-1].start
