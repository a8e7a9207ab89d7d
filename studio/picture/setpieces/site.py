"""What every set-piece is made of: layers of terrain from far and light to near and dark."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from studio.models.shot import GroundName
from studio.picture.colour import Colour, mix, rgb
from studio.picture.compositor import Sprite
from studio.picture.geometry import Grid
from studio.picture.ground import Light, Placed
from studio.picture.motion import expo
from studio.picture.noise import dither
from studio.picture.palettes import Palette
from studio.picture.shapes import disc
from studio.picture.stage import Moment

Array = npt.NDArray[np.float32]
Profile = Callable[[Array], Array]
"""Top edge in px below the layer's top, for x in px from the layer's left."""

Coverage = Callable[[Array, Array], Array]
"""From 0 to 1 for x (1, W) and y (H, 1) in px of a layer: how much of it is there, or how much of a mark."""

MARGIN_U: Final = 70
"""A layer is this much wider than the canvas on both sides, because it wanders."""

CREST_U: Final = 190
"""Only this much of a layer moves; the solid part below lies in the ground."""

_ROOMY_U: Final = 450
"""Room under the horizon that the set-pieces are drawn for."""

_LONGEST_WALK_U: Final = 60
_OVERLAP_U: Final = 5
"""The still part reaches this far under the crest, which bobs."""


@dataclass(frozen=True)
class Marks:
    """What is painted on a layer in a colour of its own: windows, snow, foam."""

    colour: Colour
    coverage: Coverage


@dataclass(frozen=True)
class Skin:
    """A layer's surface beside its colour: light along the edge, openings, marks."""

    rim: Colour | None = None
    cutout: Coverage | None = None
    marks: Marks | None = None


@dataclass(frozen=True)
class Walker:
    """A layer's crest: its centre in px, its walk in u a second and its bob in u."""

    sprite: Sprite
    x: float
    y: float
    walk: float
    bob: float = 0.0


@dataclass(frozen=True)
class Luminary:
    """The sun or the moon behind the first layer; *rise* in u a second, downward positive."""

    sprite: Sprite
    x: float
    y: float
    rise: float


@dataclass
class Scenery:
    """
    A set-piece: still parts for the ground, moving crests, light that belongs to it.

    What stands in it has its feet *footing* u under the horizon.
    """

    unit: float
    baked: list[Placed]
    walkers: list[Walker]
    lights: list[Light]
    luminary: Luminary | None = None
    footing: float = 90.0

    def draw(self, moment: Moment) -> None:
        """Draw what moves."""
        if self.luminary is not None:
            self._draw_luminary(moment, self.luminary)
        for number, walker in enumerate(self.walkers):
            walked = max(-_LONGEST_WALK_U, min(_LONGEST_WALK_U, walker.walk * moment.t))
            bobbed = walker.bob * math.sin(moment.t * 1.6 + number)
            moment.fix(walker.sprite, walker.x + walked * self.unit, walker.y + bobbed * self.unit)

    def _draw_luminary(self, moment: Moment, body: Luminary) -> None:
        come = math.copysign((1 - expo(moment.t, 1.1)) * 120, -body.rise)
        y = body.y + (come + body.rise * moment.t) * self.unit
        horizon = self.walkers[0].y + 88 * self.unit
        moment.fix(body.sprite, body.x, y, clip=(0, 0, moment.frame.width, horizon))


