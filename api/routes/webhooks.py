"""`/webhooks`: be told instead of asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import webhooks
from api.deps import CurrentUser, DoneOnce, LoggedInUser
from api.envelope import Envelope, Failure, ok
from api.schemas.page import Page
from api.schemas.webhooks import (
    ChangeWebhook,
    DeliveryShown,
    MakeWebhook,
    RotateSecret,
    WebhookList,
    WebhookMade,
    WebhookSecret,
    WebhookShown,
)
from store.tables.webhooks import WebhookEndpoint

router = APIRouter(tags=["webhooks"])

AS_USUAL = RotateSecret()

CONFLICT = {409: {"model": Failure}}


def own_webhook(webhook_id: str, user: CurrentUser) -> WebhookEndpoint:
    """The caller's endpoint of that id."""
    return webhooks.find(webhook_id, owner=user)


OwnWebhook = Annotated[WebhookEndpoint, Depends(own_webhook)]


@router.post("/webhooks", status_code=201)
def create_webhook(
    request: Request, response: Response, body: MakeWebhook, user: CurrentUser, once: DoneOnce
) -> Envelope[WebhookMade]:
    """Add an endpoint; its secret is shown this once."""
    made = webhooks.make(body, owner=user, once=once)
    response.headers.update(once.headers)
    return ok(request, made)


@router.get("/webhooks")
def list_webhooks(request: Request, user: CurrentUser) -> Envelope[WebhookList]:
    """The account's endpoints, newest first."""
    return ok(request, WebhookList(items=webhooks.list_all(user)))


@router.get("/webhooks/{webhook_id}")
def get_webhook(request: Request, endpoint: OwnWebhook) -> Envelope[WebhookShown]:
    """One endpoint, with how it is."""
    return ok(request, WebhookShown.of(endpoint))


@router.patch("/webhooks/{webhook_id}")
def change_webhook(
    request: Request, endpoint: OwnWebhook, body: ChangeWebhook, user: CurrentUser
) -> Envelope[WebhookShown]:
    """Change an endpoint, or take one up that was disabled."""
    return ok(request, webhooks.change(endpoint, body, owner=user))


@router.delete("/webhooks/{webhook_id}", status_code=204)
def remove_webhook(endpoint: OwnWebhook, user: CurrentUser) -> None:
    """Forget an endpoint with its log."""
    webhooks.remove(endpoint, owner=user)


@router.post("/webhooks/{webhook_id}/rotate")
def rotate_webhook_secret(
    request: Request, endpoint: OwnWebhook, user: CurrentUser, body: RotateSecret | None = None
) -> Envelope[WebhookMade]:
    """Give the endpoint another secret; messages carry both signatures for a while."""
    return ok(request, webhooks.rotate(endpoint, owner=user, overlap=timedelta(seconds=(body or AS_USUAL).overlap_s)))


@router.post("/webhooks/{webhook_id}/test", status_code=202, responses=CONFLICT)  # type: ignore[arg-type]
def test_webhook(request: Request, endpoint: OwnWebhook, user: CurrentUser) -> Envelope[DeliveryShown]:
    """Send the endpoint a message of type `webhook.test`; how that went is in its delivery."""
    return ok(request, webhooks.send_test(endpoint, owner=user))


@router.get("/webhook-deliveries")
def list_webhook_deliveries(
    request: Request,
    user: CurrentUser,
    webhook_id: Annotated[str | None, Query(pattern=r"^hook_[0-9a-f]{32}$")] = None,
    video_id: Annotated[str | None, Query(pattern=r"^task_[0-9a-f]{32}$")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^msg_[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[Page[DeliveryShown]]:
    """What was sent in the last 30 days, newest first; to one endpoint or about one film."""
    page = webhooks.deliveries(owner=user, before=cursor, limit=limit, webhook_id=webhook_id, video_id=video_id)
    return ok(request, page)


@router.get("/webhook-deliveries/{delivery_id}")
def get_webhook_delivery(request: Request, delivery_id: str, user: CurrentUser) -> Envelope[DeliveryShown]:
    """One message with its attempts."""
    return ok(request, webhooks.delivery(delivery_id, owner=user))


@router.post("/webhook-deliveries/{delivery_id}/redeliver", status_code=202, responses=CONFLICT)  # type: ignore[arg-type]
def redeliver_webhook(request: Request, delivery_id: str, user: CurrentUser) -> Envelope[DeliveryShown]:
    """Send a message once more, under the same id."""
    return ok(request, webhooks.redeliver(delivery_id, owner=user))


@router.get("/users/me/webhook-secret")
def get_webhook_secret(request: Request, user: LoggedInUser) -> Envelope[WebhookSecret]:
    """What signs the messages to the `webhook_url` of films."""
    return ok(request, webhooks.account_secret(user))


@router.post("/users/me/webhook-secret/rotate")
def rotate_account_webhook_secret(
    request: Request, user: LoggedInUser, body: RotateSecret | None = None
) -> Envelope[WebhookSecret]:
    """Another secret for the messages to the `webhook_url` of films; messages carry both signatures for a while."""
    return ok(request, webhooks.rotate_account_secret(user, overlap=timedelta(seconds=(body or AS_USUAL).overlap_s)))
