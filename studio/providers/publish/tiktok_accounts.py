"""Ways to TikTok accounts. Source: developers.tiktok.com, Login Kit, and Manage User Access Tokens."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.publication import Grant, Token
from studio.providers.fields import row_of, text_of
from studio.providers.publish import oauth
from studio.providers.publish.tiktok_api import bearer, checked
from studio.providers.publish.wire import ask, page_at
from studio.providers.vendor import Vendor, is_local
from studio.settings import EnvSettings

PUBLIC_ROOT: Final = "https://open.tiktokapis.com"
PAGE: Final = "https://www.tiktok.com/v2/auth/authorize/"
SCOPES: Final = ("user.info.basic", "video.publish", "video.upload")

TIMEOUT_S = 20.0
MOST_BYTES = 1 << 20


class TikTokPublishSettings(EnvSettings):
    """An app of one's own at TikTok."""

    tiktok_client_key: str = ""
    tiktok_client_secret: SecretStr = SecretStr("")
    tiktok_root_url: str = PUBLIC_ROOT


class TikTokAccounts:
    """Connects accounts by Login Kit; refresh tokens live a year and are replaced at every use."""

    name = "tiktok"

    def check(self) -> None:
        """Raise ProviderNotReady without an app."""
        settings = TikTokPublishSettings()
        if not settings.tiktok_client_key or not settings.tiktok_client_secret.get_secret_value():
            message = (
                "TIKTOK_CLIENT_KEY or TIKTOK_CLIENT_SECRET is not set; set both, or use 'folder', which needs no app"
            )
            raise ProviderNotReady("publish", self.name, message)

    def authorization_url(self, *, state: str, challenge: str, redirect: str) -> str:
        """Where the owner's browser goes."""
        parameters = {
            "client_key": TikTokPublishSettings().tiktok_client_key,
            "response_type": "code",
            "scope": ",".join(SCOPES),
            "redirect_uri": redirect,
            "state": state,
            "code_challenge": _as_tiktok_wants(challenge, redirect),
            "code_challenge_method": "S256",
        }
        return oauth.address(page_at(vendor_of(), PAGE, public=PUBLIC_ROOT), parameters)

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Grant:
        """The account behind *code*. Raises ProviderRejected, ProviderUnavailable."""
        vendor = vendor_of()
        form = {
            **_app(),
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        token = oauth.redeem(vendor, "/v2/oauth/token/", form)
        oauth.missing(vendor, token.scopes, SCOPES)
        user = _user(vendor, token)
        identifier = text_of(user.get("open_id"))
        if not identifier:
            raise vendor.unavailable("its answer was of another shape")
        return Grant(remote_id=identifier, name=text_of(user.get("display_name")) or identifier, token=token)

    def refresh(self, token: Token) -> Token:
        """A newer token. Raises ProviderNotReady, ProviderUnavailable."""
        form = {**_app(), "grant_type": "refresh_token", "refresh_token": token.refresh}
        return oauth.renew(vendor_of(), "/v2/oauth/token/", form, token)

    def revoke(self, token: Token) -> None:
        """Make it worthless. Raises ProviderUnavailable."""
        try:
            vendor_of().send("POST", "/v2/oauth/revoke/", form={**_app(), "token": token.access})
        except (ProviderRejected, ProviderNotReady):
            return  # it was worthless already


def vendor_of() -> Vendor:
    """TikTok, where the operator says it is."""
    root = TikTokPublishSettings().tiktok_root_url
    return Vendor("publish", "tiktok", root, key_name="TIKTOK_CLIENT_KEY", timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)


def _app() -> dict[str, str]:
    settings = TikTokPublishSettings()
    return {
        "client_key": settings.tiktok_client_key,
        "client_secret": settings.tiktok_client_secret.get_secret_value(),
    }


def _as_tiktok_wants(challenge: str, redirect: str) -> str:
    """
    The challenge in hexadecimal for apps of the kind Desktop, which are the ones that may come back to this machine.

    TikTok refuses base64url there, against RFC 7636. Source: Login Kit for Desktop.
    """
    if not is_local(redirect) or urlsplit(redirect).port is None:
        return challenge
    return base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4)).hex()


def _user(vendor: Vendor, token: Token) -> dict[str, object]:
    answer = ask(
        vendor,
        "GET",
        vendor.root.rstrip("/") + "/v2/user/info/",
        headers=bearer(token),
        params={"fields": "open_id,display_name"},
    )
    return dict(row_of(checked(vendor, answer).get("user")))
