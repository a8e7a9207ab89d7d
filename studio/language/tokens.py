"""About how many tokens a text is."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[A-Za-z]{1,6}|\d{1,3}|[^\sA-Za-z\d]")


def estimated_tokens(text: str) -> int:
    """
    An estimate of what a language model counts: a character of Chinese, up to six letters of a word, a mark.

    Where an endpoint counts itself, its figure is used instead.
    """
    return len(_TOKEN.findall(text))
