"""DeepSeek's own endpoint."""

from __future__ import annotations

from pydantic import SecretStr

from studio.providers.llm.access import Access
from studio.providers.llm.compatible import Compatible
from studio.settings import EnvSettings, ProviderNames


class DeepSeekSettings(EnvSettings):
    """The vendor's usual variables. Source: api-docs.deepseek.com."""

    deepseek_api_key: SecretStr = SecretStr("")
    deepseek_base_url: str = "https://api.deepseek.com"
    deepseek_model: str = ""
    """Which models there are changes too often for a default."""
    deepseek_models: ProviderNames = ()
    """What users of the API may ask besides DEEPSEEK_MODEL; empty allows all that the endpoint lists."""


class DeepSeek(Compatible):
    """Ready with a key and a model."""

    name = "deepseek"

    @property
    def access(self) -> Access:
        """DEEPSEEK_*."""
        settings = DeepSeekSettings()
        return Access(
            self.name,
            base_url=settings.deepseek_base_url,
            key=settings.deepseek_api_key.get_secret_value(),
            model=settings.deepseek_model,
            models=settings.deepseek_models,
        )
