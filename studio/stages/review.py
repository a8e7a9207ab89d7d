"""A script as people read and change it: a scene a paragraph."""

from __future__ import annotations

import re

from studio.errors import BadInput
from studio.language.keywords import keywords
from studio.models.script import Scene, SceneRole, Script

_PARAGRAPH = re.compile(r"\n\s*\n")
KEYWORDS = 4


def as_text(script: Script) -> str:
    """What is said, a scene a paragraph."""
    return "\n\n".join(scene.narration for scene in script.scenes)


def with_text(script: Script, text: str) -> Script:
    """
    *script* saying *text*, a paragraph a scene. Scenes whose words are as they were stay as they were.

    Raises:
        BadInput: *text* holds nothing that can be said.
    """
    paragraphs = [" ".join(part.split()) for part in _PARAGRAPH.split(text) if any(char.isalnum() for char in part)]
    if not paragraphs:
        raise BadInput("holds no word that could be said", field="script")
    before = {scene.narration: scene for scene in script.scenes}
    last = len(paragraphs) - 1
    scenes = [
        before.get(words) or Scene(narration=words, role=_role(i, last), visual=words)
        for i, words in enumerate(paragraphs)
    ]
    return completed(script.model_copy(update={"scenes": tuple(scenes)}))


def completed(script: Script) -> Script:
    """*script* with an idea for the picture and keywords in every scene, so that shots can be planned."""
    return script.model_copy(update={"scenes": tuple(_completed(scene, script.language) for scene in script.scenes)})


def _completed(scene: Scene, language: str) -> Scene:
    found = scene.keywords or keywords(scene.narration, language, most=KEYWORDS)
    return scene.model_copy(update={"visual": scene.visual or scene.narration, "keywords": found})


def _role(index: int, last: int) -> SceneRole:
    if index == 0:
        return "hook"
    return "closing" if index == last else "body"
