"""Where text models answer: a named endpoint of the OpenAI protocol, and what its errors mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.providers.vendor import retry_after

if TYPE_CHECKING:
    import openai

PASSING = (408, 409, *range(500, 600))
"""Statuses that the vendor's own SDK would try again, its rate limit aside."""


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

    def translate(self, error: openai.OpenAIError, *, model: str) -> ProviderError:
        """The error of ours that says what the vendor's *error* means; the vendor's words are not repeated."""
        import openai

        if isinstance(error, openai.APIStatusError) and (
            error.status_code == 402 or error.code == "insufficient_quota"
        ):
            return OutOfBalance("llm", self.name, f"the account of {self.key_name} has no balance left; top it up")
        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            return ProviderNotReady(
                "llm", self.name, f"the key was refused; check {self.key_name} and {self.base_name}"
            )
        if isinstance(error, openai.RateLimitError):
            return OverLimit("llm", self.name, "over its rate limit", retry_after=_seconds(error))
        if _is_passing(error):
            return self.unavailable(f"no usable answer ({type(error).__name__})")
        if isinstance(error, openai.NotFoundError):
            return ProviderNotReady("llm", self.name, f"there is no model {model!r}; set {self.model_name}")
        return ProviderRejected("llm", self.name, f"the request was refused ({type(error).__name__})")


def _is_passing(error: openai.OpenAIError) -> bool:
    import openai

    # Bare, it came in the middle of a streamed answer.
    return (
        type(error) is openai.APIError
        or isinstance(error, (openai.APIConnectionError, openai.LengthFinishReasonError))
        or (isinstance(error, openai.APIStatusError) and error.status_code in PASSING)
    )


def _seconds(error: openai.APIStatusError) -> float | None:
    value = error.response.headers.get("retry-after", "")
    # Unlike others, this vendor also says "0.2".
    whole, _, fraction = value.partition(".")
    seconds = retry_after({"retry-after": whole})
    return seconds if seconds is None or not fraction.isdecimal() else seconds + float(f"0.{fraction}")
