"""Free licences that let a picture be used for money and be changed."""

from __future__ import annotations

import re
from typing import Final

_SPOKEN: Final = re.compile(
    r"^(?:cc0\b.*|public domain\b.*|pd\b.*|cc[ -]by(?:[ -]sa)?(?:[ -]\d\.\d.*)?)$", re.IGNORECASE
)
_BARRED: Final = re.compile(r"\b(?:nc|nd|non-?commercial|no ?derivatives?|non-?free|fair use)\b", re.IGNORECASE)

_ADDRESS: Final = "https://creativecommons.org"
_CC: Final = re.compile(r"^cc[ -]by(?P<sa>[ -]sa)?[ -](?P<version>\d\.\d)\b", re.IGNORECASE)

_CODES: Final = {"cc0": "CC0", "pdm": "Public Domain Mark", "by": "CC BY", "by-sa": "CC BY-SA"}


def is_free(name: str) -> bool:
    """Whether *name*, as Wikimedia Commons writes it, is CC0, public domain, CC BY or CC BY-SA."""
    return bool(_SPOKEN.match(name)) and not _BARRED.search(name)


def licence_of(code: object, version: object) -> str:
    """The name of a licence by Openverse's *code* and *version*; empty for one that is not free."""
    if not isinstance(code, str) or code.lower() not in _CODES:
        return ""
    number = version if isinstance(version, str) and re.fullmatch(r"\d\.\d", version) else ""
    return f"{_CODES[code.lower()]} {number}".strip()


def licence_address(name: str) -> str:
    """Where the text of the Creative Commons licence called *name* is; empty for other licences."""
    if found := _CC.match(name):
        return f"{_ADDRESS}/licenses/by{'-sa' if found['sa'] else ''}/{found['version']}/"
    if name.lower().startswith("cc0"):
        return f"{_ADDRESS}/publicdomain/zero/1.0/"
    return f"{_ADDRESS}/publicdomain/mark/1.0/" if name.lower().startswith("public domain mark") else ""
