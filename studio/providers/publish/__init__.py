"""Publishers: who puts a film before the public, and how it stays once however often the work is interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from studio.models.publication import Allowance, Grant, Limits, Media, Post, Problem, Published, Token
from studio.providers.catalog import Catalog

Step = str
"""What is being done: "uploading", "processing" or "finishing"."""


class Desk(Protocol):
    """
    Where one publication is written down while it is made.

    What `save` was given is there again after any death: a publisher writes down what it is about to do before it does
    it, and asks the platform what became of it when it finds that written down.
    """

    @property
    def saved(self) -> Mapping[str, JsonValue]:
        """Everything that was saved, by this or an earlier process."""
        ...

    def save(self, **values: JsonValue) -> None:
        """Write *values* down, encrypted, before anything else happens."""
        ...

    def report(self, step: Step, *, sent: int | None = None) -> None:
        """
        How far it is; *sent* is how many bytes the platform has confirmed.

        Raises:
            PublishCancelled: its owner does not want it any more; `Publisher.abandon` is called next.
        """
        ...

    def token(self) -> Token:
        """
        A token that works for a while.

        Raises:
            ProviderNotReady: the account has to be connected again.
        """
        ...

    def renew(self, token: Token) -> Token:
        """
        Another token after *token* was refused.

        Raises:
            ProviderNotReady: the account has to be connected again.
        """
        ...

    def reserve(self, wanted: Allowance) -> None:
        """
        Set aside what is about to be used of a quota, counted over all processes; until it is settled it counts.

        Raises:
            OverQuota: it does not fit into the day any more.
            ProviderNotReady: it would fit into no day.
        """
        ...

    def settle(self, used: Allowance) -> None:
        """What was used in the end of all that this desk has reserved under that name; the rest is free again."""
        ...


@dataclass(frozen=True)
class Parcel:
    """A film and what goes with it: local files that must not be changed."""

    name: str
    """Our own name for the publication: the same in every try."""
    post: Post
    video: Path
    media: Media
    poster: Path | None = None
    captions: Mapping[str, Path] = field(default_factory=dict)
    """SRT files by BCP 47 tag."""
    remote_account: str = ""
    """Who the account is at the platform."""


@runtime_checkable
class Publisher(Protocol):
    """Puts films before the public."""

    name: str
    needs_account: bool
    limits: Limits

    def check(self) -> None:
        """Return when the operator has set up what it needs. Raises ProviderNotReady."""
        ...

    def options_schema(self) -> dict[str, JsonValue]:
        """JSON schema of a post's *options*, an object."""
        ...

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """What the platform would refuse of *post*, its texts and options counted as the platform counts them; of *media* only what is no plain limit."""
        ...

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """
        Put the film there; called again after a death or a failure it goes on from what the desk has.

        However often it is called with one desk, at most one film is visible in the end.

        Raises:
            ProviderUnavailable: the same again may work; OverLimit says when.
            ProviderRejected: the platform will never take it; says why.
            ProviderNotReady: the account has to be connected again.
            PublishCancelled: the desk said so; it comes through.
        """
        ...

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """
        Leave nothing visible of a publication that was called off, whatever an earlier process may have sent.

        Raises:
            ProviderUnavailable: it cannot be found out now; try again.
        """
        ...

    def withdraw(self, published: Published, desk: Desk) -> None:
        """
        Remove the film from the platform; one that is gone already is fine.

        Raises:
            ProviderRejected: the platform lets nobody but its user do that.
        """
        ...


@runtime_checkable
class Connector(Protocol):
    """
    Lets owners connect their accounts, by OAuth 2.0 with PKCE.

    Source: RFC 6749, RFC 7636 (S256), RFC 7009.
    """

    def authorization_url(self, *, state: str, challenge: str, redirect: str) -> str:
        """Where the owner's browser goes."""
        ...

    def exchange(self, code: str, *, verifier: str, redirect: str) -> Grant:
        """
        The account behind *code*.

        Raises:
            ProviderRejected: the code or what was granted is not good enough.
            ProviderUnavailable: try again.
        """
        ...

    def refresh(self, token: Token) -> Token:
        """
        A newer token.

        Raises:
            ProviderNotReady: the account has to be connected again.
            ProviderUnavailable: try again.
        """
        ...

    def revoke(self, token: Token) -> None:
        """Make the token worthless at the platform; one that is so already is fine. Raises ProviderUnavailable."""
        ...


catalog = Catalog[Publisher](
    "publish",
    {
        "folder": "studio.providers.publish.folder:Folder",
        "youtube": "studio.providers.publish.youtube:YouTube",
        "x": "studio.providers.publish.x:X",
        "tiktok": "studio.providers.publish.tiktok:TikTok",
        "instagram": "studio.providers.publish.instagram:Instagram",
    },
)
