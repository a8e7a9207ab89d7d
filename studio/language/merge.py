"""Merge fields: `{{name}}` in a template's words. A substitution and nothing more: no template language computes here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

FILM_FIELDS: Final = ("title", "channel", "date", "year")
"""Fields of every film: its title, whose it is, and the day it is made."""

_FIELD: Final = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def fields_in(text: str) -> list[str]:
    """Names of the merge fields in *text*, as they come."""
    return _FIELD.findall(text)


def merged(text: str, values: Mapping[str, str]) -> str:
    """
    *text* with each field replaced by its value, once: braces in a value stay what they are.

    A text whose fields are all empty is empty, so that "Next: {{next}}" vanishes where nothing follows.

    Raises:
        KeyError: a field has no value.
    """
    names = fields_in(text)
    if names and not any(values[name] for name in names):
        return ""
    return _FIELD.sub(lambda found: values[found[1]], text)
