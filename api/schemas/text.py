"""Kinds of text that several bodies have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


Line = Annotated[str, AfterValidator(_printable)]
"""One line that can be shown."""
