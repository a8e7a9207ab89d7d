"""Google's Gemini by its OpenAI-compatible endpoint."""

from __future__ import annotations

from pydantic import SecretStr

from studio.providers.llm.access import Access
from studio.providers.llm.compatible import Compatible
from studio.settings import EnvSettings, ProviderNames


class GeminiSettings(EnvSettings):
    """The vendor's usual variables. Source: ai.google.dev/gemini-api/docs/openai."""

    gemini_api_key: SecretStr = SecretStr("")
    gemini_base_url: str = "https://generativelanguage.googleapis.com/v1beta/openai/"
    gemini_model: str = ""
    """Which models there are changes too often for a default."""
    gemini_models: ProviderNames = ()
    """What users of the API may ask besides GEMINI_MODEL; empty allows all that the endpoint lists."""


class Gemini(Compatible):
    """Ready with a key and a model."""

    name = "gemini"

    @property
    def access(self) -> Access:
        """GEMINI_*."""
        settings = GeminiSettings()
        return Access(
            self.name,
            base_url=settings.gemini_base_url,
            key=settings.gemini_api_key.get_secret_value(),
            model=settings.gemini_model,
            models=settings.gemini_models,
        )
