"""What is said, scene by scene."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.models.base import Model
from studio.models.research import Source

SceneRole = Literal["hook", "body", "closing"]


class Scene(Model):
    """
    A unit of script: what is said while one picture is on screen.

    *visual* is the idea for the picture, *keywords* what it is about, most telling first. *queries* are English
    search phrases for stock footage, whatever the language of the film.
    """

    narration: Annotated[str, Field(min_length=1)]
    role: SceneRole = "body"
    visual: str = ""
    keywords: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()


class Script(Model):
    """
    A whole narration in order.

    *language* is a BCP 47 tag. *warnings* are facts the creator should know about how it was written, *sources*
    what its facts were taken from, without their text.
    """

    title: str
    language: str
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]
    written_by: str
    warnings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
