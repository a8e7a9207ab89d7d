"""What is said, scene by scene."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.models.base import Model
from studio.models.research import Source

SceneRole = Literal["hook", "body", "closing"]


PictureKind = Literal["number", "list", "comparison", "quote", "timeline", "chart"]


class PictureEntry(Model):
    """A bar, side, step or thing: its name, its figure as it is said, and what is said of it."""

    label: Annotated[str, Field(max_length=100)] = ""
    value: Annotated[str, Field(max_length=60)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class Picture(Model):
    """
    What a writer would show while a scene is spoken. It is an idea: what the narration does not say is not shown.

    Of a quote, *heading* is the words and the first entry's label who said them.
    """

    layout: PictureKind
    heading: Annotated[str, Field(max_length=400)] = ""
    entries: Annotated[tuple[PictureEntry, ...], Field(max_length=8)] = ()


class Scene(Model):
    """
    A unit of script: what is said while one picture is on screen.

    *visual* is the idea for the picture, *keywords* what it is about, most telling first. *queries* are English
    search phrases for stock footage, whatever the language of the film. *picture* is what the writer would draw.
    """

    narration: Annotated[str, Field(min_length=1)]
    role: SceneRole = "body"
    visual: str = ""
    keywords: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    picture: Picture | None = None


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
