"""
What is to be told, and who tells it: queries of code that serves no request of a user.

What happened to a film stands in its row; `announce` compares that with what was told. Whoever writes the row need
not think of webhooks, and no event is lost between two writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.repos.videos import untold
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint

KEPT_FOR = timedelta(days=30)
"""How long the log goes back."""

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Parcel:
    """A message with all that is needed to send it; *subject* and *secret_version* lead to its secret."""

    delivery: WebhookDelivery
    url: str
    subject: str
    secret_version: int
    has_previous: bool
    """Whether the secret before this version still counts."""


def announce(session: Session) -> int:
    """Write a message for whoever wants to know of each film whose state was not told yet; how many films."""
    told = 0
    for video in session.exec(untold(most=MOST_AT_ONCE)).all():
        event = video.ended_as if video.completed_at else "awaiting_review"
        claimed = update(Video).where(col(Video.id) == video.id, col(Video.announced) == video.announced)
        if session.exec(claimed.values(announced=event)).rowcount:
            session.add_all(_messages(session, video, f"video.{event}"))
            told += 1
    return told


def has_news(session: Session) -> bool:
    """Whether `announce` would do something."""
    return session.exec(untold(most=1)).first() is not None


def first_due(session: Session, *, now: datetime) -> WebhookDelivery | None:
    """The message that waits longest."""
    return session.exec(_due(now).limit(1)).first()


def next_attempt_at(session: Session) -> datetime | None:
    """When the next message is due."""
    times = select(WebhookDelivery.next_attempt_at).where(col(WebhookDelivery.next_attempt_at).is_not(None))
    return session.exec(times.order_by(col(WebhookDelivery.next_attempt_at)).limit(1)).first()


def take(session: Session, *, now: datetime, most: int, hold: timedelta) -> list[str]:
    """Ids of at most *most* messages that are due; they are the caller's for the time of *hold*."""
    taken = []
    for delivery in session.exec(_due(now).limit(most)).all():
        claim = update(WebhookDelivery).where(
            col(WebhookDelivery.id) == delivery.id,
            col(WebhookDelivery.next_attempt_at) == delivery.next_attempt_at,
        )
        if session.exec(claim.values(next_attempt_at=now + hold)).rowcount:
            taken.append(delivery.id)
    return taken


def open_parcel(session: Session, delivery_id: str) -> Parcel | None:
    """The message, ready to be sent; None when its address is gone or disabled, and then it is over."""
    delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return None
    if delivery.endpoint_id is None:
        owner = session.get_one(User, delivery.owner_id)
        is_fresh = _is_ahead(owner.webhook_previous_until)
        return Parcel(delivery, delivery.url, owner.id, owner.webhook_secret_version, has_previous=is_fresh)
    endpoint = session.get(WebhookEndpoint, delivery.endpoint_id)
    if endpoint is None or endpoint.disabled_at:
        delivery.next_attempt_at = None
        return None
    is_fresh = _is_ahead(endpoint.previous_until)
    return Parcel(delivery, endpoint.url, endpoint.id, endpoint.secret_version, has_previous=is_fresh)


def note_attempt(
    session: Session, delivery_id: str, attempt: dict[str, Any], *, is_delivered: bool, again_at: datetime | None
) -> WebhookEndpoint | None:
    """Write down how an attempt went, and when the next one is; returns the endpoint, with its health."""
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None:
        return None
    delivery.attempts = [*delivery.attempts, attempt]
    delivery.delivered_at = utc_now() if is_delivered else None
    delivery.failures += 0 if is_delivered else 1
    delivery.next_attempt_at = again_at
    session.add(delivery)
    endpoint = session.get(WebhookEndpoint, delivery.endpoint_id) if delivery.endpoint_id else None
    if endpoint is not None:
        endpoint.failing_since = None if is_delivered else endpoint.failing_since or utc_now()
        session.add(endpoint)
    return endpoint


def disable(session: Session, endpoint: WebhookEndpoint, *, reason: str) -> None:
    """Send nothing more to the address; what waits for it is over."""
    endpoint.disabled_at, endpoint.disabled_reason = utc_now(), reason
    session.add(endpoint)
    waiting = update(WebhookDelivery).where(col(WebhookDelivery.endpoint_id) == endpoint.id)
    session.exec(waiting.values(next_attempt_at=None))


def prune(session: Session) -> None:
    """Forget messages that are over and older than KEPT_FOR."""
    session.execute(
        delete(WebhookDelivery).where(
            col(WebhookDelivery.created_at) < utc_now() - KEPT_FOR, col(WebhookDelivery.next_attempt_at).is_(None)
        )
    )


def _due(now: datetime) -> SelectOfScalar[WebhookDelivery]:
    statement = select(WebhookDelivery).where(col(WebhookDelivery.next_attempt_at) <= now)
    return statement.order_by(col(WebhookDelivery.next_attempt_at), col(WebhookDelivery.id))


def _messages(session: Session, video: Video, event: str) -> Sequence[WebhookDelivery]:
    endpoints = session.exec(
        select(WebhookEndpoint).where(
            WebhookEndpoint.owner_id == video.owner_id, col(WebhookEndpoint.disabled_at).is_(None)
        )
    ).all()
    addresses = [(each.id, each.url) for each in endpoints if event in each.events]
    if video.webhook_url:
        addresses.append((None, video.webhook_url))  # type: ignore[arg-type]
    return [
        WebhookDelivery(
            owner_id=video.owner_id,
            endpoint_id=endpoint_id,
            url=url,
            event=event,
            video_id=video.id,
            content=_content(video, event),
            next_attempt_at=utc_now(),
        )
        for endpoint_id, url in addresses
    ]


def _content(video: Video, event: str) -> dict[str, Any]:
    error = {"code": video.error_code, "message": video.error_message or ""} if event == "video.failed" else None
    return {"id": video.id, "title": video.title, "status": event.removeprefix("video."), "error": error}


def _is_ahead(moment: datetime | None) -> bool:
    return moment is not None and moment > utc_now()
