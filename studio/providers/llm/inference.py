"""Text models as the API offers them: which there are, and what they answer to a text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from studio.errors import UnknownName
from studio.providers.catalog import Catalog
from studio.providers.fallback import ready_ones
from studio.providers.till import Quote
from studio.settings import get_settings

DEFAULT = "model_1"
"""The id of the REST contract's example: an alias of the first writer that is ready."""


@dataclass(frozen=True)
class TextModel:
    """A model by the name that its provider knows it by."""

    id: str
    name: str
    provider: str
    is_available: bool


@dataclass(frozen=True)
class Question:
    """
    What a model is asked; *text* is data and never becomes an instruction of ours.

    *max_length* counts characters of the answer. *temperature* None leaves it to the model.
    """

    text: str
    max_length: int
    temperature: float | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens, as the endpoint counted them, or as `studio/language/tokens.py` estimates where it did not."""

    input_tokens: int
    output_tokens: int


@runtime_checkable
class TextModels(Protocol):
    """Answers texts with one of its models."""

    name: str

    def check(self) -> None:
        """Return when ready to answer. Raises ProviderNotReady."""
        ...

    @property
    def default(self) -> str:
        """The id of the model that answers when none is named."""
        ...

    async def models(self) -> list[TextModel]:
        """The models there are now, within a time that a caller can wait for; it never fails."""
        ...

    def quote(self, model: str, question: Question) -> Quote | None:
        """What answering *question* uses at most, under a key of its own; None for a model of ours."""
        ...

    def answer(self, model: str, question: Question) -> AsyncGenerator[str | Usage, None]:
        """
        The answer piece by piece, at most *max_length* characters, and its usage as the last.

        Raises:
            BadInput: the text is of no use to this model.
            ProviderUnavailable: try again later.
            ProviderRejected: this text will never be answered.
            ProviderNotReady: the operator has something to set.
        """
        ...


catalog = Catalog[TextModels](
    "llm",
    {
        "openai": "studio.providers.llm.openai:OpenAI",
        "deepseek": "studio.providers.llm.deepseek:DeepSeek",
        "ollama": "studio.providers.llm.ollama:Ollama",
        "gemini": "studio.providers.llm.gemini:Gemini",
        "openrouter": "studio.providers.llm.openrouter:OpenRouter",
        "embedded": "studio.providers.llm.excerpt:Excerpt",
    },
)


async def text_models() -> list[TextModel]:
    """Every model, the default first under its alias; a name that two endpoints have is the first one's."""
    providers = _providers()
    found: dict[str, TextModel] = {}
    for models in await asyncio.gather(*(provider.models() for provider in providers)):
        for model in models:
            found.setdefault(model.id, model)
    provider = providers[0]
    default = found[provider.default]
    return [TextModel(DEFAULT, default.name, default.provider, default.is_available), *found.values()]


async def find_model(model_id: str) -> tuple[TextModels, str]:
    """
    Who answers for *model_id*, and the name of it there.

    Raises:
        UnknownName: there is no such model; the message lists those there are.
    """
    if model_id == DEFAULT:
        first = _providers()[0]
        return first, first.default
    models = await text_models()
    for model in models:
        if model.id == model_id:
            return catalog.open(model.provider), model.id
    raise UnknownName(model_id, field="model_id", known=[model.id for model in models])


def _providers() -> list[TextModels]:
    """Those that are ready, in the operator's order; the embedded one is always there."""
    return ready_ones(catalog, dict.fromkeys((*get_settings().llm, "embedded")))
