"""What is seen: units of picture. Times in seconds from the start of the scene."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from studio.models.asset import Asset
from studio.models.base import Model

GroundName = Literal["deep", "vivid", "paper"]

PaletteName = Literal[
    "nature", "space", "tech", "food", "history", "health", "finance", "mystery", "ocean", "sky"
]  # fmt: skip
"""The colour families: `studio/picture/palettes.py` has their colours."""

HexColour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_lower=True)]
""" "#rrggbb"."""


class CaptionLook(Model):
    """Colours of the captions over a shot, as "#rrggbb", and whether they stand low or in the middle of it."""

    fill: str
    highlight: str
    outline: str
    on_highlight: str = "#ffffff"
    """The spoken word where the highlight is a box behind it."""
    position: Literal["low", "middle"] = "low"


class DrawnShot(Model):
    """A scene that we draw ourselves; *content* is whatever the layout called *layout* declares."""

    kind: Literal["drawn"] = "drawn"
    layout: str
    palette: str
    ground: GroundName
    kicker: str = ""
    position: tuple[int, int] = (1, 1)
    """Number of this scene, and how many there are: the dashes at the top of the picture."""
    accent: str = ""
    """A brand's colour as "#rrggbb": the palette's accents take its hue."""
    logo: Asset | None = None
    """A brand's sign, where the layout has a place for it."""
    content: dict[str, JsonValue]


class View(Model):
    """A rectangle of a picture in fractions of its size; the height follows from the canvas."""

    left: float
    top: float
    width: float


class PictureShot(Model):
    """A still with a Ken Burns move from *opening* to *closing* view."""

    kind: Literal["picture"] = "picture"
    picture: Asset
    opening: View
    closing: View


class ClipShot(Model):
    """A moving picture, trimmed to begin at *start* seconds and fitted to the canvas (fit: cover)."""

    kind: Literal["clip"] = "clip"
    clip: Asset
    start: float = 0.0


Shot = Annotated[DrawnShot | PictureShot | ClipShot, Field(discriminator="kind")]


class PlannedShot(Model):
    """A shot with the look of the captions that go over it."""

    shot: Shot
    captions: CaptionLook
    words_shown: str = ""
    """What the picture itself says, as a title card does: cues of these words are not burned in."""


class Shots(Model):
    """One shot a scene, in order."""

    shots: tuple[PlannedShot, ...]
