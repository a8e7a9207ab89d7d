"""Colours of bars, cards and paths by what they are for, on the dark ground and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.picture import grounds
from studio.picture.colour import Colour, mix
from studio.picture.ground import Ground, Light
from studio.picture.stage import Stage


@dataclass(frozen=True)
class Tones:
    """*hi* is what is meant, *muted* what stands beside it; *on_hi* is text on the first, *text* on all others."""

    text: Colour
    dim: Colour
    hi: Colour
    hi2: Colour
    on_hi: Colour
    muted: Colour
    plate: Colour
    track: Colour
    core: Colour
    badge: Colour
    """Disc under an icon."""


def tones_of(stage: Stage) -> Tones:
    """The tones of *stage*'s ground; `Palette.audit` measures them."""
    palette = stage.palette
    if stage.ground == "paper":
        return Tones(
            text=palette.ink,
            dim=palette.soft,
            hi=palette.mark,
            hi2=palette.ink,
            on_hi=palette.paper[0],
            muted=palette.muted_on_paper,
            plate="#ffffff",
            track=mix(palette.paper[1], palette.ink, 0.18),
            core=palette.paper[0],
            badge="#ffffff",
        )
    return Tones(
        text=palette.text,
        dim=palette.dim,
        hi=palette.hi,
        hi2=palette.hi2,
        on_hi=palette.ink,
        muted=palette.muted,
        plate=mix(palette.deep[0], palette.glow, 0.20),
        track=mix(palette.deep[0], palette.text, 0.20),
        core=palette.deep[1],
        badge=palette.text,
    )


def toned_ground(stage: Stage, lights: Sequence[Light]) -> Ground:
    """The ground that *stage* asks for; *lights* are in the dark one."""
    return grounds.paper(stage) if stage.ground == "paper" else grounds.deep(stage, lights, vignette=0.2)
