"""Writers: who can turn a title and notes into a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from studio.models.script import Script
from studio.models.template import Template
from studio.providers.catalog import Catalog


@dataclass(frozen=True)
class ScriptOrder:
    """
    What a script has to be.

    *seconds* is the length of the finished narration, *pace* the voice's measured rate in spoken units a
    second (`studio/language/pace.py`).
    """

    title: str
    description: str
    language: str
    seconds: int
    pace: float
    template: Template


@runtime_checkable
class LLM(Protocol):
    """Writes scripts."""

    name: str

    def check(self) -> None:
        """Return when ready to write. Raises ProviderNotReady."""
        ...

    def write_script(self, order: ScriptOrder) -> Script:
        """
        A script for *order*, hook first and closing last.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: this order will never be written.
        """
        ...


catalog = Catalog[LLM](
    "llm",
    {
        "openai": "studio.providers.llm.openai:OpenAIWriter",
        "embedded": "studio.providers.llm.embedded:EmbeddedWriter",
    },
)
