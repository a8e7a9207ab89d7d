"""Films within a plan, and fair between owners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.dispatch import dispatch, fair_order
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.settings import get_settings
from tests.api.conftest import FakePrefect, bearer_of

LONG = {"title": "潮汐", "settings": {"duration": 61}}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many films are made at once."""

    def change(films: int) -> None:
        monkeypatch.setenv("FILMS_AT_ONCE", str(films))
        get_settings.cache_clear()

    return change


def ask(client: TestClient, user: User, **body: Any) -> Any:
    return client.post("/video/generate", json={"title": "潮汐", **body}, headers=bearer_of(user))


def finish(video_id: str) -> None:
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, completed_at=utc_now())


def test_a_film_longer_than_the_plan_allows_is_refused(
    client: TestClient, user: User, plans: Callable[[str], None]
) -> None:
    plans('{"free": {"longest_s": 60}}')
    answer = ask(client, user, settings={"duration": 61})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "PLAN_EXCEEDED")
    assert answer.json()["error"]["details"][0]["field"] == "settings.duration"
    assert ask(client, user, settings={"duration": 60}).status_code == 202


def test_a_film_larger_than_the_plan_allows_is_refused(
    client: TestClient, user: User, plans: Callable[[str], None]
) -> None:
    plans('{"free": {"largest": "720p"}}')

    assert ask(client, user, settings={"resolution": "1080p"}).json()["error"]["details"][0]["field"] == (
        "settings.resolution"
    )
    assert ask(client, user, settings={"resolution": "720p"}).status_code == 202


def test_of_twenty_at_once_one_gets_the_only_place(
    client: TestClient, user: User, plans: Callable[[str], None], prefect: FakePrefect
) -> None:
    plans('{"free": {"running": 1, "waiting": 0}}')
    bearer = bearer_of(user)
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: client.post("/video/generate", json={"title": "潮汐"}, headers=bearer), range(20))
        )

    assert Counter(answer.status_code for answer in answers) == {202: 1, 429: 19}
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 429} == {"QUOTA_EXCEEDED"}
    assert {a.headers["Retry-After"] for a in answers if a.status_code == 429} == {"60"}


def test_a_place_is_free_again_when_its_film_is_over(
    client: TestClient, user: User, plans: Callable[[str], None]
) -> None:
    plans('{"free": {"running": 1, "waiting": 0}}')
    first = ask(client, user).json()["data"]["task_id"]
    refused = ask(client, user)
    finish(first)

    assert refused.status_code == 429
    assert ask(client, user).status_code == 202


def test_after_the_days_last_film_the_answer_says_when_the_next_may_come(
    client: TestClient, user: User, plans: Callable[[str], None]
) -> None:
    plans('{"free": {"films_a_day": 2}}')
    made = [ask(client, user) for _ in range(2)]
    refused = ask(client, user)

    assert [answer.status_code for answer in made] == [202, 202]
    assert refused.status_code == 429
    assert 86_390 <= int(refused.headers["Retry-After"]) <= 86_400


def test_what_the_plan_does_not_run_at_once_waits(
    client: TestClient, user: User, prefect: FakePrefect, room: Callable[[int], None]
) -> None:
    room(8)
    first, second = (ask(client, user).json()["data"]["task_id"] for _ in range(2))
    begun = list(prefect.started)
    status = client.get(f"/video/task/{second}", headers=bearer_of(user)).json()["data"]["status"]
    finish(first)
    dispatch()

    assert begun == [first]
    assert status == "pending"
    assert prefect.started == [first, second]


def test_one_owners_forty_do_not_delay_anothers_first(
    client: TestClient,
    account: Callable[[str], User],
    plans: Callable[[str], None],
    prefect: FakePrefect,
    room: Callable[[int], None],
) -> None:
    plans('{"free": {"running": 2, "waiting": 40}}')
    room(2)
    many, few = account("many@example.com"), account("few@example.com")
    for _ in range(40):
        ask(client, many)
    first = ask(client, few).json()["data"]["task_id"]

    assert len(prefect.started) == 3
    assert prefect.started[-1] == first


def test_no_more_is_begun_than_there_is_room_for(
    client: TestClient, account: Callable[[str], User], prefect: FakePrefect, room: Callable[[int], None]
) -> None:
    room(1)
    for name in "abcd":
        ask(client, account(f"{name}@example.com"))

    assert len(prefect.started) == 2


def videos_of(owners: str) -> list[tuple[Video, str]]:
    return [
        (Video(id=f"task_{n:02}", owner_id=owner, title="潮汐", brief={}), "paid") for n, owner in enumerate(owners)
    ]


def test_owners_take_turns_and_older_films_come_first() -> None:
    order = fair_order(videos_of("AAAAABBC"), in_flight=Counter())

    assert "".join(video.owner_id for video in order) == "ABCABA"
    assert [video.id for video in order if video.owner_id == "A"] == ["task_00", "task_01", "task_02"]


def test_what_an_owner_has_in_the_making_counts() -> None:
    order = fair_order(videos_of("AAB"), in_flight=Counter({"A": 2}))

    assert [video.owner_id for video in order] == ["B", "A"]


def test_a_brief_survives_the_waiting_room(client: TestClient, user: User, prefect: FakePrefect) -> None:
    ask(client, user, description="滿月時海水漲得最高。")
    with transaction() as session:
        video = Videos.of_everyone(session).get(prefect.started[0])

    assert video is not None
    assert Brief.model_validate(video.brief).description == "滿月時海水漲得最高。"
