"""Templates as the stages see them."""

from __future__ import annotations

from datetime import date

from studio.models.dressing import dress
from studio.models.template import Dressed
from studio.models.templatefiles import load_template

TODAY = date(2026, 11, 30)


def dressed(name: str = "explainer", *, title: str, language: str, **fields: str) -> Dressed:
    """The template called *name*, ready for the film called *title*."""
    return dress(load_template(name), title=title, fields=fields, language=language, today=TODAY)
