"""Colours of an illustration on its ground, and the pedestal that its hero stands on."""

from __future__ import annotations

from dataclasses import dataclass

from studio.picture.colour import Colour, mix, to_rgba
from studio.picture.compositor import Sprite
from studio.picture.ground import Ground, Light, Placed
from studio.picture.grounds import ground_of
from studio.picture.shapes import disc, drawing, reduced, spot
from studio.picture.stage import Stage

_HALOS = ((1.86, 0.05), (1.46, 0.06), (1.08, 0.08))
"""Radius in the hero's and opacity on the dark ground; paper takes four times as much."""

_HEADING_U, _DUSK = 120, 0.6
"""Middle of a heading under the top of the body, and how much of the light is taken from behind it."""


@dataclass(frozen=True)
class Look:
    """Colours by what they are for."""

    chrome: Colour
    text: Colour
    emphasis: Colour
    halo: Colour
    halo_strength: float
    top: Colour
    side: Colour
    inner: Colour
    shadow: Colour
    plate: Colour
    line: Colour


def look_of(stage: Stage) -> Look:
    """The colours of *stage*'s ground."""
    palette = stage.palette
    if stage.ground == "paper":
        pale, glow = palette.paper[1], palette.glow
        return Look(
            chrome=palette.mark,
            text=palette.ink,
            emphasis=palette.mark,
            halo=mix(pale, glow, 0.55),
            halo_strength=3.2,
            top=mix(pale, glow, 0.50),
            side=mix(mix(pale, glow, 0.75), palette.ink, 0.16),
            inner=mix(pale, glow, 0.36),
            shadow=palette.ink,
            plate="#ffffff",
            line=palette.mark,
        )
    top = mix(palette.deep[0], palette.glow, 0.55)
    return Look(
        chrome=palette.text,
        text=palette.text,
        emphasis=palette.hi,
        halo=mix(palette.glow, "#ffffff", 0.3),
        halo_strength=1.0,
        top=top,
        side=mix(palette.deep[0], palette.glow, 0.26),
        inner=mix(top, palette.deep[0], 0.16),
        shadow=palette.deep[1],
        plate=mix(palette.deep[0], palette.glow, 0.30),
        line=palette.hi2,
    )


def lit_ground(stage: Stage, look: Look, x: float, y: float, radius: float) -> Ground:
    """The ground with halos round the hero at (x, y)."""
    grid, glow = stage.grid, stage.palette.glow
    lights = [
        Light(x / grid.width, y / grid.height, 0.52, glow, stage.palette.light(0.60)),
        Light(0.5, 1.02, 0.5, glow, 0.16),
    ]
    if not grid.is_wide:
        lights.append(_dusk(stage))
    ground = ground_of(stage, lights, vignette=0.30)
    for share, opacity in _HALOS:
        halo = disc(2 * radius * share, look.halo, opacity * look.halo_strength)
        ground.baked.append(Placed(halo, x, y))
    return ground


def _dusk(stage: Stage) -> Light:
    """Less light behind the heading above the hero: accents are closer to the glow than white is."""
    grid = stage.grid
    return Light(0.5, (grid.top + _HEADING_U * grid.unit) / grid.height, 0.46, stage.palette.deep[0], _DUSK)


def shadow(look: Look, radius: float) -> Sprite:
    """What the hero throws on the pedestal."""
    return spot(radius * 1.5, radius * 0.34, look.shadow, 0.75, falloff=1.3)


def pedestal(look: Look, radius: float) -> Sprite:
    """A round plate seen from above, a little wider than a hero of *radius* px."""
    image, draw = drawing(2 * radius * 1.06, radius * 0.62)
    width, height = image.size
    thick, inset = radius * 0.30, width * 0.06
    draw.ellipse((0, thick, width - 1, height - 1), fill=to_rgba(look.side))
    draw.rectangle((0, (height - thick) / 2, width - 1, (height + thick) / 2), fill=to_rgba(look.side))
    draw.ellipse((0, 0, width - 1, height - thick), fill=to_rgba(look.top))
    inner = (inset, inset * 0.27, width - inset, height - thick - inset * 0.27)
    draw.ellipse(inner, fill=to_rgba(look.inner))
    return Sprite(reduced(image))
