"""Which language a text is in, as a BCP 47 tag."""

from __future__ import annotations

import re

from studio.errors import BadInput
from studio.language.segment import to_simplified

_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")

SPOKEN = ("zh-TW", "en")
"""Languages that we write, say and set; others need a provider that says it can."""


def detect_language(text: str) -> str:
    """
    "zh-TW" for text that is chiefly Chinese, "en" for anything else that we can say.

    A hanzi weighs as much as two and a half Latin letters: it is about that much of a word.
    """
    if _KANA_HANGUL.search(text) and not _HAN.search(text):
        raise BadInput(f"this language is not among {', '.join(SPOKEN)}", field="language")
    han = len(_HAN.findall(text))
    letters = len(_LETTER.findall(text)) - han
    return "zh-TW" if han * 2.5 > letters else "en"


def resolve_language(tag: str | None, text: str) -> str:
    """
    The one of SPOKEN that *tag* asks for, or the language of *text* when there is no tag.

    Raises:
        BadInput: *tag* is no BCP 47 tag, or of a language that we do not speak.
    """
    if tag is None:
        return detect_language(text)
    if not _TAG.match(tag):
        raise BadInput(f"{tag!r} is not a BCP 47 tag such as 'zh-TW' or 'en'", field="language")
    primary = tag.lower().split("-")[0]
    for known in SPOKEN:
        if known.split("-")[0] == primary:
            return known
    raise BadInput(f"{tag!r} is not among {', '.join(SPOKEN)}", field="language")


def is_chinese(language: str) -> bool:
    """Whether a BCP 47 tag names a Chinese language."""
    return language.lower().split("-")[0] == "zh"


def is_simplified(text: str) -> bool:
    """Whether *text* has Chinese characters and converting it to simplified changes none of them."""
    return bool(_HAN.search(text)) and to_simplified(text) == text
