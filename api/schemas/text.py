"""Kinds of text that several bodies have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from studio.errors import AddressRefused
from studio.settings import get_settings
from studio.web import check_url


def _printable(text: object) -> object:
    if isinstance(text, str) and not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


def _deliverable(url: str) -> str:
    try:
        check_url(url, schemes=("http", "https") if get_settings().private_addresses else ("https",))
    except AddressRefused as error:
        raise ValueError(error.message) from error
    return url


# Before, so that a length which is asked for beside it is one of a string and is said in characters.
Line = Annotated[str, BeforeValidator(_printable)]
"""One line that can be shown."""

HookUrl = Annotated[Line, Field(min_length=1, max_length=2000), AfterValidator(_deliverable)]
"""A public https address that messages are sent to."""

Word = Annotated[Line, Field(min_length=1, max_length=50)]
Tags = Annotated[tuple[Word, ...], Field(max_length=30)]


def _in_range(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the calendar") from None


def _no_number(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).lstrip("+-").isdigit()):
        raise ValueError("must be a date and time with a zone, such as 2026-11-24T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_in_range)]
"""A point in time with its zone."""
