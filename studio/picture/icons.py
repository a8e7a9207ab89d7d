"""Icons at any size: Fluent colour emoji for things, Phosphor for signs."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache, lru_cache

import numpy as np
import resvg_py
from PIL import Image

from studio.errors import UnknownName
from studio.picture.colour import Colour, to_hex, to_rgba
from studio.picture.compositor import Pixels, Sprite
from studio.picture.shapes import OVERSAMPLE, reduced
from studio.settings import PROJECT

EMOJI = PROJECT / "templates" / "emoji"

LARGE_PX = 280
"""From here on the renderer's own edges are smooth enough without reducing."""

SCENERY = frozenset(
    "bridge-at-night cityscape cityscape-at-dusk desert fireworks fog foggy milky-way moon-viewing-ceremony motorway national-park "
    "night-with-stars railway-track shooting-star sparkler sunrise sunrise-over-mountains sunset x-ray".split()
)
"""Icons that are a view in a square frame."""

CROPPED = frozenset(
    "water-wave rainbow ship ferry passenger-ship bullet-train light-rail mountain mountain-railway mountain-cableway snowboarder "
    "tram-car suspension-railway station".split()
)
"""Icons of things that their box cuts off straight."""

STRAIGHT_EDGED = SCENERY | CROPPED

DARK = frozenset(
    "ant bed chess-pawn closed-umbrella cloud-with-lightning electric-plug footprints graduation-cap mosquito movie-camera "
    "musical-note musical-notes ninja notebook notebook-with-decorative-cover paw-prints pool-8-ball satellite scorpion "
    "skateboard spider sunglasses top-hat umbrella video-game".split()
)
"""Icons that are nearly black or as dark as the grounds: standing free they have a light behind them."""

UNFIT = frozenset(
    # A head without a body, faces that pull a face, and people cut off at the chest.
    "speaking-head eye-in-speech-bubble sneezing-face judge student "
    # Nobody sees at this size what they are.
    "clamp currency-exchange hole trackball "
    # With flowers on it: never what a film about mummies or pyramids is about.
    "coffin".split()
)
"""Icons that read badly as large as a hero; small, beside a word, they may stand."""

_DISC_SHARE = 0.70
"""Of a dark icon in the disc behind it."""

_INK_SHARE = 112 / 128
"""What the ink of both takes of the box."""

_BACKING = "#fff1cf"
"""A warm sky: the things that are cropped are mostly blue, and seen on grounds of every colour."""

_RIM = 0.035
"""Width of a badge's white rim, in its diameter."""

_KEPT_RASTERS = 64
"""One icon takes up to a tenth of a second to draw and two megabytes to keep."""


@cache
def _archive(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(EMOJI / f"{name}.zip") as archive:
        return {entry.removesuffix(".svg"): archive.read(entry) for entry in archive.namelist()}


def icon_names() -> frozenset[str]:
    """Names of all colour icons."""
    return frozenset(_archive("fluent"))


@lru_cache(maxsize=_KEPT_RASTERS)
def emoji(name: str, size_px: int) -> Sprite:
    """
    The colour icon called *name*.

    Raises:
        UnknownName: there is none.
    """
    icons = _archive("fluent")
    if name not in icons:
        raise UnknownName(name, field="icon", known=sorted(icons)[:8])
    body = icons[name].decode()
    if size_px >= LARGE_PX:
        return Sprite(_raster(body, size_px, 32))
    return Sprite(reduced(_raster(body, max(1, size_px) * OVERSAMPLE, 32)))


@lru_cache(maxsize=_KEPT_RASTERS)
def standing_icon(name: str, size_px: int) -> Sprite:
    """
    The icon to stand by itself: one with straight edges is cut to a round badge.

    Raises:
        UnknownName: there is none.
    """
    if name not in STRAIGHT_EDGED:
        return emoji(name, size_px)
    side = max(2, round(size_px * _INK_SHARE))
    ink = _raster(_archive("fluent")[name].decode(), round(side / _INK_SHARE), 32)
    margin = (ink.width - side) // 2
    badge = Image.new("RGBA", (side, side), to_rgba(_BACKING))
    badge.alpha_composite(ink.crop((margin, margin, margin + side, margin + side)))
    return Sprite(_rounded(np.array(badge)))


@lru_cache(maxsize=_KEPT_RASTERS)
def hero_icon(name: str, size_px: int) -> Sprite:
    """
    The icon to stand free on any ground, the dark ones too: they get a disc of light.

    Raises:
        UnknownName: there is none.
    """
    if name not in DARK:
        return standing_icon(name, size_px)
    side = max(2, round(size_px * _INK_SHARE))
    ink = _raster(_archive("fluent")[name].decode(), max(1, round(side * _DISC_SHARE)), 32)
    disc = Image.new("RGBA", (side, side), to_rgba(_BACKING))
    disc.alpha_composite(ink, ((side - ink.width) // 2, (side - ink.height) // 2))
    return Sprite(_rounded(np.array(disc)))


def _rounded(pixels: Pixels) -> Pixels:
    """*pixels*, a square, cut to a disc with a white rim; both edges are computed, not sampled."""
    side = len(pixels)
    offset = np.arange(side, dtype=np.float32) + 0.5 - side / 2
    radius = np.hypot(offset[None], offset[:, None])
    rim = np.clip(radius - side / 2 * (1 - 2 * _RIM) + 0.5, 0, 1)[..., None]
    pixels[..., :3] = pixels[..., :3] * (1 - rim) + 255 * rim
    pixels[..., 3] = np.clip(side / 2 - radius, 0, 1) * 255
    return pixels


@lru_cache(maxsize=_KEPT_RASTERS)
def sign(name: str, size_px: int, colour: Colour) -> Sprite:
    """The one-colour sign called *name*."""
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", _archive("phosphor")[name].decode())
    body = body.replace("<path", f'<path fill="{to_hex(colour)}"')
    return Sprite(reduced(_raster(body, max(1, size_px) * OVERSAMPLE, 256)))


def _raster(body: str, size_px: int, view_box: int) -> Image.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view_box} {view_box}" '
        f'width="{size_px}" height="{size_px}">{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size_px, height=size_px)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")
