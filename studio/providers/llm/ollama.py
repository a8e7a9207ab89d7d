"""Models that Ollama runs on a machine of one's own."""

from __future__ import annotations

from pydantic import SecretStr

from studio.providers.llm.access import Access
from studio.providers.llm.compatible import Compatible
from studio.settings import EnvSettings, ProviderNames


class OllamaSettings(EnvSettings):
    """The vendor's usual variables. Source: docs.ollama.com."""

    ollama_api_key: SecretStr = SecretStr("")
    ollama_base_url: str = "http://localhost:11434/v1"
    ollama_model: str = ""
    """One that was pulled; there is no default, since nothing says which was."""
    ollama_models: ProviderNames = ()
    """What users of the API may ask besides OLLAMA_MODEL; empty allows all that the endpoint lists."""


class Ollama(Compatible):
    """Ready with a model; a key is needed only where a proxy before it asks for one."""

    name = "ollama"

    @property
    def access(self) -> Access:
        """OLLAMA_*."""
        settings = OllamaSettings()
        return Access(
            self.name,
            base_url=settings.ollama_base_url,
            key=settings.ollama_api_key.get_secret_value(),
            model=settings.ollama_model,
            models=settings.ollama_models,
            needs_key=False,
        )
