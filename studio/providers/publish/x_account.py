"""
X accounts, connected by OAuth 2.0.

Source: docs.x.com, OAuth 2.0 Authorization Code Flow with PKCE.
"""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote_plus

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.publication import Grant, Token
from studio.providers.publish.oauth import address, missing, redeem, renew
from studio.providers.publish.patience import persist
from studio.providers.publish.x_client import User
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

API_ROOT: Final = "https://api.x.com"
CONSENT_ROOT: Final = "https://x.com"
"""Where browsers go while X_ROOT_URL is not set."""

SCOPES: Final = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")

TIMEOUT_S = 30.0
MOST_BYTES = 4 << 20


class XSettings(EnvSettings):
    """The OAuth client of the operator's app at X, and where X is."""

    x_client_id: str = ""
    x_client_secret: SecretStr = SecretStr("")
    x_root_url: str = API_ROOT


class XAccounts:
    """Connects accounts; `X` inherits it."""

    name = "x"

    def check(self) -> None:
        """Raise ProviderNotReady without an OAuth client."""
        settings = XSettings()
        if not (settings.x_client_id and settings.x_client_secret.get_secret_value()):
            raise ProviderNotReady(
                "publish",
                self.name,
                "X_CLIENT_ID or X_CLIENT_SECRET is not set; set both, or use publish 'folder', which needs no account",
            )

    def authorization_url(self, *, state: str, challenge: str, redirect: str) -> str:
        """Where the owner's browser goes."""
        self.check()
        root = XSettings().x_root_url.rstrip("/")
        return address(
            f"{CONSENT_ROOT if root == API_ROOT else root}/i/oauth2/authorize",
            {
                "response_type": "code",
                "client_id": XSettings().x_client_id,
                "redirect_uri": redirect,
                "scope": " ".join(SCOPES),
                "state": state,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
        )

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Grant:
        """The user behind *code*. Raises ProviderRejected, ProviderUnavailable."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect}
        token = redeem(_oauth(), "/2/oauth2/token", form, asked=SCOPES)
        missing(_oauth(), token.scopes, SCOPES)
        if not token.refresh:
            raise ProviderRejected("publish", self.name, "it gave no refresh token; connect the account again")
        with User(x(), token) as user:
            user_id, name, handle = persist(user.identity)
        return Grant(remote_id=user_id, name=f"{name} (@{handle})", token=token)

    def refresh(self, token: Token) -> Token:
        """A newer token; X gives another refresh token with each. Raises ProviderNotReady, ProviderUnavailable."""
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        return renew(_oauth(), "/2/oauth2/token", form, token)

    def revoke(self, token: Token) -> None:
        """Make access and refresh token worthless."""
        for kind, value in (("refresh_token", token.refresh), ("access_token", token.access)):
            if not value:
                continue
            try:
                _oauth().send("POST", "/2/oauth2/revoke", form={"token": value, "token_type_hint": kind})
            except (ProviderRejected, ProviderNotReady):
                continue  # it was worthless before


def x() -> Vendor:
    """X's API."""
    root = XSettings().x_root_url
    return Vendor("publish", "x", root, key_name="X_CLIENT_ID", timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)


def _oauth() -> Vendor:
    """With the client's own password, as RFC 6749 (2.3.1) has it."""
    settings = XSettings()
    pair = f"{quote_plus(settings.x_client_id)}:{quote_plus(settings.x_client_secret.get_secret_value())}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return Vendor("publish", "x", settings.x_root_url, key_name="X_CLIENT_SECRET", headers=headers)
