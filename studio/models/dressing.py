"""A template made ready for one film: its merge fields filled, its brand complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from studio.errors import BadInput, reason_of
from studio.language.detect import is_chinese
from studio.language.merge import merged
from studio.models.shot import HexColour
from studio.models.template import Brand, Dressed, Template, Wording
from studio.models.templatefiles import template_file
from studio.settings import EnvSettings

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class BrandSettings(EnvSettings):
    """The brand of this installation, for templates that bring none."""

    brand_name: str = Field("", max_length=200)
    brand_tagline: str = Field("", max_length=200)
    brand_call_to_action: str = Field("", max_length=200)
    brand_logo: Path | None = None
    brand_colour: HexColour | None = None


def dress(template: Template, *, title: str, fields: Mapping[str, str], language: str, today: date) -> Dressed:
    """
    *template* with one wording, that of *language*, whose fields are filled for the film called *title*.

    Name, tagline and button are the brand's where there is one.

    Raises:
        BadInput: *fields* has one that the template has not, or lacks one that it needs.
    """
    words, brand = template.words(language), _brand(template)
    name = brand.name or words.name
    values = {**_values(template, fields), "title": title, "date": _written(today, language), "year": str(today.year)}
    values["channel"] = merged(name, {"channel": "", **values})
    branded = words.model_copy(
        update={
            "name": name,
            "tagline": brand.tagline or words.tagline,
            "call_to_action": brand.call_to_action or words.call_to_action,
        }
    )
    filled = Wording.model_construct(**_filled(branded, values))
    if not _is_sayable(filled.hook):
        filled = filled.model_copy(update={"hook": title})
    if not _is_sayable(filled.closing):
        raise BadInput(f"the closing of {template.id!r} says nothing with these fields", field="fields")
    return Dressed.model_construct(**dict(template) | {"wording": {language: filled}, "brand": brand})


def _brand(template: Template) -> Brand:
    own, settings = template.brand, brand_settings()
    logo = str(template_file(template.id).parent / own.logo) if own.logo else str(settings.brand_logo or "")
    return Brand.model_construct(
        name=own.name or settings.brand_name,
        tagline=own.tagline or settings.brand_tagline,
        call_to_action=own.call_to_action or settings.brand_call_to_action,
        logo=logo,
        colour=own.colour or settings.brand_colour or "",
    )


def brand_settings() -> BrandSettings:
    """
    The brand of this installation.

    Raises:
        BadInput: a variable holds what it cannot.
    """
    try:
        return BrandSettings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadInput(reason_of(first), field=str(first["loc"][0]).upper()) from error


def _values(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    for name in given:
        if name not in template.fields:
            has = f"it has {', '.join(template.fields)}" if template.fields else "it has none"
            raise BadInput(f"template {template.id!r} has no such field; {has}", field=f"fields.{name}")
    values = {name: given.get(name, default) for name, default in template.fields.items()}
    for name, value in values.items():
        if value is None:
            raise BadInput(f"template {template.id!r} needs it: there is no default", field=f"fields.{name}")
    return {name: value for name, value in values.items() if value is not None}


def _filled(wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
    def fill(value: object) -> object:
        if isinstance(value, str):
            return merged(value, values).strip()
        return tuple(merged(each, values) for each in value) if isinstance(value, tuple) else value

    return {key: value if key in ("direction", "sample") else fill(value) for key, value in wording}


def _written(day: date, language: str) -> str:
    if is_chinese(language):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _is_sayable(text: str) -> bool:
    return any(char.isalnum() for char in text)
