"""Bodies of `/templates`."""

from __future__ import annotations

from pydantic import BaseModel

from api.messages import Language
from studio.models.brief import Aspect
from studio.models.template import Template


class TemplateShown(BaseModel):
    """
    A way to tell a film; *name* is what a film's `template` takes, *title* and *description* are for people.

    *duration* is the length aimed at and *scene_seconds* about how long a picture stays, in seconds.
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
    music_mood: str
    is_numbered: bool

    @classmethod
    def of(cls, template: Template, language: Language) -> TemplateShown:
        """What is shown of *template* to somebody who reads *language*."""
        words = template.words(language)
        return cls(
            name=template.id,
            title=words.name,
            description=words.tagline,
            duration=template.duration,
            scene_seconds=template.scene_seconds,
            aspects=list(Aspect),
            default_aspect=template.aspect,
            languages=sorted(template.wording),
            transition=template.transition,
            music_mood=template.music_mood,
            is_numbered=any(each.listing for each in template.wording.values()),
        )


class TemplateList(BaseModel):
    """All templates."""

    items: list[TemplateShown]
