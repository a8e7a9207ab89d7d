"""What a model is told: our prompts out of `templates/prompts/`, and other people's text in a fence."""

from __future__ import annotations

import re
from functools import cache
from typing import TypedDict

from studio.language.detect import is_chinese
from studio.models.research import Source
from studio.providers.llm import ScriptOrder
from studio.settings import PROJECT

FOLDER = PROJECT / "templates" / "prompts"

SCENE_LENGTH = 1.2
"""Of a model's scenes, in the template's: they are whole thoughts of one or two sentences."""

MOST_SCENES = 60
"""Of one film: in longer ones a scene is longer."""

UNITS_A_HANZI = 1.13
UNITS_A_WORD = 1.1
"""What a voice's pace counts beyond characters and words: a comma or a full stop every dozen of them."""

MOST_SOURCE_CHARS = 6_000
"""Of one source: the beginning of an article says what it is about."""

_UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]")
"""Control characters and those that hide or turn text."""


class Message(TypedDict):
    """One turn of a conversation, as the protocol has it."""

    role: str
    content: str


def opening(order: ScriptOrder) -> list[Message]:
    """Our rules, and the creator's text as data in a message of its own."""
    rules = filled(prompt(order.template.prompt, order.language), **_plan(order))
    direction = order.template.words(order.language).direction
    rules = f"{rules.rstrip()}\n\n{direction}\n" if direction else rules
    return [Message(role="system", content=rules), Message(role="user", content=_material(order))]


def prompt(name: str, language: str) -> str:
    """The prompt called *name* for *language*, with names in braces for what is filled in."""
    return _read(f"{name}.{'zh-TW' if is_chinese(language) else 'en'}.md")


def filled(text: str, **values: object) -> str:
    """*text* with each name in braces replaced; other braces stay."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def cleaned(text: str) -> str:
    """*text* without characters that nobody sees."""
    return _UNSEEN.sub("", text)


def _plan(order: ScriptOrder) -> dict[str, int]:
    """How many characters (Chinese) or words, and about how many scenes, gaps taken off."""
    is_zh = is_chinese(order.language)
    units = UNITS_A_HANZI if is_zh else UNITS_A_WORD
    scenes = max(1, min(MOST_SCENES, round(order.seconds / (order.template.scene_seconds * SCENE_LENGTH))))
    spoken = max(1.0, order.seconds - (scenes + 2) * order.template.gap)
    return {"length": max(1, round(spoken * order.pace / units)), "scenes": scenes}


def _material(order: ScriptOrder) -> str:
    """Title, notes and sources, each in a fence that its own text cannot close."""
    parts = [_fence("title", order.title), _fence("notes", order.description)]
    return "\n".join([*parts, *(_fence("source", _quoted(source)) for source in order.sources)])


def _quoted(source: Source) -> str:
    return f"{source.title}\n{source.text[:MOST_SOURCE_CHARS]}"


def _fence(name: str, text: str) -> str:
    inside = cleaned(text).replace("<", "＜").replace(">", "＞")
    return f"<{name}>\n{inside}\n</{name}>"


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")
