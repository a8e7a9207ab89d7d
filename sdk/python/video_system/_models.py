"""What the service answers. Keys that a later version adds are kept in `raw` and are no error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Literal, TypeVar

Status = Literal["pending", "processing", "awaiting_review", "completed", "failed", "cancelled"]
Variant = Literal["video", "srt", "vtt", "poster", "animation", "preview"]
DeliveryStatus = Literal["pending", "delivered", "failed"]

R = TypeVar("R", bound="Result")
T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """An answer; *raw* is all of it, as it came."""

    raw: Mapping[str, Any] = field(repr=False, compare=False, kw_only=True, default_factory=dict)

    @classmethod
    def of(cls: type[R], data: Mapping[str, Any]) -> R:
        """The result that *data* describes."""
        known = {each.name for each in fields(cls)} - {"raw"}
        return cls(**{name: value for name, value in data.items() if name in known}, raw=data)


@dataclass(frozen=True)
class TaskAccepted(Result):
    """A video that will be made; *estimated_time* in seconds."""

    task_id: str
    status: Status
    estimated_time: int


@dataclass(frozen=True)
class Task(Result):
    """How far a video is, 0 to 100."""

    task_id: str
    status: Status
    progress: int
    video_url: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it will not change any more."""
        return self.status in ("completed", "failed", "cancelled")


@dataclass(frozen=True)
class Video(Result):
    """A video with all that is known of it."""

    id: str
    title: str
    status: Status
    progress: int = 0
    stage: str = ""
    error: Mapping[str, Any] | None = None
    brief: Mapping[str, Any] = field(default_factory=dict)
    video: Mapping[str, Any] | None = None
    """Width, height, duration, loudness and credits of a finished video."""
    cost: Mapping[str, Any] = field(default_factory=dict)
    """What it cost so far: `amount` in `currency`, None where a price is not known, and the `purchases` behind it."""
    tags: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    webhook_url: str | None = None
    created_at: str = ""
    started_at: str | None = None
    completed_at: str | None = None


@dataclass(frozen=True)
class Thumbnail(Result):
    """A frame that may stand for a video: *at* seconds, *score* 0 to 1; *url* works without an account for a while."""

    url: str
    at: float
    score: float
    expires_at: str = ""


@dataclass(frozen=True)
class Estimate(Result):
    """What a video would take: seconds of work, *duration* of film, and *cost*, None where it is not known."""

    seconds: int
    duration: int
    cost: float | None = None
    currency: str = ""
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Event(Result):
    """A step of a video: *name* is progress, stage, completed, failed or cancelled."""

    id: str
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asset(Result):
    """A picture, clip or sound of the account."""

    id: str
    filename: str
    kind: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    duration: float = 0.0
    url: str = ""


@dataclass(frozen=True)
class Webhook(Result):
    """An address that is told of *events*; *failing_since* and *disabled_reason* say how it is."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    description: str = ""
    disabled_reason: str = ""
    failing_since: str | None = None
    created_at: str = ""


@dataclass(frozen=True)
class WebhookMade(Webhook):
    """An endpoint with its new secret, `whsec_…`; None where a first answer was lost on its way: rotate it then."""

    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class WebhookDelivery(Result):
    """A message to one address; *id* is its `webhook-id`, *webhook_id* is None for the `webhook_url` of a video."""

    id: str
    webhook_id: str | None
    url: str
    event: str
    video_id: str | None
    status: DeliveryStatus
    attempts: list[Mapping[str, Any]] = field(default_factory=list)
    """Each with *at*, *status* (None where nobody answered), *error* and *took_ms*."""
    created_at: str = ""
    next_attempt_at: str | None = None
    delivered_at: str | None = None


@dataclass(frozen=True)
class Model(Result):
    """A model that can be asked."""

    id: str
    name: str
    type: str
    status: str


@dataclass(frozen=True)
class InferenceResult(Result):
    """A model's answer."""

    model_id: str
    output: Mapping[str, Any]
    usage: Mapping[str, Any]
    latency_ms: int

    @property
    def text(self) -> str:
        """What it wrote."""
        return str(self.output["text"])


@dataclass(frozen=True)
class Template(Result):
    """A kind of video."""

    name: str
    title: str = ""
    description: str = ""
    duration: int = 0
    aspects: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    fields: list[dict[str, str | None]] = field(default_factory=list)
    """Name and default of what a video's *fields* may fill; one without a default has to be given."""
    preview_url: str | None = None
    """Four frames of a video of this kind, a link for a day."""


@dataclass(frozen=True)
class Voice(Result):
    """Somebody who can say a narration."""

    id: str
    name: str = ""
    provider: str = ""
    language: str = ""


@dataclass(frozen=True)
class Profile(Result):
    """The account of the key."""

    user_id: str
    username: str
    email: str
    plan: str = ""


@dataclass(frozen=True)
class Trend(Result):
    """
    A keyword that is hot; *volume* counts *unit*, *growth* is in per cent against the window before.

    Both are None where nobody knows; *growth_reason* says why.
    """

    keyword: str
    volume: int | None
    growth: float | None
    platform: str
    source: str = ""
    method: str = ""
    unit: str = ""
    is_floor: bool = False
    growth_source: str | None = None
    growth_reason: str | None = None
    category: str | None = None
    observed_at: str = ""
    age_seconds: int = 0


@dataclass(frozen=True)
class Keyword(Result):
    """All that is known of a keyword; texts are other people's."""

    keyword: str
    region: str
    summary: str = ""
    url: str = ""
    headlines: list[dict[str, Any]] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    series: list[dict[str, Any]] = field(default_factory=list)
    brief: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scan(Result):
    """A look at what is hot; *readings* say what each source said, once it is over."""

    id: str
    platform: str
    region: str
    status: str
    keywords: int = 0
    reason: str = ""
    readings: list[dict[str, Any]] = field(default_factory=list)
    finished_at: str | None = None


@dataclass(frozen=True)
class PublishAccepted(Result):
    """A publication that will be made."""

    publish_id: str
    status: str
    platform: str


@dataclass(frozen=True)
class Publication(Result):
    """A line of the ledger; *url* is where the film is at the platform."""

    id: str
    platform: str
    status: str
    title: str = ""
    visibility: str = ""
    account_id: str | None = None
    video_id: str | None = None
    scheduled_at: str | None = None
    bytes_sent: int = 0
    bytes_total: int = 0
    url: str | None = None
    notes: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class SocialAccount(Result):
    """An account at a platform."""

    id: str
    platform: str
    name: str = ""
    status: str = ""


@dataclass(frozen=True)
class Connecting(Result):
    """Open *authorize_url* in a browser."""

    authorize_url: str
    expires_at: str


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of many; *next_cursor* asks for the next ones."""

    items: list[T]
    next_cursor: str | None
    has_more: bool
