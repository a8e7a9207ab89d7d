"""OpenRouter: many vendors' models behind one key."""

from __future__ import annotations

from pydantic import SecretStr

from studio.providers.llm.access import Access
from studio.providers.llm.compatible import Compatible
from studio.settings import EnvSettings, ProviderNames


class OpenRouterSettings(EnvSettings):
    """The vendor's usual variables. Source: openrouter.ai/docs."""

    openrouter_api_key: SecretStr = SecretStr("")
    openrouter_base_url: str = "https://openrouter.ai/api/v1"
    openrouter_model: str = ""
    """Which models there are changes too often for a default."""
    openrouter_models: ProviderNames = ()
    """What users of the API may ask besides OPENROUTER_MODEL; empty allows all that the endpoint lists."""


class OpenRouter(Compatible):
    """Ready with a key and a model."""

    name = "openrouter"

    @property
    def access(self) -> Access:
        """OPENROUTER_*."""
        settings = OpenRouterSettings()
        return Access(
            self.name,
            base_url=settings.openrouter_base_url,
            key=settings.openrouter_api_key.get_secret_value(),
            model=settings.openrouter_model,
            models=settings.openrouter_models,
        )
