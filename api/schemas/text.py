"""Kinds of text that several bodies have."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from studio.errors import AddressRefused
from studio.settings import get_settings
from studio.web import check_url


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


def _deliverable(url: str) -> str:
    try:
        check_url(url, schemes=("http", "https") if get_settings().private_addresses else ("https",))
    except AddressRefused as error:
        raise ValueError(error.message) from error
    return url


Line = Annotated[str, AfterValidator(_printable)]
"""One line that can be shown."""

HookUrl = Annotated[Line, Field(min_length=1, max_length=2000), AfterValidator(_deliverable)]
"""A public https address that messages are sent to."""
