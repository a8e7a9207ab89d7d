"""The template of a film, as every stage sees it."""

from __future__ import annotations

from store.tables.base import utc_now
from studio.models.brief import Brief
from studio.models.dressing import dress
from studio.models.template import Dressed
from studio.models.templatefiles import load_template


def template_of(brief: Brief, language: str) -> Dressed:
    """
    The template that *brief* names, dressed for its film, with the captions that it asks for.

    Raises:
        BadInput: there is no such template, or its merge fields are not what it needs.
    """
    dressed = dress(
        load_template(brief.template),
        title=brief.title,
        fields=brief.fields,
        language=language,
        today=utc_now().date(),
    )
    return dressed.model_copy(update={"captions": dressed.captions.but(brief.captions)})
