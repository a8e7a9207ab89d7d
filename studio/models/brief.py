"""What somebody asked for."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from studio.errors import BadInput
from studio.language.detect import is_chinese, resolve_language
from studio.models.base import Model
from studio.models.captions import CaptionWish


class Aspect(StrEnum):
    """Shape of the canvas, width to height."""

    VERTICAL = "9:16"
    WIDE = "16:9"
    SQUARE = "1:1"
    PORTRAIT = "4:5"


class Resolution(StrEnum):
    """Name of the canvas's short side in pixels."""

    P540 = "540p"
    P720 = "720p"
    P1080 = "1080p"


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _composed(value: object) -> object:
    """NFC and without a byte-order mark, so that equal texts are equal strings."""
    return unicodedata.normalize("NFC", value).replace("\ufeff", "") if isinstance(value, str) else value


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not hold control characters")
    return text


def _one_line(value: object) -> object:
    composed = _composed(value)
    return " ".join(composed.split()) if isinstance(composed, str) else composed


def _sayable(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError("must hold at least one letter or digit: it is said aloud")
    return text


Title = Annotated[
    str,
    Field(min_length=1, max_length=300),
    BeforeValidator(_one_line),
    AfterValidator(_printable),
    AfterValidator(_sayable),
]
"""One line of text with something to say; white space, line breaks included, is single spaces."""

Narration = Annotated[
    str,
    Field(min_length=1, max_length=2_000),
    BeforeValidator(_one_line),
    AfterValidator(_printable),
    AfterValidator(_sayable),
]
"""What is said in one scene, on one line."""

Text = Annotated[str, Field(max_length=20_000), BeforeValidator(_composed), AfterValidator(_printable)]
"""Any number of lines."""

Duration = Annotated[int, Field(ge=5, le=600)]
"""Seconds."""

Speed = Annotated[float, Field(ge=0.5, le=2.0)]
"""A share of a voice's own pace."""

PageUrl = Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\s\x00-\x20]+$")]
"""A page on the web; whether it may be connected to is `studio/web.py`'s to say."""


FieldValue = Annotated[str, Field(max_length=200), BeforeValidator(_one_line), AfterValidator(_printable)]
"""What a merge field of a template holds, on one line; it may be empty."""

FieldValues = Annotated[dict[str, FieldValue], Field(max_length=20)]


TEMPLATE_ALIASES = {"template_id": "explainer", "default": "explainer"}
"""Names of the examples in the API's documentation, which work as they stand."""


def template_name(given: str) -> str:
    """The name that *given* stands for; any other is itself."""
    return TEMPLATE_ALIASES.get(given, given)


def template_spellings(given: str) -> tuple[str, ...]:
    """Every name of the template called *given*."""
    name = template_name(given)
    return (name, *(alias for alias, meant in TEMPLATE_ALIASES.items() if meant == name))


class Brief(Model):
    """
    A request for one video.

    *script* is said word for word when given. *language* is a BCP 47 tag; None means: detect it.
    *assets* are object-store keys of the creator's own pictures and clips, in the order of the scenes; None leaves
    a scene's picture to us. *captions* changes what the template says of them.
    *sources* are pages that the facts may be taken from; with *research* we look for more. Without *footage* all
    other scenes are drawn. With *review* the
    creator reads the script before it is said. *speed* is a share of the voice's own pace. *narration* is the
    object-store key of the creator's own recording of *script*, said instead of any voice. *trend* is a keyword that a
    scan has seen: what is known of it is a source of the script. *fields* fill the template's merge fields.
    """

    title: Title
    description: Text = ""
    script: Text = ""
    language: str | None = None
    template: Annotated[str, AfterValidator(template_name)] = "explainer"
    duration: Duration | None = None
    aspect: Aspect = Aspect.VERTICAL
    resolution: Resolution = Resolution.P1080
    voice: str | None = None
    captions: CaptionWish | None = None
    assets: tuple[str | None, ...] = ()
    sources: Annotated[tuple[PageUrl, ...], Field(max_length=5)] = ()
    research: bool = False
    footage: bool = True
    review: bool = False
    speed: Speed | None = None
    narration: str | None = None
    trend: str | None = None
    fields: FieldValues = Field({})


_SAID_IN_CHINESE = re.compile(r"[0-9A-Za-z\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SAID_IN_ENGLISH = re.compile(r"[0-9A-Za-z\u00c0-\u024f]")


def check_sayable(brief: Brief, language: str) -> None:
    """
    Return when a voice of *language* finds something to say in *brief*.

    Raises:
        BadInput: it is all in letters of another language.
    """
    letters = _SAID_IN_CHINESE if is_chinese(language) else _SAID_IN_ENGLISH
    said, field = (brief.script, "script") if brief.script.strip() else (f"{brief.title}\n{brief.description}", "title")
    if not letters.search(said):
        raise BadInput(f"holds no word that a voice of {language} can say; write it in that language", field=field)


def language_of(brief: Brief) -> str:
    """
    The language that the film is made in, as a BCP 47 tag.

    Raises:
        BadInput: the brief asks for a language that we do not speak.
    """
    return resolve_language(brief.language, brief.script or f"{brief.title}\n{brief.description}")
