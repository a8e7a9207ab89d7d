"""Type: Chinese and Latin families, mixed in one line, measured and drawn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from fontTools.ttLib import TTFont
from opencc import OpenCC
from PIL import Image, ImageDraw, ImageFont

from studio.language.segment import is_cjk
from studio.picture.colour import Colour, to_rgba
from studio.picture.compositor import Plane, Sprite
from studio.picture.fonts import Face, font_file
from studio.picture.shapes import OVERSAMPLE, reduced_mask, tinted

LATIN_SCALE: Final = 1.07
"""Latin runs are set this much larger: Outfit's capitals then match the body of the hanzi."""

SEAM_EM: Final = 0.16
"""Space where hanzi meet Latin letters or figures. Source: W3C Requirements for Chinese Text Layout 3.2.2."""

SPACE_EM: Final = 0.22
"""A word space between two parts of a line that are placed one by one."""

ELLIPSIS: Final = "…"
_AMBIGUOUS: Final = "…—“”‘’·"
"""Characters that both families have and that take the width of their neighbours."""


@dataclass(frozen=True)
class Run:
    """A part of a line in one family; a gap where *text* is empty."""

    text: str
    is_latin: bool
    advance: float


@cache
def _coverage(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        # Glyphs are not asked for by name: reading the names would take nine tenths of the time.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
        return frozenset(font.getBestCmap())


def _has_latin(character: str) -> bool:
    return ord(character) in _coverage(font_file("black", latin=True))


def _has_han(character: str) -> bool:
    return ord(character) in _coverage(font_file("black", latin=False))


def covers(face: Face, text: str) -> bool:
    """Whether *face* has every character of *text*: the serif has fewer hanzi than the others."""
    parts = _split(text)
    return all(
        character.isspace() or ord(character) in _coverage(font_file(face, latin=is_latin))
        for part, is_latin in parts
        for character in part
    )


def missing_glyphs(text: str) -> set[str]:
    """Characters of *text* that neither family can draw, not even by a compatible form; white space is never missing."""
    return {character for character in text if not character.isspace() and not _drawable(character)}


def displayable(text: str) -> str:
    """*text* on one line with only characters that we can draw: others are replaced (CO₂ by CO2, 习 by 習) or go."""
    composed = unicodedata.normalize("NFC", text)
    drawable = "".join(" " if character.isspace() else _drawable(character) for character in composed)
    return " ".join(drawable.split())


@lru_cache(maxsize=4096)
def _drawable(character: str) -> str:
    if _has_latin(character) or _has_han(character):
        return character
    for replaced in (unicodedata.normalize("NFKC", character), _traditional().convert(character)):
        if all(_has_latin(part) or _has_han(part) for part in replaced):
            return replaced
    return ""


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


@lru_cache(maxsize=256)
def load_font(face: Face, size_px: int, *, latin: bool) -> ImageFont.FreeTypeFont:
    """*face* at *size_px* pixels an em."""
    return ImageFont.truetype(str(font_file(face, latin=latin)), size_px, layout_engine=ImageFont.Layout.RAQM)


def _is_latin(text: str, at: int, *, has_cjk: bool) -> bool:
    character = text[at]
    if character in _AMBIGUOUS:
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        return not has_cjk or ((before + after).isascii() and bool(before and after) and not (before + after).isspace())
    return character == " " or (not is_cjk(character) and _has_latin(character))


def _split(text: str) -> list[tuple[str, bool]]:
    """Runs of one family; a space belongs to the run before it."""
    has_cjk = any(is_cjk(character) for character in text)
    parts: list[tuple[str, bool]] = []
    for at in range(len(text)):
        is_latin = _is_latin(text, at, has_cjk=has_cjk)
        if parts and parts[-1][1] == is_latin:
            parts[-1] = parts[-1][0] + text[at], is_latin
        else:
            parts.append((text[at], is_latin))
    return parts


def runs(text: str, face: Face, size_px: int) -> list[Run]:
    """Runs of a line with the gaps at the seams between families, widths in px at *size_px*."""
    found: list[Run] = []
    seam = Run("", is_latin=False, advance=SEAM_EM * size_px)
    for part, is_latin in _split(text):
        if found:
            found.append(seam)
        core = part.strip() if is_latin else part
        if core:
            font = load_font(face, _size(size_px, latin=is_latin), latin=is_latin)
            found.append(Run(core, is_latin, font.getlength(core)))
    return found


def _size(size_px: float, *, latin: bool) -> int:
    return max(1, round(size_px * (LATIN_SCALE if latin else 1.0)))


def _drawing_size(size_px: float) -> int:
    return max(2, round(size_px * OVERSAMPLE))


@lru_cache(maxsize=8192)
def text_width(text: str, face: Face, size_px: float) -> float:
    """Width in px of *text* on one line."""
    return sum(run.advance for run in runs(text, face, _drawing_size(size_px))) / OVERSAMPLE


def digit_advance(size_px: float, face: Face = "black") -> float:
    """Width of the widest digit."""
    font = load_font(face, _size(size_px, latin=True), latin=True)
    return max(font.getlength(digit) for digit in "0123456789")


def glyph_advance(character: str, size_px: float, face: Face = "black") -> float:
    """Width of one Latin character."""
    return float(load_font(face, _size(size_px, latin=True), latin=True).getlength(character))


def text_sprite(
    text: str, face: Face, size_px: float, colour: Colour, *, opacity: float = 1.0, tracking_px: float = 0.0
) -> Sprite:
    """
    One line of text, cut to its ink.

    The sprite's offsets lead to the left edge of the ink on the baseline, so lines can be placed by what is seen.
    """
    letters = _letters(text, face, size_px, to_rgba(colour, opacity)[3], tracking_px)
    sprite = Sprite(tinted(colour, letters.mask), offset_y=letters.baseline)
    sprite.bearing = letters.bearing
    return sprite


@dataclass(frozen=True)
class _Letters:
    """A line without a colour, cut to its ink: the px down to its baseline, and the room before it."""

    mask: Plane
    baseline: float
    bearing: float


@lru_cache(maxsize=64)
def _letters(text: str, face: Face, size_px: float, opacity: int, tracking_px: float) -> _Letters:
    """Kept because figures and the name of the channel are written again in every scene."""
    size = _drawing_size(size_px)
    parts = runs(text, face, size)
    advance = sum(run.advance for run in parts) + tracking_px * OVERSAMPLE * len(text)
    width = int(advance + size * 0.6) // OVERSAMPLE * OVERSAMPLE + OVERSAMPLE
    height = max(1, int(size * 1.7) // OVERSAMPLE) * OVERSAMPLE
    image = Image.new("L", (width, height))
    margin, baseline = size * 0.2, int(size * 1.2) // OVERSAMPLE * OVERSAMPLE
    _draw_runs(ImageDraw.Draw(image), parts, face, size, (margin, baseline), opacity, tracking_px)
    mask = reduced_mask(image)
    left, top, right, bottom = _ink(mask)
    return _Letters(mask[top:bottom, left:right], baseline / OVERSAMPLE - top, left - margin / OVERSAMPLE)


def _draw_runs(
    draw: ImageDraw.ImageDraw,
    parts: list[Run],
    face: Face,
    size: int,
    start: tuple[float, int],
    fill: int,
    tracking_px: float,
) -> None:
    x, baseline = start
    for run in parts:
        if not run.text:
            x += run.advance
            continue
        font = load_font(face, _size(size, latin=run.is_latin), latin=run.is_latin)
        pieces = run.text if tracking_px else [run.text]
        for piece in pieces:
            draw.text((x, baseline), piece, fill=fill, font=font, anchor="ls")
            x += font.getlength(piece) + tracking_px * OVERSAMPLE


def _ink(alpha: Plane) -> tuple[int, int, int, int]:
    columns, rows = np.flatnonzero(alpha.max(0) > 8), np.flatnonzero(alpha.max(1) > 4)
    if not len(columns) or not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


Anchor = Literal["left", "middle", "right"]


def anchored(sprite: Sprite, x: float, baseline: float, anchor: Anchor = "left") -> tuple[float, float]:
    """Where the centre of a text sprite goes so that its ink starts, is centred or ends at *x* on *baseline*."""
    shift = {"left": 0.0, "middle": sprite.ink_width / 2, "right": sprite.ink_width}[anchor]
    return x - sprite.offset_x - shift, baseline - sprite.offset_y
