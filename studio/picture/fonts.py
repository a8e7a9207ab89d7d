"""The font files of our families; cheap to import, for those who only hand them on."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from studio.settings import PROJECT

Face = Literal["black", "bold", "medium", "serif"]
"""Type of a text: black for titles and figures, bold for labels, medium for notes, serif for the words of another."""

FONTS: Final = PROJECT / "templates" / "fonts"
_HAN: Final[dict[Face, str]] = {
    "black": "NotoSansHant-Black.otf",
    "bold": "NotoSansHant-Bold.otf",
    "medium": "NotoSansHant-Medium.otf",
    "serif": "NotoSerifTC-Regular.otf",
}
_LATIN: Final[dict[Face, str]] = {
    "black": "Outfit-800.ttf",
    "bold": "Outfit-700.ttf",
    "medium": "Outfit-500.ttf",
    "serif": "NotoSerif-500.ttf",
}


def font_file(face: Face, *, latin: bool) -> Path:
    """The font file of *face*."""
    return FONTS / (_LATIN if latin else _HAN)[face]


CAPTION_FAMILIES: Final[dict[str, Path]] = {
    "Noto Sans T Chinese Black": font_file("black", latin=False),
    "Outfit ExtraBold": font_file("black", latin=True),
}
"""Files by the family names that caption styles use."""

FONTS_FOR_CAPTIONS: Final[tuple[Path, ...]] = tuple(CAPTION_FAMILIES.values())
"""Font files whose families the caption styles name."""
