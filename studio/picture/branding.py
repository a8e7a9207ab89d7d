"""A palette in a brand's colour, and the brand's sign as a sprite."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import resvg_py
from PIL import Image, ImageOps

from studio.errors import BadInput
from studio.picture.colour import contrast, luminance, mix, to_hex
from studio.picture.compositor import Pixels, Sprite
from studio.picture.palettes import READABLE, Palette, get_palette

STEPS: Final = 200
"""In which a colour goes to white or black until it can be read."""

MARGIN: Final = 0.1
"""Of contrast beyond READABLE: colours are rounded to eight bits."""

_DEEP, _DARKEST, _INK = 0.030, 0.006, 0.010
"""Luminance of the dark ground at top and bottom, and of text on paper, as in the families that we drew."""

LIT, RINGED = 0.30, 0.20
"""Share of the glow behind a heading: of lights on the dark ground, of the halos round a hero on paper."""

_LIGHT: Final = 0.36
"""Luminance from which a colour carries dark text and not white."""

LOGO_PX: Final = 720
"""Side of the largest disc that a sign stands on, at the largest canvas."""

LARGEST_LOGO: Final = 10 * 2**20
"""Bytes."""

ON_DISC: Final = 0.62
"""Size of a sign with a shape of its own, in the disc that it stands on."""

_OPAQUE: Final = 0.98
"""Share of a sign's pixels without which it has a shape of its own."""


def open_palette(name: str, *, accent: str = "") -> Palette:
    """
    The palette called *name*, or its set-piece in the hue of *accent*, "#rrggbb".

    Raises:
        UnknownName: no such palette.
    """
    return _branded(get_palette(name), accent) if accent else get_palette(name)


@cache
def _branded(family: Palette, accent: str) -> Palette:
    """Every role of *family* in the hue of *accent*, each light or dark enough to be read where it stands."""
    deep = _toward("#000000", accent, lambda c: luminance(c) <= _DEEP), _darkest(accent)
    glow = _toward("#ffffff", accent, lambda c: luminance(c) >= 0.12)
    lit = to_hex(mix(deep[0], glow, LIT))
    ink = _toward("#000000", accent, lambda c: luminance(c) <= _INK)
    paper = to_hex(mix("#ffffff", accent, 0.05)), to_hex(mix("#ffffff", accent, 0.14))
    ringed = to_hex(mix(paper[1], glow, RINGED))
    hi = _toward("#ffffff", accent, lambda c: _reads(c, lit, *deep) and _reads(c, ink))
    return replace(
        family,
        name=f"{family.name} {accent}",
        deep=deep,
        glow=glow,
        hi=hi,
        hi2=to_hex(mix(hi, "#ffffff", 0.45)),
        vivid=_vivid(accent, ink),
        paper=paper,
        ink=ink,
        mark=_toward("#000000", accent, lambda c: _reads(c, *paper, ringed)),
    )


def _vivid(accent: str, ink: str) -> tuple[str, str]:
    """The colour itself as a ground: a light one carries ink, the others are darkened until they carry white."""
    if luminance(accent) >= _LIGHT:
        top = _toward("#ffffff", accent, lambda c: _reads(ink, to_hex(mix(c, "#000000", 0.06))))
        return top, to_hex(mix(top, "#000000", 0.06))
    top = _toward("#000000", accent, lambda c: _reads("#ffffff", c))
    return top, to_hex(mix(top, "#000000", 0.28))


def _darkest(accent: str) -> str:
    return _toward("#000000", accent, lambda c: luminance(c) <= _DARKEST)


def _reads(text: str, *grounds: str) -> bool:
    return all(contrast(text, ground) >= READABLE + MARGIN for ground in grounds)


def _toward(end: str, colour: str, is_enough: Callable[[str], bool]) -> str:
    """*colour* with as little of *end* as is enough, *end* itself at the most."""
    mixed = (to_hex(mix(colour, end, step / STEPS)) for step in range(STEPS + 1))
    return next((each for each in mixed if is_enough(each)), end)


def draw_logo(source: Path, target: Path) -> None:
    """
    Write the sign in *source* (PNG, JPEG, WebP or SVG) to *target* as a PNG of at most LOGO_PX a side.

    Raises:
        BadInput: it cannot be read as any of these.
    """
    try:
        if source.stat().st_size > LARGEST_LOGO:
            raise BadInput(f"{source.name} is larger than {LARGEST_LOGO // 2**20} MiB", field="brand.logo")
        _opened_logo(source).save(target, "PNG")
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise BadInput(
            f"{source.name} is no PNG, JPEG, WebP or SVG that we can read: {error}", field="brand.logo"
        ) from error


def check_logo(source: Path) -> None:
    """
    Return when the file *source* can be drawn as a sign.

    Raises:
        BadInput: as `draw_logo`.
    """
    with tempfile.TemporaryDirectory(prefix="logo-") as folder:
        draw_logo(source, Path(folder) / "logo.png")


def _opened_logo(source: Path) -> Image.Image:
    if source.suffix.lower() == ".svg":
        png = resvg_py.svg_to_bytes(svg_string=source.read_text("utf-8"), width=LOGO_PX)
        image = Image.open(io.BytesIO(bytes(png)))
    else:
        image = Image.open(source, formats=["PNG", "JPEG", "WEBP"])
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((LOGO_PX, LOGO_PX), Image.Resampling.LANCZOS)
    return upright


def logo_sprite(path: Path, *, disc_px: int) -> Sprite:
    """
    The sign in the PNG at *path* for a disc of *disc_px*: one that fills its picture is cut to the disc, one with a
    shape of its own stands on it.

    Raises:
        OSError: it cannot be read.
    """
    with Image.open(path, formats=["PNG"]) as opened:
        image = opened.convert("RGBA")
    alpha = np.asarray(image)[..., 3]
    is_full = float((alpha > 250).mean()) >= _OPAQUE
    if is_full:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    size = disc_px if is_full else round(disc_px * ON_DISC)
    share = size / max(image.size)
    image = image.resize([max(1, round(side * share)) for side in image.size], Image.Resampling.LANCZOS)
    pixels: Pixels = np.array(image)
    return Sprite(_disc(pixels) if is_full else pixels)


def _disc(pixels: Pixels) -> Pixels:
    side = len(pixels)
    offset = np.arange(side, dtype=np.float32) + 0.5 - side / 2
    pixels[..., 3] = np.clip(side / 2 - np.hypot(offset[None], offset[:, None]), 0, 1) * 255
    return pixels
