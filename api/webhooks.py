"""Endpoints that are told, and the log of what they were told: what the routes of `/webhooks` do."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from sqlmodel import Session

from api.callers import callers
from api.errors import NotAuthenticated, NotFound, conflict
from api.notices import send_due
from api.once import Once
from api.prefectclient import PrefectUnavailable
from api.schemas.page import Page
from api.schemas.webhooks import ChangeWebhook, DeliveryShown, MakeWebhook, WebhookMade, WebhookSecret, WebhookShown
from store.repos.users import Users
from store.repos.webhooks import WebhookDeliveries, WebhookEndpoints
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio.errors import BadInput
from studio.webhook import TEST_EVENT, secret_of

MOST_ENDPOINTS = 10


def make(order: MakeWebhook, *, owner: User, once: Once) -> WebhookMade:
    """
    A new endpoint; its secret is in this answer only, not even in the same answer given again.

    Raises:
        BadInput: the account has MOST_ENDPOINTS.
    """
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return WebhookMade.model_validate({**earlier, "secret": None})
        endpoints = WebhookEndpoints(session, owner_id=owner.id)
        endpoints.lock_owner()
        if endpoints.count() >= MOST_ENDPOINTS:
            raise BadInput(f"there are {MOST_ENDPOINTS} endpoints already; remove one first", field="url")
        values = {**order.model_dump(), "events": list(order.events)}
        made = _with_secret(endpoints.add(WebhookEndpoint(owner_id=owner.id, **values)))
        once.keep(session, owner_id=owner.id, data=made.model_dump(mode="json", exclude={"secret"}))
    return made


def list_all(owner: User) -> list[WebhookShown]:
    """The account's endpoints, newest first."""
    with reading() as session:
        return [WebhookShown.of(endpoint) for endpoint in WebhookEndpoints(session, owner_id=owner.id).all()]


def find(webhook_id: str, *, owner: User) -> WebhookEndpoint:
    """
    The account's endpoint.

    Raises:
        NotFound: the account has no such endpoint.
    """
    with reading() as session:
        return _found(session, webhook_id, owner)


def change(endpoint: WebhookEndpoint, changes: ChangeWebhook, *, owner: User) -> WebhookShown:
    """The endpoint with what its owner changed."""
    values = changes.model_dump(exclude_none=True, exclude={"enabled"})
    with transaction() as session:
        row = _found(session, endpoint.id, owner)
        for name, value in values.items():
            setattr(row, name, list(value) if name == "events" else value)
        if changes.enabled is not None and changes.enabled is bool(row.disabled_at):
            row.disabled_at = None if changes.enabled else utc_now()
            row.disabled_reason = "" if changes.enabled else "by its owner"
            row.failing_since = None
        session.add(row)
    return WebhookShown.of(row)


def remove(endpoint: WebhookEndpoint, *, owner: User) -> None:
    """Forget the endpoint with its log."""
    with transaction() as session:
        WebhookEndpoints(session, owner_id=owner.id).remove(endpoint)


def rotate(endpoint: WebhookEndpoint, *, owner: User, overlap: timedelta) -> WebhookMade:
    """The endpoint with another secret; messages carry the signature of the old one too for *overlap*."""
    with transaction() as session:
        row = _found(session, endpoint.id, owner)
        WebhookEndpoints(session, owner_id=owner.id).rotate(row, overlap=overlap)
    return _with_secret(row)


def send_test(endpoint: WebhookEndpoint, *, owner: User) -> DeliveryShown:
    """
    A message that says nothing, on its way to the endpoint.

    Raises:
        Conflict: the endpoint is disabled.
    """
    if endpoint.disabled_at:
        raise conflict("enabled", "the endpoint is disabled; enable it first")
    message = WebhookDelivery(
        owner_id=owner.id,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        event=TEST_EVENT,
        content={"message": "It works."},
        next_attempt_at=utc_now(),
    )
    with transaction() as session:
        WebhookDeliveries(session, owner_id=owner.id).add(message)
    _send_soon()
    return DeliveryShown.of(message)


def deliveries(
    *, owner: User, before: str | None, limit: int, webhook_id: str | None, video_id: str | None
) -> Page[DeliveryShown]:
    """The account's messages, newest first, at most *limit*."""
    with reading() as session:
        rows = WebhookDeliveries(session, owner_id=owner.id).page(
            before=before, most=limit + 1, endpoint_id=webhook_id, video_id=video_id
        )
    has_more = len(rows) > limit
    items = [DeliveryShown.of(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=items[-1].id if has_more else None, has_more=has_more)


def delivery(delivery_id: str, *, owner: User) -> DeliveryShown:
    """
    One message with its attempts.

    Raises:
        NotFound: the account has no such message.
    """
    with reading() as session:
        row = WebhookDeliveries(session, owner_id=owner.id).get(delivery_id)
    if row is None:
        raise NotFound
    return DeliveryShown.of(row)


def redeliver(delivery_id: str, *, owner: User) -> DeliveryShown:
    """
    The message, to be sent once more under the same id.

    Raises:
        NotFound: the account has no such message.
        Conflict: it is on its way, or its endpoint is disabled.
    """
    earlier = delivery(delivery_id, owner=owner)
    if earlier.webhook_id and find(earlier.webhook_id, owner=owner).disabled_at:
        raise conflict("enabled", "the endpoint is disabled; enable it first")
    with transaction() as session:
        if not WebhookDeliveries(session, owner_id=owner.id).send_again(delivery_id):
            raise conflict("status", "the message is on its way")
    _send_soon()
    return delivery(delivery_id, owner=owner)


def account_secret(owner: User) -> WebhookSecret:
    """What signs the messages to the `webhook_url` of the account's films."""
    with reading() as session:
        user = Users(session).get(owner.id)
    if user is None:
        raise NotAuthenticated
    return _secret_of_account(user)


def rotate_account_secret(owner: User, *, overlap: timedelta) -> WebhookSecret:
    """Another secret for the messages to the `webhook_url` of films; the old one's signature goes on for *overlap*."""
    with transaction() as session:
        user = Users(session).get(owner.id)
        if user is None:
            raise NotAuthenticated
        user.webhook_secret_version += 1
        user.webhook_previous_until = utc_now() + overlap
        session.add(user)
    callers().forget(owner.id)
    return _secret_of_account(user)


def _found(session: Session, webhook_id: str, owner: User) -> WebhookEndpoint:
    endpoint = WebhookEndpoints(session, owner_id=owner.id).get(webhook_id)
    if endpoint is None:
        raise NotFound
    return endpoint


def _with_secret(endpoint: WebhookEndpoint) -> WebhookMade:
    secret = secret_of(endpoint.id, endpoint.secret_version)
    return WebhookMade(**WebhookShown.of(endpoint).model_dump(), secret=secret)


def _secret_of_account(user: User) -> WebhookSecret:
    secret = secret_of(user.id, user.webhook_secret_version)
    return WebhookSecret(secret=secret, previous_until=user.webhook_previous_until)


def _send_soon() -> None:
    """The reconciler does it within seconds if Prefect or the database does not answer now."""
    with suppress(PrefectUnavailable, DatabaseAway):
        send_due()
