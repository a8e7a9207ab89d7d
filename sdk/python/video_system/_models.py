"""What the service answers. Keys that a later version adds are kept in `raw` and are no error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Literal, TypeVar

from video_system._shapes import (
    BriefShown,
    Candidate,
    Cost,
    Credit,
    Failing,
    Film,
    FilmCost,
    FilmsUsed,
    InferenceOutput,
    InferenceUsage,
    Links,
    RequestsUsed,
    SceneText,
    TemplateField,
    WebhookAttempt,
)

Status = Literal["pending", "processing", "awaiting_review", "completed", "failed", "cancelled"]
Variant = Literal["video", "srt", "vtt", "poster", "animation", "preview"]
DeliveryStatus = Literal["pending", "delivered", "failed"]

R = TypeVar("R", bound="Result")
T = TypeVar("T")


def not_sent() -> Any:
    """Stands for a part that an older service does not send: a dict without keys."""
    return {}


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
    error: Failing | None = None
    brief: BriefShown = field(default_factory=not_sent)
    video: Film | None = None
    """Width, height, duration, loudness and credits of a finished video."""
    cost: FilmCost = field(default_factory=not_sent)
    """What it cost so far: `amount` in `currency`, None where a price is not known, and the `purchases` behind it."""
    tags: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    webhook_url: str | None = None
    created_at: str = ""
    started_at: str | None = None
    completed_at: str | None = None
    links: Links = field(default_factory=not_sent)


@dataclass(frozen=True)
class Script(Result):
    """What a video says; *scenes* may be changed and given to `change_script`."""

    title: str
    language: str
    written_by: str = ""
    scenes: list[SceneText] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SceneShot(Result):
    """What the scene *number*, counted from 1, shows, and the *candidates* that `choose_shot` takes instead."""

    number: int
    narration: str
    shows: str
    taken: str = ""
    reason: str = ""
    queries: list[str] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


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
    source_url: str = ""
    created_at: str = ""


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
    attempts: list[WebhookAttempt] = field(default_factory=list)
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
    output: InferenceOutput
    usage: InferenceUsage
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
    fields: list[TemplateField] = field(default_factory=list)
    preview_url: str | None = None
    """Four frames of a video of this kind, a link for a day."""
    default_aspect: str = ""
    captions: str = ""
    transition: str = ""
    music_mood: str = ""
    scene_seconds: float = 0.0
    is_numbered: bool = False


@dataclass(frozen=True)
class Voice(Result):
    """Somebody who can say a narration."""

    id: str
    name: str = ""
    provider: str = ""
    language: str = ""
    is_draft: bool = False
    credit: Credit = field(default_factory=not_sent)


@dataclass(frozen=True)
class VoiceSample(Result):
    """A sentence said by a voice; *url* of the sound works without an account for a day."""

    voice_id: str
    text: str
    url: str
    media_type: str = ""


@dataclass(frozen=True)
class Profile(Result):
    """The account of the key."""

    user_id: str
    username: str
    email: str
    plan: str = ""
    name: str = ""
    language: str = ""
    created_at: str = ""


@dataclass(frozen=True)
class Usage(Result):
    """What the account has used of its plan; bytes of all that is kept, seconds and cost since the first of the month."""

    plan: str
    requests: RequestsUsed
    films: FilmsUsed
    storage_bytes: int = 0
    seconds_rendered_this_month: float = 0.0
    cost_this_month: Cost = field(default_factory=not_sent)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of many; *next_cursor* asks for the next ones."""

    items: list[T]
    next_cursor: str | None
    has_more: bool
