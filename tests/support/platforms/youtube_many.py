"""YouTube with any number of channels, each with tokens of its own, and with the page where owners say yes."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.platforms.server import LEAK, Asked, Said, as_json
from tests.support.platforms.youtube import CLIENT_ID, CLIENT_SECRET, SCOPES, UPLOAD, YouTubePlatform


@dataclass(frozen=True)
class Consent:
    """What a code stands for."""

    channel: str
    challenge: str
    redirect: str


@dataclass
class ManyChannels(YouTubePlatform):
    """*lives_s* is how long an access token lives. Everything secret that was given away is in *given*."""

    lives_s: int = 3599
    access: dict[str, float] = field(default_factory=dict)
    codes: dict[str, Consent] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    """Channels by access or refresh token."""
    titles: dict[str, str] = field(default_factory=dict)
    """Of channels; "Channel NAME" without."""
    revoked: list[str] = field(default_factory=list)
    """Channels that the app was let go of."""
    given: list[str] = field(default_factory=list)
    refreshed: int = 0
    sent: list[tuple[str, float, float]] = field(default_factory=list)
    """Channel, beginning and end of each upload, on the monotonic clock."""
    begun: dict[str, tuple[str, float]] = field(default_factory=dict)

    def consent(self, authorize_url: str, channel: str) -> str:
        """Where the browser of *channel*'s owner comes back to after a yes."""
        parts = urlsplit(authorize_url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.root}/o/oauth2/v2/auth"
        assert (asked["response_type"], asked["access_type"]) == ("code", "offline")
        assert asked["code_challenge_method"] == "S256"
        assert (asked["client_id"], asked["scope"]) == (CLIENT_ID, SCOPES)
        code = f"CANARY-code-{secrets.token_hex(8)}"
        self.codes[code] = Consent(channel, asked["code_challenge"], asked["redirect_uri"])
        self.given.append(code)
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': code, 'scope': SCOPES})}"

    def act(self, asked: Asked) -> Said:
        said = super().act(asked)
        channel = self.channels.get(asked.headers.get("authorization", "").removeprefix("Bearer "), "")
        if asked.path == UPLOAD and asked.method == "POST" and "Location" in said.headers:
            name = said.headers["Location"].rpartition("=")[2]
            self.begun[name] = channel, time.monotonic()
            self.given.append(name)
        name = asked.query.get("upload_id", "")
        if name in self.begun and said.status == 201:
            owner, since = self.begun.pop(name)
            self.sent.append((owner, since, time.monotonic()))
        return said

    def _list_channels(self, asked: Asked) -> Said:
        channel = self.channels[asked.headers["authorization"].removeprefix("Bearer ")]
        title = self.titles.get(channel, f"Channel {channel}")
        said: dict[str, Any] = {"id": f"UC{channel}", "snippet": {"title": title}}
        return as_json({"items": [{**said, "contentDetails": {"relatedPlaylists": {"uploads": "UUuploads"}}}]})

    def _token(self, asked: Asked) -> Said:
        form = asked.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return as_json({"error": "invalid_client", "error_description": LEAK}, 401)
        if form["grant_type"] == "refresh_token":
            channel = self.channels.get(form["refresh_token"], "")
            if not channel:
                return as_json({"error": "invalid_grant", "error_description": LEAK}, 400)
            self.refreshed += 1
            return as_json(self._tokens(channel))
        consent = self.codes.pop(form["code"], None)
        seen = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if consent is None or (consent.challenge, consent.redirect) != (seen, form["redirect_uri"]):
            return as_json({"error": "invalid_grant", "error_description": LEAK}, 400)
        refresh = f"CANARY-refresh-{secrets.token_hex(8)}"
        self.channels[refresh] = consent.channel
        self.given.append(refresh)
        return as_json({**self._tokens(consent.channel), "refresh_token": refresh})

    def _tokens(self, channel: str) -> dict[str, Any]:
        """A new access token; the channel's old ones end."""
        for token in [each for each in self.access if self.channels[each] == channel]:
            del self.access[token]
        token = f"CANARY-access-{secrets.token_hex(8)}"
        self.access[token], self.channels[token] = time.time() + self.lives_s, channel
        self.given.append(token)
        return {"access_token": token, "expires_in": self.lives_s, "scope": self.scopes, "token_type": "Bearer"}

    def _revoke(self, asked: Asked) -> Said:
        channel = self.channels.pop(asked.form["token"], None)
        if channel is None:
            return as_json({"error": "invalid_token"}, 400)
        for token in [each for each, owner in self.channels.items() if owner == channel]:
            self.access.pop(token, None)
            del self.channels[token]
        self.revoked.append(channel)
        return Said(200, b"{}")