class Site:
    """Where a set-piece is built, with the colours of its layers on this ground."""

    def __init__(self, grid: Grid, palette: Palette, ground: GroundName, *, horizon: float, is_live: bool) -> None:
        self.grid, self.palette, self.ground, self.is_live = grid, palette, ground, is_live
        self.unit = grid.unit
        self.horizon_y = grid.height * horizon
        self.far, self.mid, self.near, self.base = _layer_colours(palette, ground, is_live=is_live)
        self.line: Colour = _line_colour(palette, ground, self.far, self.near)
        self.scenery = Scenery(grid.unit, [], [], _lights(palette, horizon))
        self._margin = int(MARGIN_U * self.unit)

    @property
    def width(self) -> int:
        """Width of a layer in px."""
        return self.grid.width + 2 * self._margin

    def across(self, x: Array) -> Array:
        """x of a layer in u from the canvas's left edge."""
        return np.asarray((x - self._margin) / self.unit, np.float32)

    def accent(self, colour: Colour, share: float) -> Colour:
        """*colour* of a layer with *share* of light in it: the accent's in the dark, else nearly white."""
        vivid = mix(self.palette.vivid[0], "#ffffff", 0.55)
        light: dict[GroundName, Colour] = {"deep": self.palette.hi, "vivid": vivid, "paper": "#ffffff"}
        return mix(colour, light[self.ground], share)

    @property
    def to_the_ground(self) -> float:
        """Height in px from the horizon to below the canvas."""
        return self.grid.height - self.horizon_y

    @property
    def squeeze(self) -> float:
        """How much closer layers stand than on a tall canvas, so that the nearest is still seen on a low one."""
        return min(1.0, self.to_the_ground / (_ROOMY_U * self.unit))

    def lay(
        self,
        below: float,
        height: float,
        profile: Profile,
        colour: Colour,
        *,
        walk: float = 0.0,
        bob: float = 0.0,
        skin: Skin = Skin(),
        foot: Colour | None = None,
        crest: float = CREST_U,
    ) -> None:
        """
        Add a layer whose top is *below* px under the horizon; *foot* is its colour at the bottom.

        Colours run by absolute height, so that the moving crest meets the still rest without a seam.
        """
        height = max(height, 8 * self.unit)
        y, band = self.horizon_y + below, min(height, crest * self.unit)
        foot = foot or mix(colour, self.base, 0.75)
        skin = skin if self.ground == "deep" else replace(skin, rim=None)
        top = _ridge((self.width, band), profile, (colour, mix(colour, foot, band / height)), skin)
        self.put(top, self.grid.width / 2, y + band / 2, walk=walk, bob=bob)
        if height > band:
            overlap = 3 + _OVERLAP_U * self.unit
            rest = slope(
                self.grid.width + 8, int(height - band + overlap) + 2, (colour, foot), (band - overlap) / height
            )
            self.bake(rest, self.grid.width / 2, y + band - overlap + rest.ink_height / 2)

    def put(self, sprite: Sprite, x: float, y: float, *, walk: float = 0.0, bob: float = 0.0) -> None:
        """Add a sprite that moves when the piece is live."""
        if self.is_live:
            self.scenery.walkers.append(Walker(sprite, x, y, walk, bob))
        else:
            self.bake(sprite, x, y)

    def bake(self, sprite: Sprite, x: float, y: float) -> None:
        """Add a sprite to the ground."""
        self.scenery.baked.append(Placed(sprite, x, y))

    def scatter_stars(self) -> None:
        """Stars above the horizon, off the kicker's line; the same ones every time."""
        if self.ground != "deep":
            return
        for number in range(1, 34):
            x, y = halton(number, 2) * self.grid.width, halton(number, 3) * self.horizon_y * 0.92
            if abs(y - self.grid.top) > 44 * self.unit:
                radius = (1.6 + 2.6 * halton(number, 5) ** 3) * self.unit
                self.bake(_star(radius * 2, self.palette.text, 0.25 + 0.55 * halton(number, 7)), x, y)


@lru_cache(maxsize=512)
def _star(diameter: float, colour: Colour, opacity: float) -> Sprite:
    """Kept because the same stars are over every scene of a film."""
    return disc(diameter, colour, opacity)


@cache
def halton(number: int, base: int) -> float:
    """The Halton sequence: points from 0 to 1 that look random and never clump."""
    share, found = 1.0, 0.0
    while number:
        share /= base
        found += share * (number % base)
        number //= base
    return found


