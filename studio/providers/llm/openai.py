"""OpenAI, or any other endpoint that OPENAI_BASE_URL names."""

from __future__ import annotations

from pydantic import SecretStr

from studio.providers.llm.access import Access
from studio.providers.llm.compatible import Compatible
from studio.settings import EnvSettings, ProviderNames


class OpenAISettings(EnvSettings):
    """The vendor's usual variables."""

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5-mini"
    openai_models: ProviderNames = ()
    """What users of the API may ask besides OPENAI_MODEL; empty allows all that the endpoint lists."""


class OpenAI(Compatible):
    """Takes the vendor's strict schemas."""

    name = "openai"

    @property
    def access(self) -> Access:
        """OPENAI_*."""
        settings = OpenAISettings()
        return Access(
            self.name,
            base_url=settings.openai_base_url,
            key=settings.openai_api_key.get_secret_value(),
            model=settings.openai_model,
            models=settings.openai_models,
        )
