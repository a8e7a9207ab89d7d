"""Video templates: what a film of one kind looks and sounds like, as data. `docs/templates.md` explains every key."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from studio.language.merge import FILM_FIELDS, fields_in
from studio.models.base import Model
from studio.models.brief import Aspect, Title
from studio.models.captions import Captioning
from studio.models.shot import GroundName, HexColour, PaletteName
from studio.models.timeline import TransitionKind

VERSION: Final = 1
"""Of the form that templates have. A file of a later one is refused rather than half understood."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
"""One line that may hold merge fields."""


FileName = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\\x00]*$")]
Prefix = Annotated[str, StringConstraints(max_length=40)]


class Sample(Model):
    """What a film of this kind may be about: the previews are made of it."""

    title: Title
    description: Annotated[str, Field(max_length=4_000)] = ""


class Wording(Model):
    """The words that a template brings along in one language; all but *direction* may hold merge fields."""

    name: Annotated[Words, Field(min_length=1)]
    about: Words = ""
    """What the template is for, said to whoever chooses one."""
    hook: Annotated[Words, Field(min_length=1)] = "{{title}}"
    """What the film begins with."""
    closing: Annotated[Words, Field(min_length=1)]
    """Said at the end of every film."""
    kicker: Words = ""
    """Top left in every drawn scene but the first; empty shows the topic."""
    call_to_action: Annotated[Words, Field(min_length=1)]
    """On the end card's button."""
    tagline: Words = ""
    """Under the name on the end card."""
    following: Words = ""
    """What comes next, on the end card."""
    listing: Annotated[tuple[Prefix, ...], Field(max_length=50)] = ()
    """Said before the items of a list, in order, with the space behind it; empty where items are not numbered."""
    direction: Annotated[str, Field(max_length=2_000)] = ""
    """Tells a language model how films of this kind are told, after the rules that hold for all."""
    sample: Sample | None = None


class Brand(Model):
    """Whose film it is. What is empty here is taken from the settings BRAND_*."""

    name: Words = ""
    tagline: Words = ""
    call_to_action: Words = ""
    logo: FileName = ""
    """A PNG, JPEG, WebP or SVG file beside the template."""
    colour: HexColour | Literal[""] = ""
    """The accents of every palette take its hue, light or dark enough to be read."""


class Template(Model):
    """How films of one kind are made. Times in seconds."""

    version: Literal[1] = VERSION
    id: Id
    aspect: Aspect = Aspect.VERTICAL
    duration: Annotated[int, Field(ge=5, le=600)] = 45
    scene_seconds: Annotated[float, Field(gt=1, le=30)] = 6.0
    """About how long a picture stays."""
    one_point_a_scene: bool = False
    """Whether every sentence gets a picture of its own, however short."""
    lead_in: Annotated[float, Field(ge=0, le=5)] = 0.3
    gap: Annotated[float, Field(ge=0, le=3)] = 0.35
    """Silence between two scenes."""
    tail: Annotated[float, Field(ge=0, le=10)] = 1.2
    """How long the film lasts after the last word."""
    transition: TransitionKind = "dissolve"
    transition_frames: Annotated[int, Field(ge=3, le=30)] = 8
    grounds: tuple[GroundName, ...] = ()
    """Preferred ones first; a layout that has none of them keeps its own."""
    palettes: tuple[PaletteName, ...] = ()
    """The topic's palette where it is among these, else the first; empty takes the topic's always."""
    repeats_layouts: bool = False
    """Whether a layout may come twice running."""
    captions: Captioning = Captioning()
    music_mood: Literal["happy", "calm", "tender", "nostalgic", "energetic"] = "calm"
    music_gain_db: Annotated[float, Field(ge=-40, le=0)] = -14.0
    prompt: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,30}$")] = "script"
    """Name of the rules for a language model, in `templates/prompts/`."""
    brand: Brand = Brand()
    fields: dict[FieldName, Words | None] = Field({})
    """Merge fields of its own and what they hold unless a film says otherwise; None has to be given."""
    wording: Annotated[dict[str, Wording], Field(min_length=1)]
    """By BCP 47 tag."""

    def words(self, language: str) -> Wording:
        """The wording for *language*, or the English one, or the first."""
        return self.wording.get(language) or self.wording.get("en") or next(iter(self.wording.values()))

    @model_validator(mode="after")
    def _fields_are_declared(self) -> Template:
        if taken := set(self.fields) & set(FILM_FIELDS):
            raise ValueError(f"fields: {', '.join(sorted(taken))} is there in every film; give it another name")
        known = (*FILM_FIELDS, *self.fields)
        for language, wording in self.wording.items():
            for key, text in _merged_texts(wording):
                if unknown := [name for name in fields_in(text) if name not in known]:
                    raise ValueError(
                        f"wording.{language}.{key}: there is no field {{{{{unknown[0]}}}}}; declare it in fields, "
                        f"or use one of {', '.join(known)}"
                    )
        return self


class Dressed(Template):
    """
    A template made ready for one film: one wording, its merge fields filled, and the brand complete.

    `studio/models/dressing.py` makes it. Its brand's logo is an absolute path or empty.
    """


def _merged_texts(wording: Wording) -> list[tuple[str, str]]:
    given = wording.model_dump(exclude={"direction", "sample"})
    return [
        (key, text) for key, value in given.items() for text in (value if isinstance(value, list | tuple) else [value])
    ]
