"""
Layouts: the kinds of picture we draw. One is one file and one line in CATALOG.

A layout says for which scenes it qualifies, what it needs to know, and draws it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol, TypeVar, cast

from studio.errors import UnknownName
from studio.models.base import Model
from studio.models.shot import GroundName
from studio.picture.compositor import Frame
from studio.picture.scenetext import SceneText
from studio.picture.stage import Stage

Painter = Callable[[Frame, int], None]
"""Draws frame number i of a scene, all of it, whatever was in the frame before."""

C = TypeVar("C", bound=Model)


class Layout(Protocol[C]):
    """One way to show a scene."""

    name: str
    grounds: tuple[GroundName, ...]
    """What it can be drawn on, best first."""
    content: type[C]
    """What it shows: stored in the shot, so it can be edited and drawn again."""
    repeats: bool
    """Whether two scenes in a row may have it."""

    def match(self, scene: SceneText) -> C | None:
        """What it would show of *scene*, or None where the scene does not qualify. Nothing is invented."""
        ...

    def words_shown(self, content: C) -> str:
        """Text that need not be captioned when it is just what is said; empty where captions always show."""
        ...

    def draw(self, stage: Stage, content: C) -> Painter:
        """Prepare everything that does not change and give back what draws the frames."""
        ...


CATALOG: Final = {
    "title": "studio.picture.layouts.title:Title",
    "end": "studio.picture.layouts.end:End",
    "quote": "studio.picture.layouts.quote:Quote",
    "chart": "studio.picture.layouts.chart:Chart",
    "timeline": "studio.picture.layouts.timeline:Timeline",
    "comparison": "studio.picture.layouts.comparison:Comparison",
    "list": "studio.picture.layouts.listing:Listing",
    "number": "studio.picture.layouts.number:Number",
    "illustration": "studio.picture.layouts.illustration:Illustration",
}
"""
In order of preference: a scene gets the first that it qualifies for.

The look book's order, but for the quote: what another says may compare and count things up, and is a quote still.
"""


def open_layout(name: str) -> Layout[Model]:
    """
    The layout called *name*.

    Raises:
        UnknownName: there is none.
    """
    if name not in CATALOG:
        raise UnknownName(name, field="layout", known=CATALOG)
    module, _, attribute = CATALOG[name].partition(":")
    return cast("Layout[Model]", getattr(import_module(module), attribute)())
