"""The embedded writer as a text model: the script that it makes of the given text, and nothing made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime

from studio.errors import BadInput
from studio.language.detect import detect_language
from studio.language.pace import spoken_units
from studio.language.sentences import split_sentences
from studio.language.tokens import estimated_tokens
from studio.models.dressing import dress
from studio.models.script import Scene
from studio.models.templatefiles import load_template
from studio.providers.llm import ScriptOrder
from studio.providers.llm.embedded import EmbeddedWriter
from studio.providers.llm.inference import Question, TextModel, Usage
from studio.providers.till import OpenTill, Quote

ID = "embedded"
PACE = 4.0
"""Spoken units a second. Any would do: length and pace cancel each other out."""


class Excerpt:
    """Extractive and always the same for the same text: *temperature* changes nothing."""

    name = "embedded"
    default = ID

    def check(self) -> None:
        """Always ready."""

    async def models(self) -> list[TextModel]:
        """The one."""
        return [TextModel(ID, "Embedded extractive writer", self.name, is_available=True)]

    def quote(self, model: str, question: Question) -> Quote | None:
        """Nothing: it is ours."""
        return None

    async def answer(self, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
        """Hook, telling sentences in the order in which they were given, closing line; a line each."""
        text = await asyncio.to_thread(excerpt, question.text, max_length=question.max_length)
        for line in text.splitlines(keepends=True):
            yield line
        yield Usage(estimated_tokens(question.text), estimated_tokens(text))


def excerpt(text: str, *, max_length: int) -> str:
    """
    The embedded writer's script of *text*, at most *max_length* characters.

    Raises:
        BadInput: the text holds no word, or is in a language that the writer does not know.
    """
    if not any(char.isalnum() for char in text):
        raise BadInput("holds no word", field="input.text")
    try:
        language = detect_language(text)
    except BadInput as error:
        raise BadInput(error.message, field="input.text") from error
    title, description = _headed(text, language)
    order = ScriptOrder(
        title=title,
        description=description,
        language=language,
        seconds=round(max_length * _units_a_character(text, language) / PACE),
        pace=PACE,
        template=dress(
            load_template("default"), title=title, fields={}, language=language, today=datetime.now(UTC).date()
        ),
    )
    return _fitting(EmbeddedWriter().write_script(order, till=OpenTill()).scenes, max_length)


def _headed(text: str, language: str) -> tuple[str, str]:
    """The first sentence and the rest: what a title and a description would be."""
    first = next(sentence for sentence in split_sentences(text, language) if any(map(str.isalnum, sentence)))
    return first, text[text.index(first) + len(first) :]


def _units_a_character(text: str, language: str) -> float:
    return spoken_units(text, language) / len(text)


def _fitting(scenes: Sequence[Scene], max_length: int) -> str:
    """As many scenes as fit, hook and closing before the others; a hook that is too long is cut."""
    hook, *body, closing = (scene.narration for scene in scenes)
    if len(hook) >= max_length:
        return hook[:max_length]
    room = max_length - len(hook)
    ends = len(closing) + 1 <= room
    room -= (len(closing) + 1) * ends
    kept = []
    for line in body:
        if len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join([hook, *kept, *([closing] if ends else [])])
