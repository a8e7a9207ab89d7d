"""What happened to films is told once to everybody who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from store.repos import outbox
from store.repos.videos import Videos
from store.repos.webhooks import WebhookDeliveries, WebhookEndpoints
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio.models.brief import Brief

ALL = ["video.awaiting_review", "video.completed", "video.failed", "video.cancelled"]
OVER = {"rendition": {"duration": 10.0}}


@pytest.fixture
def film(owner: User) -> Callable[..., str]:
    def add(*, webhook_url: str | None = None, is_over: bool = True, **values: Any) -> str:
        with transaction() as session:
            videos = Videos(session, owner_id=owner.id)
            video = videos.add(Brief(title="潮汐"), owner_id=owner.id, webhook_url=webhook_url)
            videos.change(video.id, completed_at=utc_now() if is_over else None, **values)
            return video.id

    return add


@pytest.fixture
def endpoint(owner: User) -> Callable[..., WebhookEndpoint]:
    def add(url: str = "https://hook.example/", **values: Any) -> WebhookEndpoint:
        row = WebhookEndpoint(url=url, **{"owner_id": owner.id, "events": ALL, **values})
        with transaction() as session:
            return WebhookEndpoints(session, owner_id=owner.id).add(row)

    return add


def announced() -> int:
    with transaction() as session:
        return outbox.announce(session)


def messages(owner: User) -> list[WebhookDelivery]:
    with reading() as session:
        return list(WebhookDeliveries(session, owner_id=owner.id).page(before=None, most=100))


def told(owner: User) -> list[tuple[str, str | None]]:
    return [(message.event, message.video_id) for message in messages(owner)]


def test_where_nothing_happened_there_is_nothing_to_tell(migrated: str) -> None:
    with reading() as session:
        assert not outbox.has_news(session)
        assert outbox.next_attempt_at(session) is None
        assert outbox.first_due(session, now=utc_now()) is None


@pytest.mark.parametrize(
    ("values", "event"),
    [
        (OVER, "video.completed"),
        ({"error_code": "CRASHED"}, "video.failed"),
        ({"cancel_requested_at": utc_now()}, "video.cancelled"),
        ({"is_over": False, "review_key": "review-1"}, "video.awaiting_review"),
    ],
)
def test_what_happened_is_told_once(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User, values: dict[str, Any], event: str
) -> None:
    hook, video_id = endpoint(), film(**values)
    counts = [announced(), announced()]

    assert counts == [1, 0]
    assert told(owner) == [(event, video_id)]
    assert messages(owner)[0].endpoint_id == hook.id


def test_a_film_that_is_being_made_is_no_news(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    endpoint()
    film(is_over=False, run_id="run", stage="render")

    assert announced() == 0
    assert told(owner) == []


def test_a_film_that_was_read_and_then_made_is_told_of_twice(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    endpoint()
    video_id = film(is_over=False, review_key="review-1")
    announced()
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, approved_at=utc_now(), completed_at=utc_now(), **OVER)
    announced()

    assert [event for event, _ in told(owner)] == ["video.completed", "video.awaiting_review"]


def test_a_film_that_failed_twice_is_told_of_twice(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    endpoint()
    video_id = film(error_code="CRASHED")
    announced()
    with transaction() as session:
        Videos.of_everyone(session).ask_again(video_id)
    between = announced()
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, completed_at=utc_now(), error_code="RENDER_FAILED")
    announced()

    assert between == 0
    assert [event for event, _ in told(owner)] == ["video.failed", "video.failed"]
    assert messages(owner)[0].content == {
        "id": video_id,
        "title": "潮汐",
        "status": "failed",
        "error": {"code": "RENDER_FAILED", "message": ""},
    }


def test_only_those_are_told_who_asked_for_it(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User, stranger: User
) -> None:
    endpoint("https://failures.example/", events=["video.failed"])
    endpoint("https://off.example/", disabled_at=utc_now())
    endpoint("https://theirs.example/", owner_id=stranger.id)
    film(webhook_url="https://film.example/", **OVER)
    announced()

    assert [(message.url, message.endpoint_id) for message in messages(owner)] == [("https://film.example/", None)]
    assert messages(stranger) == []


def test_a_message_that_was_taken_is_not_due_until_its_time_is_over(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint]
) -> None:
    endpoint()
    film(**OVER)
    announced()
    now, hold = utc_now(), timedelta(seconds=90)
    with transaction() as session:
        taken = [outbox.take(session, now=now, most=5, hold=hold) for _ in range(2)]
    with transaction() as session:
        later = outbox.take(session, now=now + hold, most=5, hold=hold)

    assert [len(ids) for ids in taken] == [1, 0]
    assert later == taken[0]


def test_what_waits_longest_is_taken_first_and_no_more_than_wanted(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    endpoint()
    videos = [film(**OVER) for _ in range(3)]
    announced()
    with transaction() as session:
        taken = outbox.take(session, now=utc_now(), most=2, hold=timedelta(seconds=90))
    of = {message.id: message.video_id for message in messages(owner)}

    assert [of[each] for each in taken] == videos[:2]


def test_a_message_to_an_address_that_was_disabled_is_over(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    hook = endpoint()
    film(**OVER)
    announced()
    with transaction() as session:
        outbox.disable(session, session.merge(hook), reason="410")
    (message,) = messages(owner)
    with transaction() as session:
        parcel = outbox.open_parcel(session, message.id)

    assert message.status == "failed"
    assert parcel is None


def test_the_log_is_kept_for_thirty_days_and_what_is_not_over_longer(
    film: Callable[..., str], endpoint: Callable[..., WebhookEndpoint], owner: User
) -> None:
    endpoint()
    for _ in range(3):
        film(**OVER)
    announced()
    old, waiting, young = messages(owner)
    with transaction() as session:
        for message, days, next_attempt_at in ((old, 31, None), (waiting, 31, utc_now()), (young, 29, None)):
            row = session.get_one(WebhookDelivery, message.id)
            row.created_at, row.next_attempt_at = utc_now() - timedelta(days=days), next_attempt_at
    with transaction() as session:
        outbox.prune(session)

    assert [message.id for message in messages(owner)] == [waiting.id, young.id]


def test_films_that_were_over_before_webhooks_were_there_are_no_news(migrated: str, owner: User) -> None:
    from alembic import command

    from store.migrate import alembic_config

    with transaction() as session:
        videos = Videos(session, owner_id=owner.id)
        video = videos.add(Brief(title="潮汐"), owner_id=owner.id)
        videos.change(video.id, completed_at=utc_now(), **OVER)
    command.downgrade(alembic_config(), "0004")
    command.upgrade(alembic_config(), "head")

    assert announced() == 0
    with reading() as session:
        assert isinstance(Videos.of_everyone(session).get(video.id), Video)
