"""
Ways to Instagram accounts, by Facebook Login: professional accounts that a page of their owner's is linked to.

Source: developers.facebook.com, Instagram API with Facebook Login, and Get Long-Lived Access Tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.publication import Grant, Token
from studio.providers.fields import Row, name_of, row_of, rows_of, text_of
from studio.providers.publish import oauth
from studio.providers.publish.instagram_api import ENDED, VERSION, codes_of, error_of, graph
from studio.providers.publish.wire import object_of, page_at
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

PUBLIC_ROOT: Final = "https://graph.facebook.com"
PAGE: Final = f"https://www.facebook.com/{VERSION}/dialog/oauth"
NEEDED: Final = ("instagram_basic", "instagram_content_publish", "pages_show_list", "pages_read_engagement")
WANTED: Final = "instagram_manage_contents"
"""Lets films be removed again. Meta grants it to few apps, and everything else works without it."""

TIMEOUT_S = 20.0
MOST_BYTES = 1 << 20


class InstagramPublishSettings(EnvSettings):
    """An app of one's own at Meta."""

    instagram_app_id: str = ""
    instagram_app_secret: SecretStr = SecretStr("")
    instagram_root_url: str = PUBLIC_ROOT


class InstagramAccounts:
    """Connects accounts; tokens live 60 days and are exchanged for newer ones while they live."""

    name = "instagram"

    def check(self) -> None:
        """Raise ProviderNotReady without an app."""
        settings = InstagramPublishSettings()
        if not settings.instagram_app_id or not settings.instagram_app_secret.get_secret_value():
            message = (
                "INSTAGRAM_APP_ID or INSTAGRAM_APP_SECRET is not set; set both, or use 'folder', which needs no app"
            )
            raise ProviderNotReady("publish", self.name, message)

    def authorization_url(self, *, state: str, challenge: str, redirect: str) -> str:
        """Where the owner's browser goes."""
        parameters = {
            "client_id": InstagramPublishSettings().instagram_app_id,
            "response_type": "code",
            "scope": ",".join((*NEEDED, WANTED)),
            "redirect_uri": redirect,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return oauth.address(page_at(vendor_of(), PAGE, public=PUBLIC_ROOT), parameters)

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Grant:
        """The account behind *code*. Raises ProviderRejected, ProviderUnavailable."""
        vendor = vendor_of()
        form = {**_app(), "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        short = oauth.redeem(vendor, f"/{VERSION}/oauth/access_token", form)
        token = _long_lived(vendor, short)
        granted = tuple(
            text_of(row.get("permission"))
            for row in _rows(vendor, "/me/permissions", token, {})
            if row.get("status") == "granted"
        )
        oauth.missing(vendor, granted, NEEDED)
        account = _account(vendor, token)
        identifier = name_of(account.get("id"))
        name = text_of(account.get("username")) or identifier
        return Grant(remote_id=identifier, name=name, token=token.model_copy(update={"scopes": granted}))

    def refresh(self, token: Token) -> Token:
        """A newer token; only one that still lives can be exchanged. Raises ProviderNotReady, ProviderUnavailable."""
        vendor = vendor_of()
        form = {**_app(), "grant_type": "fb_exchange_token", "fb_exchange_token": token.refresh}
        fresh = oauth.renew(vendor, f"/{VERSION}/oauth/access_token", form, token)
        return _halved(fresh, scopes=token.scopes)

    def revoke(self, token: Token) -> None:
        """Take the app's permissions back, all that this person has given. Raises ProviderUnavailable."""
        vendor = vendor_of()
        answer = graph(vendor, "DELETE", "/me/permissions", token, {})
        if answer.is_good or codes_of(answer)[0] in ENDED:
            return
        error = error_of(vendor, answer)
        if not isinstance(error, ProviderRejected | ProviderNotReady):
            raise error


def vendor_of() -> Vendor:
    """Meta's Graph API, where the operator says it is."""
    root = InstagramPublishSettings().instagram_root_url
    return Vendor("publish", "instagram", root, key_name="INSTAGRAM_APP_ID", timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)


def _app() -> dict[str, str]:
    settings = InstagramPublishSettings()
    return {
        "client_id": settings.instagram_app_id,
        "client_secret": settings.instagram_app_secret.get_secret_value(),
    }


def _long_lived(vendor: Vendor, short: Token) -> Token:
    form = {**_app(), "grant_type": "fb_exchange_token", "fb_exchange_token": short.access}
    return _halved(oauth.redeem(vendor, f"/{VERSION}/oauth/access_token", form), scopes=())


def _halved(token: Token, *, scopes: tuple[str, ...]) -> Token:
    """
    *token* as one that ends after half of its life, and is its own refresh token.

    Meta has no refresh tokens: one that lives is exchanged for one that lives longer. So it has to be done in time.
    """
    now = datetime.now(UTC)
    ends = None if token.expires_at is None else now + (token.expires_at - now) / 2
    return Token(access=token.access, refresh=token.access, expires_at=ends, scopes=scopes)


def _account(vendor: Vendor, token: Token) -> Row:
    """
    The one Instagram account that was granted.

    Raises:
        ProviderRejected: there is none, or more than one: a film must not land at the wrong one.
    """
    fields = {"fields": "name,instagram_business_account{id,username}", "limit": "100"}
    pages = _rows(vendor, "/me/accounts", token, fields)
    accounts = [row_of(page.get("instagram_business_account")) for page in pages]
    found = {name_of(each.get("id")): each for each in accounts if name_of(each.get("id"))}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        names = ", ".join(sorted(text_of(each.get("username")) for each in found.values()))
        message = f"several Instagram accounts were granted ({names}); connect again and choose one page alone"
    else:
        message = "no page with a professional Instagram account was granted; link one to a page, and grant that page"
    raise ProviderRejected(vendor.role, vendor.name, message)


def _rows(vendor: Vendor, path: str, token: Token, values: Mapping[str, str]) -> list[Row]:
    answer = graph(vendor, "GET", path, token, values)
    if not answer.is_good:
        raise error_of(vendor, answer)
    return list(rows_of(object_of(vendor, answer).get("data")))
