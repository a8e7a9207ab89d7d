"""A script as a model has to write it, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from studio.errors import reason_of
from studio.models.script import Picture, PictureEntry, PictureKind, Scene, SceneRole, Script
from studio.providers.llm import ScriptOrder
from studio.providers.llm.prompts import cleaned

MOST_QUERIES = 3
LONGEST_QUERY = 60
MOST_COMPLAINTS = 10

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_MARKS = re.compile(r"[^A-Za-z0-9' -]+")
_FOREIGN = re.compile(r"[^\W\d_a-zA-Z]")


def _sayable(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError("holds nothing that can be said")
    return text


Phrase = Annotated[str, Field(max_length=100)]
"""Bounded in the schema already: a small model under a grammar finds no end by itself."""


class DraftEntry(BaseModel):
    """A bar, side, step or thing of a picture."""

    model_config = ConfigDict(extra="forbid")

    label: Phrase
    value: Annotated[Phrase, Field(default="")]
    note: Annotated[Phrase, Field(default="")]


class DraftPicture(BaseModel):
    """What the model would draw: the kind, a heading, and what stands in it."""

    model_config = ConfigDict(extra="forbid")

    layout: PictureKind
    heading: Annotated[str, Field(max_length=200)]
    entries: Annotated[list[DraftEntry], Field(max_length=8)]


class DraftScene(BaseModel):
    """One scene as the model has to write it; *queries* are English whatever the film's language."""

    model_config = ConfigDict(extra="forbid")

    narration: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_sayable)]
    visual: Annotated[str, Field(max_length=300)]
    keywords: Annotated[list[Phrase], Field(max_length=8)]
    queries: Annotated[list[Phrase], Field(default_factory=list, max_length=4)]
    picture: DraftPicture | None = None

    @field_validator("picture", mode="wrap")
    @classmethod
    def _forgiven(cls, value: object, handler: Callable[[object], DraftPicture | None]) -> DraftPicture | None:
        """A picture that is misshapen is none: the rules draw the scene, and the words are what was asked for."""
        try:
            return handler(value)
        except ValidationError:
            return None


class DraftScript(BaseModel):
    """A script as the model has to write it: its words, and nothing of how the film is made or where it goes."""

    model_config = ConfigDict(extra="forbid")

    hook: DraftScene
    scenes: Annotated[list[DraftScene], Field(min_length=1, max_length=80)]
    closing: DraftScene

    @property
    def all_scenes(self) -> tuple[DraftScene, ...]:
        """In speaking order."""
        return (self.hook, *self.scenes, self.closing)


class Misshapen(Exception):
    """What a model wrote is no script; *complaints* say why, for the model to read."""

    def __init__(self, text: str, complaints: Iterable[str]) -> None:
        super().__init__("no script of the asked shape")
        self.text = text
        self.complaints = tuple(complaints)


def parse_draft(text: str) -> DraftScript:
    """
    The script in *text*, which may have thoughts before it and words around it.

    Raises:
        Misshapen: there is none.
    """
    said = _THOUGHTS.sub("", text)
    begin, end = said.find("{"), said.rfind("}")
    try:
        return DraftScript.model_validate_json(said[begin : end + 1] if begin >= 0 else said)
    except ValidationError as error:
        raise Misshapen(text, map(_complaint, error.errors()[:MOST_COMPLAINTS])) from None


def script_of(draft: DraftScript, order: ScriptOrder, *, written_by: str, warnings: Iterable[str]) -> Script:
    """The script that *draft* is: of a model's answer, scenes alone come into it."""
    return Script(
        title=order.title,
        language=order.language,
        scenes=(
            _scene(draft.hook, "hook"),
            *(_scene(scene, "body") for scene in draft.scenes),
            _scene(draft.closing, "closing"),
        ),
        written_by=written_by,
        warnings=tuple(warnings),
    )


def english_queries(wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of *wanted* that a stock library can be asked for: English, short, each once."""
    found: dict[str, str] = {}
    for text in wanted:
        query = _shortened(" ".join(_MARKS.sub(" ", text).split()))
        if any(char.isalpha() for char in query) and not _FOREIGN.search(text):
            found.setdefault(query.casefold(), query)
    return tuple(found.values())[:MOST_QUERIES]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUERY else text[: LONGEST_QUERY + 1].rpartition(" ")[0][:LONGEST_QUERY]


def _scene(draft: DraftScene, role: SceneRole) -> Scene:
    return Scene(
        narration=_line(draft.narration),
        role=role,
        visual=_line(draft.visual),
        keywords=tuple(filter(None, map(_line, draft.keywords))),
        queries=english_queries(draft.queries),
        picture=_picture(draft.picture),
    )


def _picture(draft: DraftPicture | None) -> Picture | None:
    if draft is None:
        return None
    entries = tuple(
        PictureEntry(label=_line(entry.label), value=_line(entry.value), note=_line(entry.note))
        for entry in draft.entries
    )
    return Picture(layout=draft.layout, heading=_line(draft.heading), entries=entries)


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())


def _complaint(error: ErrorDetails) -> str:
    return f"{'.'.join(map(str, error['loc']))[:100]}: {reason_of(error)}"
