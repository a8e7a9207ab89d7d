"""Ways to accounts by OAuth 2.0, as all platforms have them. Source: RFC 6749, RFC 7009, RFC 7636."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from studio.errors import PermissionEnded, ProviderRejected, ProviderUnavailable
from studio.models.publication import Token
from studio.providers.vendor import Vendor

LONGEST_LIFE_S = 10 * 365 * 24 * 3600.0
"""A token that says it lives longer is not believed: the calendar ends."""


def address(url: str, parameters: Mapping[str, str]) -> str:
    """Where the owner's browser goes."""
    return f"{url}?{urlencode(parameters)}"


def redeem(vendor: Vendor, path: str, form: Mapping[str, str], *, asked: tuple[str, ...] = ()) -> Token:
    """
    The token that the platform gives for a code.

    Raises:
        ProviderRejected: the code is not good, or was used.
        ProviderUnavailable: no answer that can be read.
    """
    return token_of(vendor, asked_json(vendor, path, form), asked=asked)


def renew(vendor: Vendor, path: str, form: Mapping[str, str], token: Token) -> Token:
    """
    A newer token than *token*; what the platform does not say anew stays as it was.

    Raises:
        PermissionEnded: the platform takes the old one no more: the account has to be connected again.
        ProviderNotReady: the platform does not know us: the operator's id or secret is wrong.
        ProviderUnavailable: try again.
    """
    if not token.refresh:
        raise ended(vendor)
    try:
        fresh = token_of(vendor, asked_json(vendor, path, form), asked=token.scopes)
    except ProviderRejected as error:
        raise ended(vendor) from error
    return fresh if fresh.refresh else fresh.model_copy(update={"refresh": token.refresh})


def asked_json(vendor: Vendor, path: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that answers *form*. Raises ProviderError."""
    try:
        answer = json.loads(vendor.send("POST", path, form=form).content)
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable(vendor.role, vendor.name, "its answer was no JSON") from error
    if not isinstance(answer, dict):
        raise ProviderUnavailable(vendor.role, vendor.name, "its answer was of another shape")
    return answer


def token_of(vendor: Vendor, answer: Mapping[str, Any], *, asked: tuple[str, ...] = ()) -> Token:
    """
    The token in *answer*.

    Raises:
        ProviderRejected: the platform says that there is none.
        ProviderUnavailable: there is none that could be read.
    """
    if answer.get("error"):
        # Not the platform's words: some of them repeat what they were sent.
        raise ProviderRejected(vendor.role, vendor.name, "it refused the code or token")
    scopes = answer.get("scope")
    lives_s = answer.get("expires_in")
    try:
        return Token(
            access=answer["access_token"],
            refresh=answer.get("refresh_token") or "",
            expires_at=_until(lives_s),
            scopes=tuple(scopes.replace(",", " ").split()) if isinstance(scopes, str) else asked,
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        # Not from the cause: its text has the token.
        raise ProviderUnavailable(vendor.role, vendor.name, "its answer was of another shape") from None


def ended(vendor: Vendor) -> PermissionEnded:
    """The error of an account whose owner has to come again."""
    return PermissionEnded(vendor.role, vendor.name, "the account's permission has ended; connect it again")


def missing(vendor: Vendor, granted: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """
    Return when everything that is needed was granted.

    Raises:
        ProviderRejected: names what was not.
    """
    lacking = [scope for scope in needed if scope not in granted]
    if lacking:
        raise ProviderRejected(vendor.role, vendor.name, f"these permissions were not granted: {', '.join(lacking)}")


def _until(lives_s: Any) -> datetime | None:
    if lives_s is None:
        return None
    return datetime.now(UTC) + timedelta(seconds=min(max(0.0, float(lives_s)), LONGEST_LIFE_S))
