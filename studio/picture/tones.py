"""Colours of what a layout draws by what they are for, on each of the three grounds."""

from __future__ import annotations

from dataclasses import dataclass

from studio.picture.colour import Colour, mix
from studio.picture.palettes import Palette
from studio.picture.stage import Stage


@dataclass(frozen=True)
class Tones:
    """*hi* is what is meant, *muted* what stands beside it; *on_hi* is text on the first, *text* on all others."""

    chrome: Colour
    """Kicker and scene dashes."""

    text: Colour
    dim: Colour
    accent: Colour
    """Emphasised text; the text's own colour where no other can be read."""

    hi: Colour
    hi2: Colour
    on_hi: Colour
    muted: Colour
    plate: Colour
    track: Colour
    core: Colour
    badge: Colour
    """Disc under an icon."""

    tile: Colour
    on_tile: Colour
    """Square under an icon, and the number that may stand in the icon's place."""


def tones_of(stage: Stage) -> Tones:
    """The tones of *stage*'s ground; `Palette.audit` measures them."""
    return {"deep": _on_deep, "vivid": _on_vivid, "paper": _on_paper}[stage.ground](stage.palette)


def _on_deep(palette: Palette) -> Tones:
    return Tones(
        chrome=palette.text,
        text=palette.text,
        dim=palette.dim,
        accent=palette.hi,
        hi=palette.hi,
        hi2=palette.hi2,
        on_hi=palette.ink,
        muted=palette.muted,
        plate=mix(palette.deep[0], palette.glow, 0.20),
        track=mix(palette.deep[0], palette.text, 0.20),
        core=palette.deep[1],
        badge=palette.text,
        tile=mix(palette.text, palette.glow, 0.16),
        on_tile=palette.ink,
    )


def _on_vivid(palette: Palette) -> Tones:
    text, top = palette.on_vivid, palette.vivid[0]
    return Tones(
        chrome=text,
        text=text,
        dim=text,
        accent=text,
        hi=palette.accent_on_vivid,
        hi2=text,
        on_hi=palette.ink if palette.is_vivid_dark else palette.text,
        muted=mix(top, palette.ink, 0.30),
        plate=mix(top, palette.ink, 0.16),
        track=mix(top, text, 0.18),
        core=palette.vivid[1],
        badge=palette.paper[0],
        tile=palette.paper[0],
        on_tile=palette.ink,
    )


def _on_paper(palette: Palette) -> Tones:
    return Tones(
        chrome=palette.mark,
        text=palette.ink,
        dim=palette.soft,
        accent=palette.mark,
        hi=palette.mark,
        hi2=palette.ink,
        on_hi=palette.paper[0],
        muted=palette.muted_on_paper,
        plate="#ffffff",
        track=mix(palette.paper[1], palette.ink, 0.18),
        core=palette.paper[0],
        badge="#ffffff",
        tile=mix(palette.paper[1], palette.glow, 0.30),
        on_tile=palette.mark,
    )
