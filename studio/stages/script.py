"""From a brief to what is said, scene by scene."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.errors import BadInput
from studio.language.detect import is_chinese
from studio.language.keywords import keywords
from studio.language.pace import spoken_seconds
from studio.language.sentences import split_sentences
from studio.models.brief import Brief, language_of
from studio.models.research import Source
from studio.models.script import Scene, SceneRole, Script
from studio.models.template import Dressed
from studio.providers.fallback import first_of
from studio.providers.llm import LLM, ScriptOrder
from studio.providers.till import OpenTill, Till

_PARAGRAPH = re.compile(r"\n\s*\n")
LONGEST_SCENE = 1.5
"""As in the embedded writer: a scene is cut before the sentence that would make it this much too long."""


def write_script(
    brief: Brief,
    *,
    template: Dressed,
    pace: float,
    writers: Sequence[LLM],
    sources: Sequence[Source] = (),
    till: Till | None = None,
    salt: str = "",
) -> Script:
    """
    The script of *brief*: the creator's own words when there are any, else the first ready writer's.

    Args:
        brief: what was asked for.
        template: how films of this kind are told.
        pace: of the voice that will say it, in spoken units a second.
        writers: in order of preference.
        sources: what the facts may be taken from besides the description.
        till: pays for the writers' calls; without one they are just made.
        salt: the film's id, say: another film of the same title gets a script of its own.

    Raises:
        BadInput: the brief holds nothing that can be said.
        ProviderError: no writer delivered.
    """
    language = language_of(brief)
    if brief.script.strip():
        return _own_script(brief, language=language, template=template, pace=pace)
    if not any(char.isalnum() for char in brief.title):
        raise BadInput("holds no word that could be said", field="title")
    order = ScriptOrder(
        title=brief.title,
        description=brief.description,
        language=language,
        seconds=brief.duration or template.duration,
        pace=pace,
        template=template,
        sources=tuple(sources),
        salt=salt,
    )
    script, reasons = first_of(writers, lambda writer: writer.write_script(order, till=till or OpenTill()))
    named = tuple(source.model_copy(update={"text": ""}) for source in sources)
    return script.model_copy(update={"warnings": (*reasons, *script.warnings), "sources": named})


def _own_script(brief: Brief, *, language: str, template: Dressed, pace: float) -> Script:
    """The creator's script word for word: a scene a paragraph, long paragraphs cut between sentences."""
    if not any(char.isalnum() for char in brief.script):
        raise BadInput("holds no word that could be said", field="script")
    longest = template.scene_seconds * LONGEST_SCENE
    texts = [
        text
        for paragraph in _PARAGRAPH.split(brief.script)
        for text in _grouped(split_sentences(paragraph, language), language, longest=longest, pace=pace)
    ]
    scenes = tuple(
        Scene(narration=text, role=_role(i, len(texts)), visual=text, keywords=keywords(text, language, most=4))
        for i, text in enumerate(texts)
    )
    return Script(title=brief.title, language=language, scenes=scenes, written_by="creator")


def _grouped(sentences: Sequence[str], language: str, *, longest: float, pace: float) -> list[str]:
    separator = "" if is_chinese(language) else " "
    groups: list[str] = []
    for sentence in sentences:
        joined = separator.join((groups[-1], sentence)) if groups else sentence
        if groups and spoken_seconds(joined, language, pace=pace) <= longest:
            groups[-1] = joined
        elif any(char.isalnum() for char in sentence) or not groups:
            groups.append(sentence)
        else:
            groups[-1] = joined
    return [group for group in groups if any(char.isalnum() for char in group)]


def _role(index: int, count: int) -> SceneRole:
    if index == 0:
        return "hook"
    return "closing" if index == count - 1 else "body"
