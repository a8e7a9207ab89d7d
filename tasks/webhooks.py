"""Send webhook messages that are due, and decide what becomes of those that were not taken."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from prefect import task

from store.repos import outbox
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.webhooks import WebhookEndpoint
from studio import webhook
from studio.models.rendition import Rendition
from studio.providers.storage.links import signed_url
from studio.webhook import Reply
from tasks import policy

logger = logging.getLogger("tasks.webhooks")

AT_ONCE = 8
HOLD = timedelta(seconds=90)
"""How long a message is one sender's: several times as long as an attempt may take."""

WORTH_WAITING_S = 10.0
"""A second attempt comes after seconds: starting a process for it would cost more than waiting."""

FAILING_FOR = timedelta(days=3)
"""An endpoint that took nothing for so long is disabled: the last attempt of a message comes after three days too."""


@policy.patient
def take_due() -> list[str]:
    """Ids of some messages that are due now or in a moment, which are this run's to send; none: there is no more to do."""
    while True:
        with reading() as session:
            due_at = outbox.next_attempt_at(session)
        wait_s = (due_at - utc_now()).total_seconds() if due_at else None
        if wait_s is None or wait_s > WORTH_WAITING_S:
            return []
        time.sleep(max(0.0, wait_s))
        with transaction() as session:
            taken = outbox.take(session, now=utc_now(), most=AT_ONCE, hold=HOLD)
        if taken:
            return taken


@task(name="deliver webhook", task_run_name="deliver {delivery_id}", **policy.LOCAL)
def deliver(delivery_id: str) -> bool:
    """Send one message once, and write down how that went; whether it was taken."""
    parcel = _opened(delivery_id)
    if parcel is None:
        return False
    message = parcel.delivery
    versions = [parcel.secret_version, parcel.secret_version - 1][: 2 if parcel.has_previous else 1]
    reply = webhook.send(
        parcel.url,
        webhook.body_of(message.event, _with_link(message.content, message.video_id), at=message.created_at),
        message_id=message.id,
        secrets=[webhook.secret_of(parcel.subject, version) for version in versions],
    )
    _note(delivery_id, reply, failures=message.failures)
    logger.info("%s: %s", delivery_id, reply.error or reply.status)
    return reply.is_taken


@task(name="prune webhook log", **policy.LOCAL)
def prune_log() -> None:
    """Forget messages that nobody looks for any more."""
    with transaction() as session:
        outbox.prune(session)


@policy.patient
def _opened(delivery_id: str) -> outbox.Parcel | None:
    with transaction() as session:
        return outbox.open_parcel(session, delivery_id)


@policy.patient
def _note(delivery_id: str, reply: Reply, *, failures: int) -> None:
    now = utc_now()
    with transaction() as session:
        endpoint = outbox.note_attempt(
            session,
            delivery_id,
            _attempt(reply, now),
            is_delivered=reply.is_taken,
            again_at=None if reply.is_taken else _again_at(reply, failures + 1, now=now),
        )
        reason = _reason_to_disable(endpoint, reply, now=now)
        if endpoint is not None and reason:
            outbox.disable(session, endpoint, reason=reason)


def _attempt(reply: Reply, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "status": reply.status,
        "error": reply.error,
        "answer": reply.text,
        "took_ms": reply.took_ms,
    }


def _again_at(reply: Reply, failures: int, *, now: datetime) -> datetime | None:
    wait_s = None if reply.is_gone else webhook.wait_after(failures, asked_s=reply.retry_after_s)
    return None if wait_s is None else now + timedelta(seconds=wait_s)


def _reason_to_disable(endpoint: WebhookEndpoint | None, reply: Reply, *, now: datetime) -> str:
    if endpoint is None or endpoint.disabled_at or reply.is_taken:
        return ""
    if reply.is_gone:
        return "the server answered 410: it wants no messages"
    if endpoint.failing_since and now - endpoint.failing_since > FAILING_FOR:
        return f"no message was taken for {FAILING_FOR.days} days; the last fault: {reply.error}"
    return ""


@policy.patient
def _with_link(content: dict[str, Any], video_id: str | None) -> dict[str, Any]:
    """The message's data with a link to the film, made now: a link that was stored would have grown old."""
    if content.get("status") != "completed" or video_id is None:
        return content
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    if video is None or video.rendition is None:
        return {**content, "video_url": None}
    key = Rendition.model_validate(video.rendition).video.key
    return {**content, "video_url": signed_url(key, filename=f"{video.id}.mp4")}
