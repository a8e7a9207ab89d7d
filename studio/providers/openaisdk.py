"""The `openai` SDK as every role uses it: bounded, without retries of its own, its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.providers.bounded import bounds
from studio.providers.vendor import CONNECT_S, PASSING, retry_after
from studio.web import tls

if TYPE_CHECKING:
    import openai

MODERATED = ("moderation_blocked", "content_policy_violation")
"""Codes of refusals for what was asked for. Source: the vendor's guide of images."""


@dataclass(frozen=True)
class Endpoint:
    """Who is asked for *what*, of which model, and the variables that messages name."""

    role: str
    what: str
    model: str
    model_name: str
    address_name: str
    provider: str = "openai"
    key_name: str = "OPENAI_API_KEY"

    @contextmanager
    def errors(self) -> Iterator[None]:
        """
        Turn what goes wrong in the block into errors of ours; the vendor's words are not repeated.

        Raises:
            ProviderError: what the vendor's error means.
        """
        import httpx2
        import openai

        try:
            yield
        except openai.OpenAIError as error:
            # Not from the cause: Prefect keeps and shows tracebacks, and vendors repeat keys in their refusals.
            raise self.meaning(error) from None
        except (httpx2.HTTPError, OSError, ValueError, RecursionError) as error:
            # The SDK lets broken JSON through as it finds it.
            raise self.unavailable(f"no whole answer ({type(error).__name__})") from None

    def unavailable(self, message: str) -> ProviderUnavailable:
        """That it may work later."""
        return ProviderUnavailable(self.role, self.provider, message)

    def meaning(self, error: openai.OpenAIError) -> ProviderError:
        """The error of ours that says what the vendor's *error* means; the vendor's words are not repeated."""
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._of_status(error)
        if isinstance(error, openai.ContentFilterFinishReasonError):
            return ProviderRejected(self.role, self.provider, "its filter refused the answer")
        return self.unavailable(f"no usable answer ({type(error).__name__})")

    def _of_status(self, error: openai.APIStatusError) -> ProviderError:
        status = error.status_code
        if status == 402 or error.code == "insufficient_quota":
            message = f"the account of {self.key_name} has no balance left; top it up"
            return OutOfBalance(self.role, self.provider, message)
        if status in (401, 403):
            return self._not_ready(f"the key was refused; check {self.key_name} and {self.address_name}")
        if status == 429:
            seconds = retry_after(error.response.headers)
            return OverLimit(self.role, self.provider, "over its rate limit", retry_after=seconds)
        if status in PASSING:
            return self.unavailable(f"it answered {status}")
        if status == 404:
            return self._not_ready(
                f"there is no {self.what} of model {self.model!r} at that address; "
                f"set {self.model_name} or {self.address_name}"
            )
        if error.code in MODERATED:
            message = "its moderation refused the request; ask for something else"
            return ProviderRejected(self.role, self.provider, message)
        return ProviderRejected(self.role, self.provider, f"it refused the request with {status}")

    def _not_ready(self, message: str) -> ProviderNotReady:
        return ProviderNotReady(self.role, self.provider, message)


@cache
def client_of(key: str, base_url: str, timeout_s: float, most_bytes: int) -> openai.OpenAI:
    """A client whose answers end; retries are tasks/policy.py's alone: two layers of them multiply."""
    import httpx2
    import openai

    return openai.OpenAI(
        api_key=key,
        base_url=base_url,
        timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
        max_retries=0,
        http_client=openai.DefaultHttpxClient(event_hooks=bounds(most_bytes=most_bytes), verify=tls()),
    )
