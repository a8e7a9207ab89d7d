"""Bodies of `/templates`."""

from __future__ import annotations

from pydantic import BaseModel

from api.messages import Language
from studio.models.brief import Aspect
from studio.models.template import Template


class FieldShown(BaseModel):
    """A merge field of a template: what it holds unless a film says otherwise; required where that is null."""

    name: str
    default: str | None


class TemplateShown(BaseModel):
    """
    A way to tell a film; *name* is what a film's `template` takes, *title* and *description* are for people.

    *duration* is the length aimed at and *scene_seconds* about how long a picture stays, in seconds. *fields* are what
    a film's `fields` may fill. *preview_url* is a picture of four of its frames, a link for a day; null where none has
    been drawn.
    """

    name: str
    title: str
    description: str
    duration: int
    scene_seconds: float
    aspects: list[Aspect]
    default_aspect: Aspect
    languages: list[str]
    transition: str
    captions: str
    music_mood: str
    is_numbered: bool
    fields: list[FieldShown]
    preview_url: str | None

    @classmethod
    def of(cls, template: Template, language: Language, *, preview_url: str | None) -> TemplateShown:
        """What is shown of *template* to somebody who reads *language*."""
        words = template.words(language)
        return cls(
            name=template.id,
            title=words.name,
            description=words.about or words.tagline,
            duration=template.duration,
            scene_seconds=template.scene_seconds,
            aspects=list(Aspect),
            default_aspect=template.aspect,
            languages=sorted(template.wording),
            transition=template.transition,
            captions=template.captions.style,
            music_mood=template.music_mood,
            is_numbered=any(each.listing for each in template.wording.values()),
            fields=[FieldShown(name=name, default=default) for name, default in template.fields.items()],
            preview_url=preview_url,
        )


class TemplateList(BaseModel):
    """All templates."""

    items: list[TemplateShown]
