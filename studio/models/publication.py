"""Films before the public: what is sent where, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from studio.models.asset import Credit
from studio.models.base import Model

Visibility = Literal["private", "unlisted", "public"]


class Target(StrEnum):
    """Where a film can be published."""

    YOUTUBE = "youtube"
    X = "x"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    FOLDER = "folder"


class Post(Model):
    """
    What a film is published with.

    *tags* are words without "#". *options* are the platform's own, checked by its publisher. *publish_at* asks the
    platform itself to show the film then, where it can. *credits* name whose material is in the film.
    """

    title: Annotated[str, Field(min_length=1, max_length=300)]
    description: Annotated[str, Field(max_length=20_000)] = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility = "private"
    language: str = ""
    """BCP 47 tag of what is said, "" where nobody knows."""
    options: dict[str, Any] = Field(default_factory=dict)
    publish_at: datetime | None = None
    credits: tuple[Credit, ...] = ()
    is_synthetic: bool = True
    """Whether machines made what is seen or heard; platforms want to be told."""


class Destination(Model):
    """Where a film goes when it is done; title and tags are the film's own unless given."""

    platform: Target
    account_id: str | None = None
    """Needed where several are connected."""
    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    scheduled_at: datetime | None = None
    visibility: Visibility | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Media(Model):
    """What was measured on the file: px, seconds, frames a second, bytes."""

    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    duration: Annotated[float, Field(gt=0)]
    fps: Annotated[float, Field(gt=0)]
    size: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Limits(Model):
    """
    What a platform takes, beside its rules for texts; None sets no limit.

    *ratio* is width to height. *words* say the rules for texts, for people.
    """

    shortest_s: float = 0.0
    longest_s: float | None = None
    largest_bytes: int | None = None
    lowest_ratio: float = 0.0
    highest_ratio: float | None = None
    smallest_px: int = 0
    largest_px: int | None = None
    lowest_fps: float = 0.0
    highest_fps: float | None = None
    visibilities: tuple[Visibility, ...] = ("private", "unlisted", "public")
    can_schedule: bool = True
    can_withdraw: bool = True
    words: dict[str, str] = Field(default_factory=dict)


class Problem(Model):
    """A field that the platform would refuse, and what to change."""

    field: str
    message: str


class Token(Model):
    """
    What lets us act for an account: it is loaded and decrypted by the task that uses it, and never passed on.

    *expires_at* None means that nobody said when.
    """

    access: str
    refresh: str = ""
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without a secret: it ends up in logs otherwise."""
        return f"Token(expires_at={self.expires_at})"

    __str__ = __repr__


class Allowance(Model):
    """
    What is used of a quota that all films at a platform share.

    *day* is the platform's own, *ends_in_s* how many seconds are left until there is room again. The operator says in
    *setting* what the *most* of a day is.
    """

    platform: str
    name: str
    setting: str
    day: str
    most: Annotated[int, Field(gt=0)]
    units: Annotated[int, Field(ge=0)]
    ends_in_s: float


class Grant(Model):
    """An account that its owner connected: who it is there, and the token."""

    remote_id: str
    name: str
    token: Token


class Published(Model):
    """A film at a platform; *notes* are what did not work beside it, such as a thumbnail that was refused."""

    remote_id: str
    url: str = ""
    visibility: Visibility | None = None
    notes: tuple[str, ...] = ()
