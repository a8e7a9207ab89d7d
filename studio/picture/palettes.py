"""The ten colour families, one a topic, and the colours that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from studio.errors import UnknownName
from studio.models.shot import GroundName
from studio.picture.colour import Colour, contrast, mix, to_hex

READABLE = 4.5
"""Lowest contrast of text on its ground. Source: WCAG 2.2, success criterion 1.4.3."""

_READABLE_IN_LIGHT, _STEP = 4.8, 0.01
"""Lights meet other lights and swell by a sixteenth."""


@dataclass(frozen=True)
class Palette:
    """
    Colours of a film.

    *deep*, *vivid* and *paper* are the grounds, top and bottom; *glow* is the light in the dark one.
    *hi* and *hi2* are the accents on dark, *ink* and *mark* text and accent on paper. *piece* names the
    silhouettes at the bottom.
    """

    name: str
    deep: tuple[str, str]
    glow: str
    hi: str
    hi2: str
    vivid: tuple[str, str]
    paper: tuple[str, str]
    ink: str
    mark: str
    piece: str

    @cached_property
    def text(self) -> str:
        """Text on the deep ground."""
        return to_hex(mix("#ffffff", self.deep[0], 0.03))

    @cached_property
    def dim(self) -> str:
        """Second-rank text on the deep ground."""
        return to_hex(mix(self.text, self.deep[0], 0.17))

    @cached_property
    def muted(self) -> str:
        """What stands beside the accent on the deep ground and is not meant: the other bars."""
        return to_hex(mix(self.deep[0], self.hi, 0.30))

    @cached_property
    def muted_on_paper(self) -> str:
        """The same on paper."""
        return to_hex(mix(self.paper[1], self.glow, 0.26))

    @cached_property
    def soft(self) -> str:
        """Second-rank text on paper."""
        return to_hex(mix(self.ink, self.paper[0], 0.30))

    @cached_property
    def on_vivid(self) -> str:
        """Text on the vivid ground: white where that is readable, else ink."""
        return "#ffffff" if min(contrast("#ffffff", end) for end in self.vivid) >= READABLE else self.ink

    @property
    def is_vivid_dark(self) -> bool:
        """Whether the vivid ground carries white text."""
        return self.on_vivid == "#ffffff"

    @property
    def accent_on_vivid(self) -> str:
        """What is filled with the accent on the vivid ground: rings, bars, buttons."""
        return self.hi if self.is_vivid_dark else self.deep[0]

    def light(self, most: float) -> float:
        """Strength of a light of *glow* in the dark ground: *most*, or less where the text could not be read over it."""
        strength = most
        while strength > 0 and contrast(self.text, mix(self.deep[0], self.glow, strength)) < _READABLE_IN_LIGHT:
            strength -= _STEP
        return max(0.0, strength)

    def text_on(self, ground: GroundName) -> str:
        """First-rank text on *ground*."""
        return {"deep": self.text, "vivid": self.on_vivid, "paper": self.ink}[ground]

    def audit(self) -> dict[str, float]:
        """Contrast of every text role against the worst part of its ground."""
        lit = to_hex(mix(self.deep[0], self.glow, 0.22))
        dark = (*self.deep, lit)
        return {
            "text": _worst(self.text, dark),
            "hi": _worst(self.hi, dark),
            "hi2": _worst(self.hi2, dark),
            "dim": _worst(self.dim, dark),
            "on_vivid": _worst(self.on_vivid, self.vivid),
            "ink": _worst(self.ink, self.paper),
            "mark": _worst(self.mark, self.paper),
            "soft": _worst(self.soft, self.paper),
            "ink on hi": contrast(self.ink, self.hi),
            "text on muted": contrast(self.text, self.muted),
            "ink on muted": contrast(self.ink, self.muted_on_paper),
            "paper on mark": contrast(self.paper[0], self.mark),
        }


def _worst(text: Colour, grounds: tuple[str, ...]) -> float:
    return min(contrast(text, ground) for ground in grounds)


# fmt: off
PALETTES: Final[dict[str, Palette]] = {palette.name: palette for palette in (
    Palette("nature", ("#0c4434", "#05211d"), "#3fbf7f", "#c9f26b", "#63e0b6", ("#1c8453", "#0d5f45"),
            ("#f4f8ec", "#e3efd8"), "#0c2a20", "#14713f", "hills"),
    Palette("space", ("#21155c", "#080619"), "#6f45f0", "#ffc44d", "#9dbcff", ("#5d37e8", "#4022b4"),
            ("#f3f1ff", "#e2ddfb"), "#160c38", "#5227d6", "planet"),
    Palette("tech", ("#0b2a63", "#050b20"), "#1c84ff", "#56e3ff", "#9db4ff", ("#1a5cf2", "#0a3bbd"),
            ("#eff5ff", "#dbe7fc"), "#081a3c", "#0f50d8", "grid"),
    Palette("food", ("#54191a", "#22090d"), "#ff7a3c", "#ffc750", "#ffa283", ("#ffc042", "#ff9d1f"),
            ("#fff5e6", "#fde5c8"), "#3a1408", "#b4380d", "table"),
    Palette("history", ("#4a2d1b", "#1a0e0a"), "#d98a3d", "#f4cb7e", "#ecb28d", ("#a83e2b", "#80281e"),
            ("#f7efdf", "#e9d9ba"), "#2b1a10", "#9c2f1f", "arches"),
    Palette("health", ("#0c4654", "#061b27"), "#2fd3c3", "#83f4dc", "#ffc9ce", ("#d6334f", "#ab1c41"),
            ("#f0fbf9", "#d6f0ec"), "#08313a", "#bf2341", "waves"),
    Palette("finance", ("#10364c", "#07131f"), "#1fb58f", "#46f0ab", "#ffd470", ("#0d8063", "#06594a"),
            ("#f1f7f4", "#dbeae3"), "#0a2230", "#08704e", "skyline"),
    Palette("mystery", ("#341350", "#0c0617"), "#a13be0", "#ff9be0", "#b3a6ff", ("#8c22b8", "#5f1389"),
            ("#f8f0fc", "#ebdcf5"), "#240a36", "#8a1fb5", "moon"),
    Palette("ocean", ("#074673", "#03152a"), "#1ca7ec", "#78e9ff", "#ffd98f", ("#0a76b4", "#064f8a"),
            ("#eef8fd", "#d5ebf8"), "#062a45", "#07629b", "waves"),
    Palette("sky", ("#43206b", "#160a30"), "#ff7a4d", "#ffc562", "#ff9fae", ("#cb3f1b", "#9f2427"),
            ("#fff3ea", "#fbdfd0"), "#35123f", "#ae3614", "sun"),
)}
# fmt: on

DEFAULT_PALETTE: Final = "sky"
"""The family of films about nothing in particular."""


def get_palette(name: str) -> Palette:
    """
    The palette called *name*.

    Raises:
        UnknownName: there is none.
    """
    if name not in PALETTES:
        raise UnknownName(name, field="palette", known=PALETTES)
    return PALETTES[name]
