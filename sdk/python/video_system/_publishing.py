"""Films before the public."""

# Written by sdk/python/generate.py; change the asynchronous one.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from video_system._transport import Connection
from video_system._models import Page
from video_system._protocol import Call, creating, given, one_or_several, segment, strings
from video_system._publishing_models import Connecting, PlatformInfo, Publication, PublishAccepted, SocialAccount


class VideoPublishing:
    """The part of the client that publishes."""

    _connection: Connection

    def publish_video(
        self,
        *,
        platform: str,
        title: str,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        video_url: str | None = None,
        video_id: str | None = None,
        account_id: str | None = None,
        scheduled_at: str | None = None,
        visibility: str | None = None,
        options: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> PublishAccepted:
        """
        Publish a film, now or at *scheduled_at* (RFC 3339 with a zone); the same film at one account is published once.

        *video_url* is a link of the service or any public address; *video_id* names a film instead.
        """
        content = {
            "title": title,
            "description": description,
            "tags": strings("tags", tags),
            "video_url": video_url,
        }
        body = {
            "platform": platform,
            "content": given(content),
            "video_id": video_id,
            "account_id": account_id,
            "scheduled_at": scheduled_at,
            "visibility": visibility,
            "options": dict(options) if options is not None else None,
        }
        call = creating("/social/publish", body, idempotency_key=idempotency_key)
        return PublishAccepted.of(self._connection.data(call))

    def list_platforms(self) -> list[PlatformInfo]:
        """Where films can be published, what each platform takes, and the schema of its options."""
        data = self._connection.data(Call("GET", "/social/platforms"))
        return [PlatformInfo.of(item) for item in data["items"]]

    def list_social_accounts(self) -> list[SocialAccount]:
        """The connected accounts."""
        data = self._connection.data(Call("GET", "/social/accounts"))
        return [SocialAccount.of(item) for item in data["items"]]

    def connect_social_account(self, platform: str) -> Connecting:
        """The address that the account's owner has to open in a browser."""
        call = Call("POST", f"/social/accounts/{segment(platform)}/connect", is_safe=False)
        return Connecting.of(self._connection.data(call))

    def disconnect_social_account(self, account_id: str) -> None:
        """Revoke the account's token at the platform and forget it."""
        self._connection.send(Call("DELETE", f"/social/accounts/{segment(account_id)}"))

    def list_publications(
        self,
        *,
        platform: str | None = None,
        status: str | Sequence[str] | None = None,
        video_id: str | None = None,
        cursor: str | None = None,
        limit: int = 20,
    ) -> Page[Publication]:
        """The ledger, newest first; what is in one *status* or in several."""
        params = {
            "platform": platform, "status": one_or_several(status), "video_id": video_id, "cursor": cursor, "limit": limit,
        }  # fmt: skip
        data = self._connection.data(Call("GET", "/social/publications", params=given(params)))
        return Page([Publication.of(item) for item in data["items"]], data["next_cursor"], data["has_more"])

    def get_publication(self, publication_id: str) -> Publication:
        """How far a publication is."""
        return Publication.of(
            self._connection.data(Call("GET", f"/social/publications/{segment(publication_id)}"))
        )

    def cancel_publication(self, publication_id: str) -> Publication:
        """Call a publication off; what was sent already does not become visible."""
        call = Call("POST", f"/social/publications/{segment(publication_id)}/cancel", is_safe=False)
        return Publication.of(self._connection.data(call))

    def retry_publication(self, publication_id: str) -> Publication:
        """Try a failed publication again, from where it was."""
        call = Call("POST", f"/social/publications/{segment(publication_id)}/retry", is_safe=False)
        return Publication.of(self._connection.data(call))

    def reschedule_publication(self, publication_id: str, *, scheduled_at: str) -> Publication:
        """Give a publication that was not begun another time."""
        body = {"scheduled_at": scheduled_at}
        call = Call("POST", f"/social/publications/{segment(publication_id)}/reschedule", json=body, is_safe=False)
        return Publication.of(self._connection.data(call))

    def withdraw_publication(self, publication_id: str) -> Publication:
        """Remove a published film from its platform, where that can be done."""
        return Publication.of(
            self._connection.data(Call("DELETE", f"/social/publications/{segment(publication_id)}"))
        )
