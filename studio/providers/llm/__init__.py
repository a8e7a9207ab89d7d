"""Writers: who can turn a title and notes into a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from studio.language.pace import spoken_seconds
from studio.models.research import Source
from studio.models.script import Script
from studio.models.template import Dressed
from studio.providers.catalog import Catalog
from studio.providers.till import Till


@dataclass(frozen=True)
class ScriptOrder:
    """
    What a script has to be.

    *seconds* is the length of the finished narration, *pace* the voice's measured rate in spoken units a
    second (`studio/language/pace.py`). *sources* are what the facts may be taken from besides the description.
    *salt* tells orders apart that are otherwise the same: another film of the same title gets its own script.
    """

    title: str
    description: str
    language: str
    seconds: int
    pace: float
    template: Dressed
    sources: tuple[Source, ...] = ()
    salt: str = ""

    def seconds_of(self, narration: str) -> float:
        """About how long a scene that says *narration* lasts, the gap behind it included."""
        return spoken_seconds(narration, self.language, pace=self.pace) + self.template.gap


@runtime_checkable
class LLM(Protocol):
    """Writes scripts."""

    name: str

    def check(self) -> None:
        """Return when ready to write. Raises ProviderNotReady."""
        ...

    def write_script(self, order: ScriptOrder, *, till: Till) -> Script:
        """
        A script for *order*, hook first and closing last; what it costs is bought at *till*.

        Raises:
            ProviderUnavailable: try again later.
            ProviderRejected: this order will never be written.
        """
        ...


catalog = Catalog[LLM](
    "llm",
    {
        "openai": "studio.providers.llm.openai:OpenAI",
        "deepseek": "studio.providers.llm.deepseek:DeepSeek",
        "ollama": "studio.providers.llm.ollama:Ollama",
        "gemini": "studio.providers.llm.gemini:Gemini",
        "openrouter": "studio.providers.llm.openrouter:OpenRouter",
        "embedded": "studio.providers.llm.embedded:EmbeddedWriter",
    },
)
