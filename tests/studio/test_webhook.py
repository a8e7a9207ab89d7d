"""Messages to other people's servers are signed, go to public addresses only, and come back when they were not taken."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from studio import webhook
from studio.settings import get_settings
from tests.support.receiver import receiver

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PRIVATE_ADDRESSES", "true")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def send(url: str, *secrets: str) -> webhook.Reply:
    body = webhook.body_of("video.completed", {"title": "潮汐"}, at=AT)
    return webhook.send(url, body, message_id="msg_1", secrets=secrets or (SECRET,))


def test_a_message_is_what_the_receivers_own_library_takes_for_genuine(private: None) -> None:
    with receiver() as (url, came):
        reply = send(url)
    headers, body = came[0]

    assert reply.is_taken
    assert headers["Content-Type"] == "application/json"
    assert Webhook(SECRET).verify(body, headers) == {
        "type": "video.completed",
        "timestamp": "2026-11-24T12:00:00+00:00",
        "data": {"title": "潮汐"},
    }


def test_during_a_rotation_both_secrets_prove_the_message_and_no_other_does(private: None) -> None:
    old, new, other = (webhook.secret_of("hook_1", version) for version in (1, 2, 3))
    with receiver() as (url, came):
        send(url, new, old)
    headers, body = came[0]

    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)


def test_a_secret_is_the_same_every_time_and_another_for_everybody(fresh_home: object) -> None:
    secrets = {webhook.secret_of(subject, version) for subject in ("hook_1", "hook_2") for version in (1, 2)}

    assert len(secrets) == 4
    assert webhook.secret_of("hook_1", 1) in secrets
    assert all(24 <= len(Webhook(secret)._whsecret) <= 64 for secret in secrets)


@pytest.mark.parametrize(("status", "is_taken"), [(200, True), (204, True), (302, False), (404, False), (500, False)])
def test_only_a_2xx_is_taken_and_a_redirect_is_not_followed(private: None, status: int, is_taken: bool) -> None:
    with receiver(status, Location="http://127.0.0.1:1/") as (url, came):
        reply = send(url)

    assert (reply.status, reply.is_taken, len(came)) == (status, is_taken, 1)
    assert reply.error == ("" if is_taken else f"the server answered {status}")


def test_410_says_that_no_more_is_wanted(private: None) -> None:
    with receiver(410) as (url, _):
        assert send(url).is_gone


def test_of_an_answer_the_beginning_is_kept_for_whoever_looks_for_the_fault(private: None) -> None:
    with receiver(500, content=b"\x00no such\xff table" + b"x" * 5000) as (url, _):
        reply = send(url)

    assert reply.text.startswith("\ufffdno such\ufffd table")
    assert len(reply.text) == webhook.KEPT_BYTES


def test_a_receiver_that_does_not_answer_is_left_after_a_while(private: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    with receiver(wait_s=1.0) as (url, _):
        reply = send(url)

    assert (reply.status, reply.is_taken) == (None, False)
    assert reply.error == "no answer (ReadTimeout)"


def test_nobody_there_is_a_reply_and_no_error(private: None) -> None:
    with receiver() as (url, _):
        pass

    assert send(url).error == "no answer (ConnectError)"


def test_a_name_that_leads_into_our_own_network_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("10.0.0.7", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)

    assert send("http://hook.example/").error == "must be a public address"


def test_the_waits_grow_until_it_is_given_up() -> None:
    waits = [webhook.wait_after(failures) for failures in range(1, 11)]

    assert waits[9] is None
    for wait, planned in zip(waits, webhook.WAITS_S, strict=False):
        assert wait is not None
        assert 0.9 * planned <= wait <= 1.1 * planned


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    waits = [webhook.wait_after(1, asked_s=asked) for asked in (1, 120, 10**9)]

    assert waits[0] is not None
    assert waits[0] < 6
    assert waits[1:] == [120, webhook.LONGEST_WAIT_S]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("120", 120, 120), ("", None, None), ("soon", None, None), ("-5", None, None), ("９", None, None)],
)
def test_retry_after_in_seconds(private: None, header: str, least: float | None, most: float | None) -> None:
    with receiver(503, **{"Retry_After": header.encode("utf-8").decode("latin-1")}) as (url, _):
        assert send(url).retry_after_s == least == most


def test_retry_after_as_a_date(private: None) -> None:
    in_a_minute = format_datetime(datetime.fromtimestamp(time.time() + 60, UTC), usegmt=True)
    with receiver(503, Retry_After=in_a_minute) as (url, _):
        asked_s = send(url).retry_after_s

    assert asked_s is not None
    assert 55 <= asked_s <= 60
