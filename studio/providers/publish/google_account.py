"""
Google accounts with a YouTube channel, connected by OAuth 2.0.

Source: developers.google.com, Using OAuth 2.0 for Web Server Applications.
"""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.publication import Grant, Token
from studio.providers.publish.oauth import address, missing, redeem, renew
from studio.providers.publish.patience import persist
from studio.providers.publish.youtube_client import Channel
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

OAUTH_ROOT: Final = "https://oauth2.googleapis.com"
CONSENT_ROOT: Final = "https://accounts.google.com"
"""Where browsers go while GOOGLE_OAUTH_ROOT_URL is not set: Google asks for consent on another host than it gives tokens."""

SCOPES: Final = (
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/youtube.force-ssl",
)
"""youtube.upload covers films and thumbnails; captions, playlists and removing want youtube.force-ssl."""

TIMEOUT_S = 60.0
MOST_BYTES = 4 << 20


class YouTubeSettings(EnvSettings):
    """The OAuth client of the operator's Google Cloud project, and where Google is."""

    youtube_client_id: str = ""
    youtube_client_secret: SecretStr = SecretStr("")
    youtube_root_url: str = "https://youtube.googleapis.com"
    google_oauth_root_url: str = OAUTH_ROOT


class GoogleAccounts:
    """Connects accounts; `YouTube` inherits it."""

    name = "youtube"

    def check(self) -> None:
        """Raise ProviderNotReady without an OAuth client."""
        settings = YouTubeSettings()
        if not (settings.youtube_client_id and settings.youtube_client_secret.get_secret_value()):
            raise ProviderNotReady(
                "publish",
                self.name,
                "YOUTUBE_CLIENT_ID or YOUTUBE_CLIENT_SECRET is not set; set both, or use publish 'folder', "
                "which needs no account",
            )

    def authorization_url(self, *, state: str, challenge: str, redirect: str) -> str:
        """Where the owner's browser goes. Without a fresh consent Google gives no refresh token."""
        self.check()
        root = YouTubeSettings().google_oauth_root_url.rstrip("/")
        return address(
            f"{CONSENT_ROOT if root == OAUTH_ROOT else root}/o/oauth2/v2/auth",
            {
                "client_id": YouTubeSettings().youtube_client_id,
                "redirect_uri": redirect,
                "response_type": "code",
                "scope": " ".join(SCOPES),
                "state": state,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
                "access_type": "offline",
                "prompt": "consent",
            },
        )

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Grant:
        """The channel behind *code*. Raises ProviderRejected, ProviderUnavailable."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect}
        token = redeem(_oauth(), "/token", {**form, **_client()}, asked=SCOPES)
        missing(_oauth(), token.scopes, SCOPES)
        if not token.refresh:
            message = "Google gave no refresh token; take the app's access away in the Google account and connect again"
            raise ProviderRejected("publish", self.name, message)
        with Channel(youtube(), token) as channel:
            try:
                channel_id, title = persist(channel.identity)
            except ProviderNotReady as error:
                raise ProviderRejected("publish", self.name, "the account has no YouTube channel to use") from error
        return Grant(remote_id=channel_id, name=title, token=token)

    def refresh(self, token: Token) -> Token:
        """A newer token. Raises ProviderNotReady, ProviderUnavailable."""
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        return renew(_oauth(), "/token", {**form, **_client()}, token)

    def revoke(self, token: Token) -> None:
        """Make the token worthless; with a refresh token goes everything that came of it."""
        try:
            _oauth().send("POST", "/revoke", form={"token": token.refresh or token.access})
        except (ProviderRejected, ProviderNotReady):
            return  # it was worthless before


def youtube() -> Vendor:
    """YouTube's API."""
    root = YouTubeSettings().youtube_root_url
    return Vendor("publish", "youtube", root, key_name="YOUTUBE_CLIENT_ID", timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)


def _oauth() -> Vendor:
    root = YouTubeSettings().google_oauth_root_url
    return Vendor("publish", "youtube", root, key_name="YOUTUBE_CLIENT_SECRET")


def _client() -> dict[str, str]:
    settings = YouTubeSettings()
    return {
        "client_id": settings.youtube_client_id,
        "client_secret": settings.youtube_client_secret.get_secret_value(),
    }
