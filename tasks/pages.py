"""Other people's texts on the pages that operators read."""

from __future__ import annotations

import html
import re


def escaped(text: str) -> str:
    """Somebody's text on one line, its Markdown and HTML marks shown as they are."""
    return re.sub(r"([\\`*_\[\]!|~])", r"\\\1", html.escape(" ".join(text.split()), quote=False))