def _layer_colours(palette: Palette, ground: GroundName, *, is_live: bool) -> tuple[Colour, Colour, Colour, Colour]:
    """Far, middle, near and the foot of all layers."""
    top, bottom = palette.deep
    if ground == "vivid":
        vivid = palette.vivid[1]
        shades = [mix(vivid, top, share) for share in (0.20, 0.42, 0.64)]
        return shades[0], shades[1], shades[2], mix(vivid, bottom, 0.7)
    if ground == "paper":
        # Mist lies before each layer of the large landscape of a title, or one would run into the next.
        shares = (0.24, 0.45, 0.68, 0.34) if is_live else (0.20, 0.32, 0.46, 0.62)
        shades = [mix(palette.paper[1], palette.glow, share) for share in shares]
        return shades[0], shades[1], shades[2], shades[3]
    far, mid, near = (0.34, 0.16, 0.55) if is_live else (0.22, 0.11, 0.60)
    return mix(top, palette.glow, far), mix(top, palette.glow, mid), mix(top, bottom, near), bottom


def _line_colour(palette: Palette, ground: GroundName, far: Colour, near: Colour) -> Colour:
    return {"deep": mix(palette.deep[0], palette.glow, 0.75), "vivid": far, "paper": near}[ground]


def _lights(palette: Palette, horizon: float) -> list[Light]:
    return [
        Light(0.5, horizon - 0.03, 0.62, palette.glow, palette.light(0.62)),
        Light(0.2, 0.1, 0.5, palette.glow, 0.10),
    ]


def _ridge(
    size: tuple[float, float],
    profile: Profile,
    colours: tuple[Colour, Colour],
    skin: Skin,
) -> Sprite:
    """A crest as a sprite: a vertical gradient under *profile* with its skin."""
    width, height = int(size[0]), max(2, int(size[1]))
    x = np.arange(width, dtype=np.float32) + 0.5
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    edge = profile(x)[None].astype(np.float32)
    depth = y - edge
    steepness = np.sqrt(1 + np.gradient(edge[0]) ** 2)[None]
    coverage = np.clip(depth / steepness + 0.5, 0, 1)
    shade = _blend(colours, np.clip(y / height, 0, 1))
    if skin.rim is not None:
        shade = shade + (_channels(skin.rim) - shade) * (np.exp(-np.maximum(depth, 0) / 7) * 0.45)
    if skin.marks is not None:
        shade = shade + (_channels(skin.marks.colour) - shade) * skin.marks.coverage(x[None], y)
    if skin.cutout is not None:
        coverage = coverage * skin.cutout(x[None], y)
    return _dithered(shade, coverage)


def slope(width: int, height: int, colours: tuple[Colour, Colour], begin: float = 0.0) -> Sprite:
    """A vertical gradient that is *begin* of the way from the first colour to the second at its top."""
    return _dithered(_blend(colours, np.linspace(begin, 1, height)[:, None]), np.ones((height, width)))


def _channels(colour: Colour) -> npt.NDArray[np.floating]:
    """Red, green and blue, (3, 1, 1): planes are computed faster than pixels."""
    return np.array(rgb(colour))[:, None, None]


def _blend(colours: tuple[Colour, Colour], share: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    top, bottom = (_channels(colour) for colour in colours)
    return np.asarray(top * (1 - share) + bottom * share)


def _dithered(shade: npt.NDArray[np.floating], coverage: npt.NDArray[np.floating]) -> Sprite:
    """A sprite of *shade*, three planes from 0 to 255 or what broadcasts to them, under *coverage* from 0 to 1."""
    height, width = coverage.shape
    planes = np.empty((4, height, width), np.uint8)
    np.clip(shade + dither(height, width)[..., 0], 0, 255, out=planes[:3], casting="unsafe")
    planes[3] = coverage * 255
    return Sprite(planes.transpose(1, 2, 0))
