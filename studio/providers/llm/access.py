"""Where text models answer: a named endpoint of the OpenAI protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.errors import ProviderError, ProviderNotReady, ProviderUnavailable
from studio.providers.openaisdk import Endpoint

if TYPE_CHECKING:
    import openai


@dataclass(frozen=True)
class Access:
    """
    One endpoint as the operator set it up.

    *models* are those that users of the API may ask besides *model*; empty allows all that the endpoint lists.
    """

    name: str
    base_url: str
    key: str = field(repr=False)
    model: str
    models: tuple[str, ...] = ()
    needs_key: bool = True

    @property
    def key_name(self) -> str:
        """The variable that the key is in."""
        return f"{self.name.upper()}_API_KEY"

    @property
    def model_name(self) -> str:
        """The variable that the model is in."""
        return f"{self.name.upper()}_MODEL"

    @property
    def base_name(self) -> str:
        """The variable that the address is in."""
        return f"{self.name.upper()}_BASE_URL"

    def check(self) -> None:
        """Raise ProviderNotReady when a key or a model is missing."""
        needed = ((self.key or not self.needs_key, self.key_name), (self.model, self.model_name))
        missing = [variable for is_set, variable in needed if not is_set]
        if missing:
            raise ProviderNotReady(
                "llm", self.name, f"{missing[0]} is not set; set it, or use llm 'embedded', which needs no key"
            )

    def unavailable(self, message: str) -> ProviderUnavailable:
        """This endpoint's error of that kind."""
        return ProviderUnavailable("llm", self.name, message)

    def meaning(self, error: openai.OpenAIError, *, model: str) -> ProviderError:
        """The error of ours that says what the vendor's *error*, about *model*, means."""
        endpoint = Endpoint("llm", "chat", model, self.model_name, self.base_name, self.name, self.key_name)
        return endpoint.meaning(error)
