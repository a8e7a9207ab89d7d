"""Endpoints that are told: add, change, rotate, test, disable, and the log of what was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.reconciler import reconcile
from api.webhooks import MOST_ENDPOINTS
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio.models.brief import Brief
from studio.webhook import secret_of
from tests.api.conftest import FakePrefect, bearer_of

URL = "https://hook.example/films"


@pytest.fixture
def ask(client: TestClient, bearer: dict[str, str]) -> Callable[..., Any]:
    def send(method: str, path: str, body: Any = None, **headers: str) -> Any:
        return client.request(method, path, json=body, headers={**bearer, "Accept-Language": "en", **headers})

    return send


@pytest.fixture
def hook(ask: Callable[..., Any]) -> dict[str, Any]:
    made: dict[str, Any] = ask("POST", "/webhooks", {"url": URL}).json()["data"]
    return made


def stored(kind: type[Any], row_id: str, **values: Any) -> Any:
    """The row, with *values* set."""
    with transaction() as session:
        row = session.get_one(kind, row_id)
        for name, value in values.items():
            setattr(row, name, value)
    return row


def fields(answer: Any) -> list[str]:
    return [detail["field"] for detail in answer.json()["error"]["details"]]


def test_an_account_begins_without_webhooks(ask: Callable[..., Any]) -> None:
    assert ask("GET", "/webhooks").json()["data"] == {"items": []}
    assert ask("GET", "/webhook-deliveries").json()["data"] == {"items": [], "next_cursor": None, "has_more": False}


def test_an_endpoint_is_told_of_everything_and_shows_its_secret_once(
    ask: Callable[..., Any], hook: dict[str, Any]
) -> None:
    again = ask("GET", f"/webhooks/{hook['id']}").json()["data"]

    assert hook["secret"] == secret_of(hook["id"], 1)
    assert again == {name: value for name, value in hook.items() if name != "secret"}
    assert again["events"] == ["video.awaiting_review", "video.completed", "video.failed", "video.cancelled"]
    assert (again["enabled"], again["failing_since"], again["disabled_reason"]) == (True, None, "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": "http://hook.example/"}, "url"),
        ({"url": "ftp://hook.example/"}, "url"),
        ({"url": "https://user:pw@hook.example/"}, "url"),
        ({"url": "https://hook.example:8443/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://hook.example/\nHost: other"}, "url"),
        ({"url": "https://hook.example/" + "x" * 2000}, "url"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["video.failed", "video.started"]}, "events.1"),
        ({"url": URL, "secret": "mine"}, "secret"),
        ({"url": URL, "description": 7}, "description"),
    ],
)
def test_what_is_no_public_address_or_no_event_is_refused(ask: Callable[..., Any], body: Any, field: str) -> None:
    answer = ask("POST", "/webhooks", body)

    assert (answer.status_code, fields(answer)) == (400, [field])
    assert ask("GET", "/webhooks").json()["data"]["items"] == []


def test_a_repeated_request_makes_one_endpoint_and_shows_no_secret_again(ask: Callable[..., Any]) -> None:
    first, second = (ask("POST", "/webhooks", {"url": URL}, **{"Idempotency-Key": "k"}) for _ in range(2))

    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert second.json()["data"]["secret"] is None
    assert len(ask("GET", "/webhooks").json()["data"]["items"]) == 1


def test_an_account_has_only_so_many(ask: Callable[..., Any]) -> None:
    statuses = [ask("POST", "/webhooks", {"url": URL}).status_code for _ in range(MOST_ENDPOINTS + 1)]

    assert statuses == [201] * MOST_ENDPOINTS + [400]


def test_what_is_left_out_of_a_change_stays(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    changed = ask("PATCH", f"/webhooks/{hook['id']}", {"events": ["video.failed", "video.failed"]}).json()["data"]

    assert (changed["events"], changed["url"]) == (["video.failed"], URL)


def test_an_endpoint_that_was_disabled_is_taken_up_again(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    path = f"/webhooks/{hook['id']}"
    stored(WebhookEndpoint, hook["id"], disabled_at=utc_now(), disabled_reason="410", failing_since=utc_now())
    before = ask("GET", path).json()["data"]
    refused = ask("POST", f"{path}/test")
    after = ask("PATCH", path, {"enabled": True}).json()["data"]

    assert (before["enabled"], before["disabled_reason"]) == (False, "410")
    assert (refused.status_code, fields(refused)) == (409, ["enabled"])
    assert (after["enabled"], after["disabled_reason"], after["failing_since"]) == (True, "", None)


def test_its_owner_may_disable_an_endpoint(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    changed = ask("PATCH", f"/webhooks/{hook['id']}", {"enabled": False}).json()["data"]

    assert (changed["enabled"], changed["disabled_reason"]) == (False, "by its owner")


def test_a_rotation_gives_another_secret(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    rotated = ask("POST", f"/webhooks/{hook['id']}/rotate", {}).json()["data"]
    row = stored(WebhookEndpoint, hook["id"])

    assert rotated["secret"] == secret_of(hook["id"], 2)
    assert timedelta(hours=23) < row.previous_until - utc_now() <= timedelta(hours=24)


def test_an_endpoint_goes_with_its_log(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    ask("POST", f"/webhooks/{hook['id']}/test")
    removed = ask("DELETE", f"/webhooks/{hook['id']}")

    assert removed.status_code == 204
    assert ask("GET", f"/webhooks/{hook['id']}").status_code == 404
    assert ask("GET", "/webhook-deliveries").json()["data"]["items"] == []


def test_a_test_is_sent_by_a_run_of_the_flow(
    ask: Callable[..., Any], hook: dict[str, Any], prefect: FakePrefect
) -> None:
    answer = ask("POST", f"/webhooks/{hook['id']}/test")
    shown = answer.json()["data"]

    assert answer.status_code == 202
    assert (shown["event"], shown["status"], shown["webhook_id"]) == ("webhook.test", "pending", hook["id"])
    assert [deployment for deployment, _ in prefect.errands] == ["deliver-webhooks/default"]
    assert prefect.errands[0][1].startswith(shown["id"])


def test_a_test_while_prefect_is_down_is_sent_later(
    ask: Callable[..., Any], hook: dict[str, Any], prefect: FakePrefect
) -> None:
    prefect.is_down = True
    status = ask("POST", f"/webhooks/{hook['id']}/test").status_code
    prefect.is_down = False
    reconcile()

    assert status == 202
    assert len(prefect.errands) == 1


def test_a_film_that_ends_is_told_by_the_reconciler_with_one_run(
    ask: Callable[..., Any], hook: dict[str, Any], user: User, prefect: FakePrefect
) -> None:
    with transaction() as session:
        videos = Videos(session, owner_id=user.id)
        video_id = videos.add(Brief(title="潮汐"), owner_id=user.id).id
        videos.change(video_id, run_id="run", completed_at=utc_now(), error_code="RENDER_FAILED")
    for _ in range(3):
        reconcile()
    log = ask("GET", f"/webhook-deliveries?video_id={video_id}").json()["data"]["items"]

    assert [(each["event"], each["status"], each["attempts"]) for each in log] == [("video.failed", "pending", [])]
    assert len(prefect.errands) == 1


def test_a_film_brings_its_own_address_which_prefect_does_not_see(
    ask: Callable[..., Any], prefect: FakePrefect
) -> None:
    made = ask("POST", "/videos", {"title": "潮汐", "webhook_url": "https://hook.example/?token=secret"}).json()["data"]
    ask("POST", f"/videos/{made['id']}/cancel")
    with transaction() as session:
        video = Videos.of_everyone(session).get(made["id"])
        assert video is not None
        Videos.of_everyone(session).close(made["id"])
    reconcile()
    log = ask("GET", "/webhook-deliveries").json()["data"]["items"]

    assert made["webhook_url"] == "https://hook.example/?token=secret"
    assert "token" not in str(video.brief)
    assert [(each["event"], each["url"], each["webhook_id"]) for each in log] == [
        ("video.cancelled", "https://hook.example/?token=secret", None)
    ]


def test_an_address_of_a_film_must_be_public(ask: Callable[..., Any]) -> None:
    answer = ask("POST", "/videos", {"title": "潮汐", "webhook_url": "https://10.0.0.1/"})

    assert (answer.status_code, fields(answer)) == (400, ["webhook_url"])


def test_the_log_is_read_page_by_page_and_by_endpoint(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    other = ask("POST", "/webhooks", {"url": URL}).json()["data"]
    ids = [ask("POST", f"/webhooks/{each['id']}/test").json()["data"]["id"] for each in (hook, other, hook)]
    first = ask("GET", "/webhook-deliveries?limit=2").json()["data"]
    rest = ask("GET", f"/webhook-deliveries?limit=2&cursor={first['next_cursor']}").json()["data"]
    of_one = ask("GET", f"/webhook-deliveries?webhook_id={other['id']}").json()["data"]["items"]

    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert [each["id"] for each in of_one] == [ids[1]]


def test_a_message_that_is_over_is_sent_again_under_its_id(
    ask: Callable[..., Any], hook: dict[str, Any], prefect: FakePrefect
) -> None:
    message = ask("POST", f"/webhooks/{hook['id']}/test").json()["data"]
    path = f"/webhook-deliveries/{message['id']}"
    too_early = ask("POST", f"{path}/redeliver")
    stored(WebhookDelivery, message["id"], next_attempt_at=None, delivered_at=utc_now(), failures=3)
    done = ask("GET", path).json()["data"]
    again = ask("POST", f"{path}/redeliver")

    assert (too_early.status_code, fields(too_early)) == (409, ["status"])
    assert done["status"] == "delivered"
    assert (again.status_code, again.json()["data"]["status"], again.json()["data"]["id"]) == (
        202,
        "pending",
        message["id"],
    )
    assert len(prefect.errands) == 2


def test_nothing_is_sent_again_to_an_endpoint_that_is_disabled(ask: Callable[..., Any], hook: dict[str, Any]) -> None:
    message = ask("POST", f"/webhooks/{hook['id']}/test").json()["data"]
    stored(WebhookDelivery, message["id"], next_attempt_at=None)
    stored(WebhookEndpoint, hook["id"], disabled_at=utc_now())
    answer = ask("POST", f"/webhook-deliveries/{message['id']}/redeliver")

    assert (answer.status_code, fields(answer)) == (409, ["enabled"])


def test_the_accounts_secret_is_for_its_owner_after_a_login_only(
    ask: Callable[..., Any], client: TestClient, user: User
) -> None:
    secret = ask("GET", "/users/me/webhook-secret").json()["data"]
    key = ask("POST", "/api-keys", {"name": "laptop"}).json()["data"]["key"]
    with_key = client.get("/users/me/webhook-secret", headers={"X-API-Key": key})
    rotated = ask("POST", "/users/me/webhook-secret/rotate", {"overlap_s": 60}).json()["data"]

    assert secret == {"secret": secret_of(user.id, 1), "previous_until": None}
    assert with_key.status_code == 403
    assert rotated["secret"] == secret_of(user.id, 2)
    assert rotated["previous_until"] is not None


def test_an_account_goes_with_its_webhooks(client: TestClient) -> None:
    login = {"username": "leaving@example.com", "password": "password123"}
    client.post("/auth/register", json={**login, "email": "leaving@example.com"})
    token = client.post("/auth/login", json=login).json()["data"]["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    hook_id = client.post("/webhooks", json={"url": URL}, headers=headers).json()["data"]["id"]
    client.post(f"/webhooks/{hook_id}/test", headers=headers)
    gone = client.request("DELETE", "/users/me", json={"password": "password123"}, headers=headers)

    assert gone.status_code == 204
    with transaction() as session:
        assert session.get(WebhookEndpoint, hook_id) is None


def test_somebody_elses_endpoint_cannot_be_listed_by(
    ask: Callable[..., Any], client: TestClient, hook: dict[str, Any], account: Callable[[str], User]
) -> None:
    ask("POST", f"/webhooks/{hook['id']}/test")
    theirs = client.get(
        f"/webhook-deliveries?webhook_id={hook['id']}", headers=bearer_of(account("stranger@example.com"))
    )

    assert theirs.json()["data"]["items"] == []
