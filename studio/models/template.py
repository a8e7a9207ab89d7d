"""Video templates: data in `templates/`, one JSON file each, checked against this schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from studio.errors import UnknownName
from studio.models.base import Model
from studio.models.brief import Aspect
from studio.settings import PROJECT

FOLDER = PROJECT / "templates"
ALIASES = {"template_id": "explainer", "default": "explainer"}
"""Names of the examples in the API's documentation, which work as they stand."""


class Wording(Model):
    """The words that a template brings along in one language."""

    name: str
    closing: str
    """Said at the end of every film."""
    call_to_action: str
    """On the end card's button."""
    tagline: str
    listing: tuple[str, ...] = ()
    """Said before the items of a list, in order; empty where items are not numbered."""


class Template(Model):
    """How films of one kind are made. Times in seconds."""

    id: str
    aspect: Aspect = Aspect.VERTICAL
    duration: Annotated[int, Field(ge=5, le=600)] = 45
    scene_seconds: Annotated[float, Field(gt=1, le=30)] = 6.0
    """About how long a picture stays."""
    transition: Literal["cut", "dissolve"] = "dissolve"
    transition_frames: Annotated[int, Field(ge=3, le=30)] = 8
    lead_in: float = 0.3
    gap: float = 0.35
    """Silence between two scenes."""
    tail: float = 1.2
    """How long the film lasts after the last word."""
    music_mood: Literal["happy", "calm", "tender", "nostalgic", "energetic"] = "calm"
    music_gain_db: float = -14.0
    prompt: str = "script"
    """Name of the script prompt in `templates/prompts/`."""
    wording: dict[str, Wording]
    """By BCP 47 tag."""

    def words(self, language: str) -> Wording:
        """The wording for *language*, or the English one."""
        return self.wording.get(language, self.wording["en"])


def template_names() -> tuple[str, ...]:
    """Every template there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def load_template(name: str) -> Template:
    """
    The template called *name*, or that *name* is an alias of.

    Raises:
        UnknownName: there is none; the message lists those there are.
    """
    name = ALIASES.get(name, name)
    if name not in template_names():
        raise UnknownName(name, field="template", known=template_names())
    return Template.model_validate(json.loads((FOLDER / f"{name}.json").read_text("utf-8")))
