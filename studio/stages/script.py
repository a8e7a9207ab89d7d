"""From a brief to what is said, scene by scene."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from studio.errors import BadInput
from studio.language.detect import is_chinese
from studio.language.keywords import keywords
from studio.language.pace import spoken_seconds
from studio.language.sentences import split_sentences
from studio.language.traditional import as_in_taiwan, find_simplified
from studio.models.brief import Brief, language_of
from studio.models.research import Source
from studio.models.script import Scene, SceneRole, Script
from studio.models.template import Dressed, Wording
from studio.providers.fallback import first_of
from studio.providers.llm import LLM, ScriptOrder
from studio.providers.llm.embedded import part_ways
from studio.providers.till import OpenTill, Till

_PARAGRAPH = re.compile(r"\n\s*\n")
LONGEST_SCENE = 1.5
"""As in the embedded writer: a scene is cut before the sentence that would make it this much too long."""

CONVERTED = {
    "simplified": "The text is in Simplified Chinese; the film says and shows it in the Traditional characters of Taiwan.",
    "mixed": "Some characters of the text are Simplified Chinese; the film shows the Traditional ones of Taiwan instead.",
}
"""What the creator is told, by what was found in the text."""


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

    Whatever of a Chinese film came in Simplified characters leaves here in those of Taiwan, and a warning says so.

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
    found = find_simplified(_given(brief)) if is_chinese(language) else ""
    if found:
        template = _dressed_in_taiwan(template, brief, language)
        brief = _in_taiwan(brief)
    if brief.script.strip():
        script = _own_script(brief, language=language, template=template, pace=pace)
    else:
        order = _order(brief, language=language, template=template, pace=pace, sources=sources, salt=salt)
        script = _ordered(order, writers, till or OpenTill())
    return script.model_copy(update={"warnings": (*([CONVERTED[found]] if found else []), *script.warnings)})


def _given(brief: Brief) -> str:
    return "\n".join((brief.title, brief.description, brief.script))


def _in_taiwan(brief: Brief) -> Brief:
    said = {key: as_in_taiwan(getattr(brief, key), beside=_given(brief)) for key in ("title", "description", "script")}
    return brief.model_copy(update=said)


def _dressed_in_taiwan(template: Dressed, brief: Brief, language: str) -> Dressed:
    """*template* as if it had been dressed with the title and the fields in Taiwan's characters."""
    held = {each: as_in_taiwan(each, beside=_given(brief)) for each in (brief.title, *brief.fields.values()) if each}

    def put(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(put, value))
        for old, new in held.items() if isinstance(value, str) else ():
            value = value.replace(old, new)
        return value

    words = Wording.model_construct(**{key: put(value) for key, value in template.words(language)})
    return template.model_copy(update={"wording": {**template.wording, language: words}})


def _order(
    brief: Brief, *, language: str, template: Dressed, pace: float, sources: Sequence[Source], salt: str
) -> ScriptOrder:
    if not any(char.isalnum() for char in brief.title):
        raise BadInput("holds no word that could be said", field="title")
    if is_chinese(language):
        sources = [source.model_copy(update={"text": as_in_taiwan(source.text)}) for source in sources]
    return ScriptOrder(
        title=brief.title,
        description=brief.description,
        language=language,
        seconds=brief.duration or template.duration,
        pace=pace,
        template=template,
        sources=tuple(sources),
        salt=salt,
    )


def _ordered(order: ScriptOrder, writers: Sequence[LLM], till: Till) -> Script:
    """The script of the first writer that delivers."""
    script, reasons = first_of(writers, lambda writer: writer.write_script(order, till=till))
    scenes = script.scenes
    if is_chinese(order.language):
        scenes = tuple(map(_said_in_taiwan, scenes))
    named = tuple(source.model_copy(update={"text": ""}) for source in order.sources)
    return script.model_copy(
        update={"scenes": scenes, "warnings": (*reasons, *script.warnings), "sources": named},
    )


def _said_in_taiwan(scene: Scene) -> Scene:
    """A writer may answer in the characters that it has learned from; its picture is then of other words."""
    if not find_simplified(scene.narration):
        return scene
    keywords = tuple(as_in_taiwan(word, beside=scene.narration) for word in scene.keywords)
    return scene.model_copy(update={"narration": as_in_taiwan(scene.narration), "keywords": keywords, "picture": None})


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
        fits = groups and spoken_seconds(joined, language, pace=pace) <= longest
        if fits and not part_ways(groups[-1], sentence, language, pace=pace):
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
