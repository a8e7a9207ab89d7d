"""The `openai` SDK as speech and pictures use it: bounded, without retries of its own, its errors as ours."""

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

if TYPE_CHECKING:
    import openai

MODERATED = ("moderation_blocked", "content_policy_violation")
"""Codes of refusals for what was asked for. Source: the vendor's guide of images."""


@dataclass(frozen=True)
class Endpoint:
    """Who is asked for what, and the variables that messages name."""

    role: str
    what: str
    address: str
    model: str
    model_name: str
    address_name: str

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
            raise self._translated(error) from None
        except (httpx2.HTTPError, OSError, ValueError, RecursionError) as error:
            # The SDK lets broken JSON through as it finds it.
            raise self.unavailable(f"no whole answer ({type(error).__name__})") from None

    def unavailable(self, message: str) -> ProviderUnavailable:
        """That it may work later."""
        return ProviderUnavailable(self.role, "openai", message)

    def _translated(self, error: openai.OpenAIError) -> ProviderError:
        import openai

        if not isinstance(error, openai.APIStatusError):
            return self.unavailable(f"no answer ({type(error).__name__})")
        if error.status_code == 402 or error.code == "insufficient_quota":
            return OutOfBalance(self.role, "openai", "the account of OPENAI_API_KEY has no balance left; top it up")
        if error.status_code in (401, 403):
            return self._not_ready(f"the key was refused; check OPENAI_API_KEY and {self.address_name}")
        if error.status_code == 429:
            return OverLimit(
                self.role, "openai", "over its rate limit", retry_after=retry_after(error.response.headers)
            )
        if error.status_code in PASSING:
            return self.unavailable(f"it answered {error.status_code}")
        if error.status_code == 404:
            return self._not_ready(
                f"there is no {self.what} of model {self.model!r} at that address; "
                f"set {self.model_name} or {self.address_name}"
            )
        if error.code in MODERATED:
            return ProviderRejected(self.role, "openai", "its moderation refused the request; ask for something else")
        return ProviderRejected(self.role, "openai", f"it refused the request with {error.status_code}")

    def _not_ready(self, message: str) -> ProviderNotReady:
        return ProviderNotReady(self.role, "openai", message)


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
        http_client=openai.DefaultHttpxClient(event_hooks=bounds(most_bytes=most_bytes)),
    )
