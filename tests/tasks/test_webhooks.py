"""A message is sent until it is taken, and nobody is bothered for ever."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from store.repos import outbox
from store.repos.users import Users
from store.repos.videos import Videos
from store.repos.webhooks import WebhookDeliveries, WebhookEndpoints
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio import webhook
from studio.models.brief import Brief
from studio.settings import get_settings
from studio.webhook import secret_of
from tasks import webhooks
from tests.api.test_contract import RENDITION
from tests.support.migrated import take_migrated
from tests.support.receiver import receiver


@pytest.fixture(autouse=True)
def home(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRIVATE_ADDRESSES", "true")
    get_settings.cache_clear()
    take_migrated(fresh_home)
    return fresh_home


def owner_id() -> str:
    with transaction() as session:
        return Users(session).operator().id


def endpoint(url: str, **values: Any) -> WebhookEndpoint:
    row = WebhookEndpoint(owner_id=owner_id(), url=url, events=["video.completed"], **values)
    with transaction() as session:
        return WebhookEndpoints(session, owner_id=row.owner_id).add(row)


def message(hook: WebhookEndpoint | None = None, **values: Any) -> str:
    row = WebhookDelivery(
        owner_id=owner_id(),
        endpoint_id=hook.id if hook else None,
        **{"url": hook.url if hook else "", "event": "video.completed", "content": {"id": "task_1"}, **values},
        next_attempt_at=utc_now(),
    )
    with transaction() as session:
        return WebhookDeliveries(session, owner_id=row.owner_id).add(row).id


def row(delivery_id: str) -> WebhookDelivery:
    with reading() as session:
        return session.get_one(WebhookDelivery, delivery_id)


def health(hook: WebhookEndpoint) -> WebhookEndpoint:
    with reading() as session:
        return session.get_one(WebhookEndpoint, hook.id)


def send(delivery_id: str) -> bool:
    return bool(webhooks.deliver.fn(delivery_id))


def test_with_nothing_due_there_is_nothing_to_take() -> None:
    assert webhooks.take_due() == []


def test_a_message_that_is_taken_is_over() -> None:
    with receiver(204) as (url, came):
        hook = endpoint(url)
        delivery_id = message(hook)
        taken = webhooks.take_due()
        is_taken = [send(each) for each in taken]
    found = row(delivery_id)

    assert (taken, is_taken, found.status) == ([delivery_id], [True], "delivered")
    assert [(each["status"], each["error"]) for each in found.attempts] == [(204, "")]
    assert came[0][0]["webhook-id"] == delivery_id
    assert Webhook(secret_of(hook.id, 1)).verify(came[0][1], came[0][0])["data"] == {"id": "task_1"}
    assert webhooks.take_due() == []


def test_a_message_that_is_not_taken_comes_back_later_with_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "WAITS_S", (0.2, 3600))
    with receiver(500, 503, 200) as (url, came):
        delivery_id = message(endpoint(url))
        first = [send(each) for each in webhooks.take_due()]
        second = [send(each) for each in webhooks.take_due()]
        third = webhooks.take_due()
    found = row(delivery_id)

    assert (first, second, third, found.status) == ([False], [False], [], "pending")
    assert {headers["webhook-id"] for headers, _ in came} == {delivery_id}
    assert found.next_attempt_at is not None
    assert timedelta(minutes=50) < found.next_attempt_at - utc_now() < timedelta(minutes=70)


def test_after_the_last_attempt_a_message_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "WAITS_S", ())
    with receiver(500) as (url, _):
        delivery_id = message(endpoint(url))
        send(delivery_id)

    assert row(delivery_id).status == "failed"


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    with receiver(429, Retry_After="600") as (url, _):
        delivery_id = message(endpoint(url))
        send(delivery_id)
    due_at = row(delivery_id).next_attempt_at

    assert due_at is not None
    assert timedelta(seconds=590) < due_at - utc_now() <= timedelta(seconds=600)


def test_410_disables_the_endpoint_with_all_that_waits_for_it() -> None:
    with receiver(410) as (url, came):
        hook = endpoint(url)
        first, second = message(hook), message(hook)
        sent = [send(first), send(second)]

    assert (sent, len(came)) == ([False, False], 1)
    assert [row(each).status for each in (first, second)] == ["failed", "failed"]
    assert "410" in health(hook).disabled_reason


def test_three_days_without_a_message_taken_disable_the_endpoint() -> None:
    with receiver(500) as (url, _):
        young = endpoint(url, failing_since=utc_now() - timedelta(days=2, hours=23))
        old = endpoint(url, failing_since=utc_now() - timedelta(days=3, hours=1))
        for hook in (young, old):
            send(message(hook))

    assert health(young).disabled_at is None
    assert "the server answered 500" in health(old).disabled_reason


def test_one_message_taken_makes_an_endpoint_well_again() -> None:
    with receiver() as (url, _):
        hook = endpoint(url, failing_since=utc_now() - timedelta(days=5))
        send(message(hook))

    assert (health(hook).failing_since, health(hook).disabled_at) == (None, None)


def test_an_endpoint_is_asked_at_its_new_address_with_both_secrets_after_a_rotation() -> None:
    with receiver() as (url, came):
        hook = endpoint("http://127.0.0.1:1/")
        delivery_id = message(hook)
        with transaction() as session:
            moved = session.get_one(WebhookEndpoint, hook.id)
            moved.url = url
            WebhookEndpoints(session, owner_id=moved.owner_id).rotate(moved, overlap=timedelta(hours=24))
        send(delivery_id)

    for version in (1, 2):
        assert Webhook(secret_of(hook.id, version)).verify(came[0][1], came[0][0])


def test_after_the_overlap_the_old_secret_proves_nothing() -> None:
    with receiver() as (url, came):
        hook = endpoint(url, secret_version=2, previous_until=utc_now() - timedelta(seconds=1))
        send(message(hook))

    assert len(came[0][0]["webhook-signature"].split()) == 1


def test_the_address_of_a_film_is_signed_with_the_accounts_secret_and_has_the_link() -> None:
    with transaction() as session:
        videos = Videos.of_everyone(session)
        user = Users(session).operator()
        video = videos.add(Brief(title="潮汐"), owner_id=user.id)
        videos.change(video.id, completed_at=utc_now(), rendition=RENDITION)
    with receiver() as (url, came):
        with transaction() as session:
            Videos.of_everyone(session).change(video.id, webhook_url=url)
        with transaction() as session:
            outbox.announce(session)
        sent = [send(each) for each in webhooks.take_due()]
    headers, body = came[0]
    data = Webhook(secret_of(user.id, 1)).verify(body, headers)["data"]

    assert sent == [True]
    assert (data["id"], data["status"], data["error"]) == (video.id, "completed", None)
    assert "/media/" in data["video_url"]
    assert "sig=" in data["video_url"]


def test_a_film_that_was_removed_meanwhile_has_no_link() -> None:
    with receiver() as (url, came):
        send(message(url=url, video_id="task_gone", content={"id": "task_gone", "status": "completed"}))

    assert json.loads(came[0][1])["data"] == {"id": "task_gone", "status": "completed", "video_url": None}


def test_a_message_that_was_removed_is_not_sent() -> None:
    assert send("msg_gone") is False
