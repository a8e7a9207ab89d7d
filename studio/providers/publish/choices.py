"""A post's options, read by the model of the platform that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from studio.errors import ProviderRejected, reason_of
from studio.models.publication import Problem

T = TypeVar("T", bound=BaseModel)


def schema_of(model: type[BaseModel]) -> dict[str, JsonValue]:
    """JSON schema of the options that *model* reads."""
    return model.model_json_schema()


def wrong_options(model: type[BaseModel], options: Mapping[str, Any]) -> list[Problem]:
    """Each option that *model* does not take, and why."""
    try:
        model.model_validate(dict(options))
    except ValidationError as error:
        known = f"is no option here; known are {', '.join(model.model_fields)}"
        return [
            Problem(
                field=".".join(["options", *map(str, each["loc"])]),
                message=known if each["type"] == "extra_forbidden" else reason_of(each),
            )
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    return []


def options_of(model: type[T], options: Mapping[str, Any], *, platform: str) -> T:
    """
    The options themselves.

    Raises:
        ProviderRejected: names what is wrong with them.
    """
    found = wrong_options(model, options)
    if found:
        reasons = "; ".join(f"{each.field}: {each.message}" for each in found)
        raise ProviderRejected("publish", platform, reasons)
    return model.model_validate(dict(options))
