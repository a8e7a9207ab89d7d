"""Values out of vendors' answers: each is what it should be, or empty; none is trusted further than that."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from studio.errors import ProviderUnavailable
from studio.providers.vendor import Vendor

LONGEST_TEXT = 300
LONGEST_ADDRESS = 2_000
LONGEST_MARKUP = 5_000
"""Characters of a text that are looked at, markup included."""

LARGEST_SIDE_PX = 100_000

BLOCKS = ("br", "div", "dd", "dt", "li", "p", "td", "th", "tr")
"""Tags that stand between words; others may stand inside one."""

Row = Mapping[str, Any]

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def rows_at(vendor: Vendor, answer: object, name: str) -> Iterator[Row]:
    """
    The objects in the list called *name* of *answer*, which *vendor* gave.

    Raises:
        ProviderUnavailable: there is no such list.
    """
    found = row_of(answer).get(name)
    if not isinstance(found, list):
        raise ProviderUnavailable(vendor.role, vendor.name, "its answer was of another shape")
    return rows_of(found)


def rows_of(value: object) -> Iterator[Row]:
    """The objects in *value*, which should be a list of them."""
    return (row for row in value if isinstance(row, dict)) if isinstance(value, list) else iter(())


def row_of(value: object) -> Row:
    """*value* where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_of(value: object, *, longest: int = LONGEST_TEXT) -> str:
    """The words of *value* in one line, without markup and without what cannot be seen."""
    if not isinstance(value, str):
        return ""
    words = _Words()
    words.feed(value[:LONGEST_MARKUP])
    words.close()
    # Markup may have been escaped twice.
    seen = (char if char.isprintable() and char not in "<>" else " " for char in "".join(words.parts))
    return " ".join("".join(seen).split())[:longest].strip()


def name_of(value: object) -> str:
    """An identifier: a number or a short word."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 <= value < 10**18 else ""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def px_of(value: object) -> int:
    """A length in px, 0 where it is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value <= LARGEST_SIDE_PX else 0


def amount_of(value: object) -> float:
    """A positive number, 0 where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 < value < 1e15 and math.isfinite(value) else 0.0


def address_of(value: object) -> str:
    """A web address, empty where it is none."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not value.isprintable() or " " in value:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.hostname and parts.username is None else ""


class _Words(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep words apart, and note where scripts and styles begin."""
        self._hidden += tag in ("script", "style")
        if tag in BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Note where they end."""
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        """Keep what would be read."""
        if not self._hidden:
            self.parts.append(data)
