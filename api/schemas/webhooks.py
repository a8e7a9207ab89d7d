"""Bodies of `/webhooks`, and the messages that are sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.schemas.base import Action
from api.schemas.text import HookUrl, Line
from api.schemas.videos import Failing
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio.webhook import EVENTS

Event = Literal["video.awaiting_review", "video.completed", "video.failed", "video.cancelled"]


def _once_each(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(dict.fromkeys(events))


Events = Annotated[tuple[Event, ...], Field(min_length=1, max_length=20), AfterValidator(_once_each)]


class MakeWebhook(Action):
    """An address to send messages to; without *events* it is told of all."""

    url: HookUrl
    events: Events = EVENTS  # type: ignore[assignment]
    description: Annotated[Line, Field(max_length=200)] = ""


class ChangeWebhook(Action):
    """What to change; what is left out stays. *enabled* true takes up an endpoint that was disabled."""

    url: HookUrl | None = None
    events: Events | None = None
    description: Annotated[Line, Field(max_length=200)] | None = None
    enabled: Annotated[bool, Field(strict=True)] | None = None


class RotateSecret(Action):
    """How long messages carry the old secret's signature too, in seconds; 0 ends it at once."""

    overlap_s: Annotated[int, Field(strict=True, ge=0, le=7 * 86_400)] = 86_400


class WebhookShown(BaseModel):
    """An endpoint without its secret; *failing_since* and *disabled_reason* say how it is."""

    id: str
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_reason: str
    failing_since: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> WebhookShown:
        """What is shown of a row."""
        return cls(**_fields(endpoint), enabled=endpoint.disabled_at is None)


class WebhookMade(WebhookShown):
    """An endpoint with its secret, `whsec_…`, which is shown this once; null where the answer is given again."""

    secret: str | None


class WebhookList(BaseModel):
    """All endpoints of an account."""

    items: list[WebhookShown]


class WebhookSecret(BaseModel):
    """What signs the messages to the `webhook_url` of films."""

    secret: str
    previous_until: datetime | None
    """Until then messages carry the signature of the secret before it too."""


class AttemptShown(BaseModel):
    """One attempt; *status* is null where nobody answered. What the server said is kept for the operator only."""

    at: datetime
    status: int | None
    error: str
    took_ms: int


class DeliveryShown(BaseModel):
    """A message to one address; *id* is its `webhook-id`."""

    id: str
    webhook_id: str | None
    """The endpoint; null for the `webhook_url` of a film."""
    url: str
    event: str
    video_id: str | None
    status: Literal["pending", "delivered", "failed"]
    attempts: list[AttemptShown]
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> DeliveryShown:
        """What is shown of a row."""
        shown = {name: getattr(delivery, name) for name in cls.model_fields if name not in ("webhook_id", "attempts")}
        attempts = [AttemptShown.model_validate(attempt) for attempt in delivery.attempts]
        return cls(**shown, webhook_id=delivery.endpoint_id, attempts=attempts)


class VideoNews(BaseModel):
    """What happened to a film; *video_url* is there when it is completed, *error* when it failed."""

    id: str
    title: str
    status: Literal["awaiting_review", "completed", "failed", "cancelled"]
    error: Failing | None
    video_url: str | None = None


class VideoMessage(BaseModel):
    """The body of a message; verify its signature before you read it."""

    type: Event
    timestamp: datetime
    data: VideoNews


def _fields(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in WebhookShown.model_fields if name != "enabled"}
