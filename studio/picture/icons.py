"""Icons at any size: Fluent colour emoji for things, Phosphor for signs."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache, lru_cache

import resvg_py
from PIL import Image

from studio.errors import UnknownName
from studio.picture.colour import Colour, to_hex
from studio.picture.compositor import Sprite
from studio.picture.shapes import OVERSAMPLE, reduced
from studio.settings import PROJECT

EMOJI = PROJECT / "templates" / "emoji"

LARGE_PX = 280
"""From here on the renderer's own edges are smooth enough without reducing."""

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
