"""`/social/publish` and the ledger: what is asked for once is there once, and goes where it can go."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.callers import callers
from api.publishing import begin_due, tend_publications
from store.ledger import line_of
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.users import User
from studio.errors import PostRefused
from studio.models.brief import Brief
from studio.models.publication import Destination, Grant, Target, Token
from studio.providers.storage import open_storage
from studio.providers.storage.links import signed_url
from studio.settings import get_settings
from tests.api.conftest import FakePrefect, a_run, run_of
from tests.api.test_contract import RENDITION

Ask = Callable[..., Any]
CREDIT = {
    "title": "Moon",
    "author": "somebody",
    "licence": "CC BY 4.0",
    "url": "https://example.com",
    "licence_url": "",
}
FILM = {**RENDITION, "credits": [CREDIT]}


@pytest.fixture
def film(user: User) -> str:
    """A finished film of *user*."""
    with transaction() as session:
        videos = Videos(session, owner_id=user.id)
        video = videos.add(Brief(title="潮汐"), owner_id=user.id)
        videos.change(video.id, rendition=FILM, completed_at=utc_now(), stage="done", progress=100)
        return video.id


@pytest.fixture
def ask(client: TestClient, bearer: dict[str, str]) -> Ask:
    def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        return client.request(
            method, f"/social{path}", json=body, headers={**bearer, "Accept-Language": "en", **headers}
        )

    return call


def to_folder(film: str, **more: Any) -> dict[str, Any]:
    return {
        "platform": "folder",
        "content": {"title": "潮汐", "video_url": signed_url(RENDITION["video"]["key"], filename=f"{film}.mp4")},
        **more,
    }


def row(publication_id: str) -> Publication:
    with transaction() as session:
        found = Publications.of_everyone(session).get(publication_id)
    assert found is not None
    return found


def an_account(owner: User, remote_id: str, platform: Target = Target.YOUTUBE) -> str:
    with transaction() as session:
        grant = Grant(remote_id=remote_id, name=remote_id, token=Token(access="secret-token"))
        return SocialAccounts(session, owner_id=owner.id).keep(platform, grant).id


def test_an_own_film_is_published_from_where_it_is(ask: Ask, film: str, prefect: FakePrefect) -> None:
    answer = ask("POST", "/publish", to_folder(film))
    data = answer.json()["data"]
    written = row(data["publish_id"])

    assert answer.status_code == 202
    assert data == {"publish_id": written.id, "status": "pending", "platform": "folder"}
    assert answer.headers["location"] == f"/social/publications/{written.id}"
    assert (written.object_key, written.source_url, written.video_id) == (RENDITION["video"]["key"], None, film)
    assert written.post["credits"] == FILM["credits"]
    assert prefect.errands == [("publish-video/default", f"{written.id}/1")]
    assert written.run_id == run_of(f"{written.id}/1")


def test_the_same_film_for_the_same_account_is_one_publication(ask: Ask, film: str, prefect: FakePrefect) -> None:
    ids = {ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"] for _ in range(3)}
    by_id = ask("POST", "/publish", {"platform": "folder", "video_id": film, "content": {"title": "Other words"}})

    assert {*ids, by_id.json()["data"]["publish_id"]} == ids
    assert len(prefect.errands) == 1


def test_eight_requests_at_once_for_one_film_are_one_publication(ask: Ask, film: str, prefect: FakePrefect) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("POST", "/publish", to_folder(film)), range(8)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["data"]["publish_id"] for answer in answers}) == 1
    assert len(ask("GET", "/publications").json()["data"]["items"]) == 1
    assert len(set(prefect.errands)) == 1


def test_a_request_that_comes_again_with_its_key_is_answered_the_same(ask: Ask, film: str) -> None:
    order = to_folder(film)  # once: a link has the second in it
    first, again = (ask("POST", "/publish", order, **{"Idempotency-Key": "k1"}) for _ in range(2))
    other = ask("POST", "/publish", {**order, "scheduled_at": "2030-01-01T00:00:00Z"}, **{"Idempotency-Key": "k1"})

    assert first.json()["data"] == again.json()["data"]
    assert again.headers["idempotent-replayed"] == "true"
    assert other.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "myspace"}, "platform"),
        ({"content": {"title": "潮汐"}}, "content.video_url"),
        ({"content": {"title": "", "video_url": "https://example.com/a.mp4"}}, "content.title"),
        ({"content": {"title": "潮汐", "video_url": "http://127.0.0.1/a.mp4"}}, "content.video_url"),
        ({"content": {"title": "潮汐", "video_url": "http://169.254.169.254/a.mp4"}}, "content.video_url"),
        ({"content": {"title": "潮汐", "video_url": "file:///etc/passwd"}}, "content.video_url"),
        ({"content": {"title": "潮汐", "video_url": "http://localhost:8000/media/sha256/../../secret.key"}},
         "content.video_url"),
        ({"video_id": "task_nope"}, "video_id"),
        ({"scheduled_at": "tomorrow"}, "scheduled_at"),
        ({"scheduled_at": "2030-01-01T00:00:00"}, "scheduled_at"),
        ({"visibility": "friends"}, "visibility"),
        ({"options": {"loud": True}}, "options.loud"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_what_cannot_be_published_is_refused_by_its_field(
    ask: Ask, film: str, change: dict[str, Any], field: str
) -> None:
    answer = ask("POST", "/publish", {**to_folder(film), **change})

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field
    assert ask("GET", "/publications").json()["data"]["items"] == []


def test_a_link_of_ours_must_be_signed_by_us_and_alive(ask: Ask, film: str, account: Callable[[str], User]) -> None:
    key = RENDITION["video"]["key"]
    dead = f"{get_settings().base_url}/media/{key}?exp=1&name=a.mp4&sig=00"
    answer = ask("POST", "/publish", {"platform": "folder", "content": {"title": "潮汐", "video_url": dead}})

    assert answer.status_code == 400
    assert "does not work any more" in answer.json()["error"]["details"][0]["message"]


def test_a_film_in_the_making_is_not_published(ask: Ask, user: User) -> None:
    with transaction() as session:
        video = Videos(session, owner_id=user.id).add(Brief(title="潮汐"), owner_id=user.id)
    answer = ask("POST", "/publish", {"platform": "folder", "video_id": video.id, "content": {"title": "潮汐"}})

    assert answer.status_code == 400
    assert "not there yet" in answer.json()["error"]["details"][0]["message"]


def test_a_key_without_the_scope_publishes_nothing(client: TestClient, user: User, film: str) -> None:
    from api import keys
    from api.once import Once
    from api.schemas.keys import MakeApiKey

    made = keys.make_key(
        MakeApiKey(name="x", scopes=("read", "write")), owner=user, once=Once(key=None, fingerprint="")
    )
    callers().forget(user.id)
    answer = client.post("/social/publish", json=to_folder(film), headers={"X-API-Key": made.key})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_what_is_scheduled_begins_when_its_time_has_come_in_any_zone(
    ask: Ask, film: str, prefect: FakePrefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2030, 1, 1, 20, 30, tzinfo=UTC)
    answer = ask("POST", "/publish", to_folder(film, scheduled_at="2030-01-02T04:30:00+08:00")).json()["data"]
    begin_due()
    before = list(prefect.errands)
    monkeypatch.setattr("api.publishing.utc_now", lambda: at - timedelta(seconds=1))
    begin_due()
    early = list(prefect.errands)
    monkeypatch.setattr("api.publishing.utc_now", lambda: at)
    begin_due()

    assert answer["status"] == "scheduled"
    assert (before, early) == ([], [])
    assert prefect.errands == [("publish-video/default", f"{answer['publish_id']}/1")]


def test_another_time_can_be_given_until_it_begins(ask: Ask, film: str) -> None:
    publish_id = ask("POST", "/publish", to_folder(film, scheduled_at="2030-01-01T00:00:00Z")).json()["data"][
        "publish_id"
    ]
    moved = ask("POST", f"/publications/{publish_id}/reschedule", {"scheduled_at": "2031-01-01T00:00:00Z"})
    now = ask("POST", f"/publications/{publish_id}/reschedule", {"scheduled_at": "2020-01-01T00:00:00Z"})
    begin_due()
    late = ask("POST", f"/publications/{publish_id}/reschedule", {"scheduled_at": "2031-01-01T00:00:00Z"})

    assert moved.json()["data"]["scheduled_at"] == "2031-01-01T00:00:00Z"
    assert now.status_code == 200
    assert (late.status_code, late.json()["error"]["code"]) == (409, "CONFLICT")


def test_a_time_that_has_passed_is_refused_and_one_of_a_moment_ago_is_now(ask: Ask, film: str) -> None:
    wrong = ask("POST", "/publish", to_folder(film, scheduled_at="2025-12-24T20:00:00+08:00")).json()["error"]
    just_now = (utc_now() - timedelta(minutes=1)).isoformat()
    begun = ask("POST", "/publish", to_folder(film, scheduled_at=just_now))

    assert wrong["code"] == "BAD_REQUEST"
    assert (wrong["details"][0]["field"], wrong["details"][0]["message"]) == (
        "scheduled_at", "has passed; leave it out to publish now",
    )  # fmt: skip
    assert begun.json()["data"]["status"] == "pending"


def test_a_time_for_what_is_over_is_refused_with_what_became_of_it(ask: Ask, film: str) -> None:
    publish_id = ask("POST", "/publish", to_folder(film, scheduled_at="2030-01-01T00:00:00Z")).json()["data"][
        "publish_id"
    ]
    ask("POST", f"/publications/{publish_id}/cancel")
    refused = ask("POST", f"/publications/{publish_id}/reschedule", {"scheduled_at": "2031-01-01T00:00:00Z"})

    assert refused.status_code == 409
    assert refused.json()["error"]["details"][0]["message"] == "the publication is cancelled; it has no time any more"


def test_what_is_being_made_is_not_removed_but_called_off_first(ask: Ask, film: str) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    with transaction() as session:
        Publications.of_everyone(session).change(publish_id, state="uploading", started_at=utc_now())
    refused = ask("DELETE", f"/publications/{publish_id}")

    assert refused.status_code == 409
    assert refused.json()["error"]["details"][0]["message"] == "the publication is uploading; cancel it first"


def test_what_is_wrong_with_a_film_is_said_of_the_field_that_named_it(user: User, ask: Ask) -> None:
    an_account(user, "UC1", Target.TIKTOK)
    with transaction() as session:
        video = Videos(session, owner_id=user.id).add(Brief(title="潮汐"), owner_id=user.id)
        Videos.of_everyone(session).change(video.id, rendition={**FILM, "duration": 1.0}, completed_at=utc_now())
        video_id = video.id
    by_id = ask("POST", "/publish", {"platform": "tiktok", "video_id": video_id, "content": {"title": "潮汐"}})
    by_link = ask("POST", "/publish", {**to_folder(video_id), "platform": "tiktok"})
    fields = [answer.json()["error"]["details"][0]["field"] for answer in (by_id, by_link)]

    assert fields == ["video_id", "content.video_url"]


def test_a_folder_has_no_accounts_to_name(ask: Ask, film: str) -> None:
    answer = ask("POST", "/publish", to_folder(film, account_id="account_1"))

    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "account_id")
    assert "folder has no accounts" in answer.text


def test_what_waits_is_cancelled_at_once_and_may_be_asked_for_again(ask: Ask, film: str) -> None:
    order = to_folder(film, scheduled_at="2030-01-01T00:00:00Z")
    first = ask("POST", "/publish", order).json()["data"]["publish_id"]
    cancelled = ask("POST", f"/publications/{first}/cancel").json()["data"]
    second = ask("POST", "/publish", order).json()["data"]["publish_id"]

    assert cancelled["status"] == "cancelled"
    assert second != first


def test_what_was_begun_is_called_off_by_its_own_run(ask: Ask, film: str) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    with transaction() as session:
        Publications.of_everyone(session).change(publish_id, state="uploading", started_at=utc_now())
    shown = ask("POST", f"/publications/{publish_id}/cancel").json()["data"]

    assert shown["status"] == "uploading"
    assert row(publish_id).cancel_requested_at is not None


def test_a_postponed_one_that_is_called_off_gets_a_run_that_cleans_up(
    ask: Ask, film: str, prefect: FakePrefect
) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    with transaction() as session:
        Publications.of_everyone(session).change(
            publish_id, state="scheduled", started_at=utc_now(), run_id=None, attempt=2,
            retry_at=utc_now() + timedelta(hours=5),
        )  # fmt: skip
    ask("POST", f"/publications/{publish_id}/cancel")
    begin_due()

    assert prefect.errands[-1] == ("publish-video/default", f"{publish_id}/2")


def test_one_that_failed_is_tried_again_unless_the_film_is_there_by_now(ask: Ask, film: str) -> None:
    failed = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    fails = {"state": "failed", "current_key": None, "error_code": "PROVIDER_REJECTED", "finished_at": utc_now()}
    with transaction() as session:
        Publications.of_everyone(session).change(failed, **fails)
    tried = ask("POST", f"/publications/{failed}/retry").json()["data"]
    with transaction() as session:
        Publications.of_everyone(session).change(failed, **fails)
    ask("POST", "/publish", to_folder(film))
    refused = ask("POST", f"/publications/{failed}/retry")

    assert (tried["status"], tried["attempt"], tried["error"]) == ("pending", 2, None)
    assert refused.status_code == 409


def test_a_film_that_failed_with_something_sent_is_gone_on_with_and_not_begun_anew(ask: Ask, film: str) -> None:
    failed = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    fails = {"state": "failed", "error_code": "PROVIDER_UNAVAILABLE", "finished_at": utc_now(), "saved": b"sealed"}
    with transaction() as session:
        Publications.of_everyone(session).change(failed, **fails)
    again = ask("POST", "/publish", to_folder(film)).json()["data"]
    with transaction() as session:
        Publications.of_everyone(session).change(failed, **fails)
    tried = ask("POST", f"/publications/{failed}/retry").json()["data"]

    assert (again["publish_id"], again["status"]) == (failed, "pending")
    assert (tried["status"], tried["attempt"]) == ("pending", 3)
    assert row(failed).saved == b"sealed"


def test_a_run_that_dies_with_something_sent_keeps_a_second_publication_away(
    ask: Ask, film: str, prefect: FakePrefect
) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    with transaction() as session:
        Publications.of_everyone(session).change(publish_id, saved=b"sealed")
    run_id = run_of(f"{publish_id}/1")
    prefect.runs[run_id] = a_run(run_id, "Crashed", "failed", age_s=60)
    for _ in range(4):
        tend_publications()

    assert row(publish_id).state == "failed"
    assert ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"] == publish_id


def test_a_published_film_is_removed_by_a_run_and_others_are_not(ask: Ask, film: str, prefect: FakePrefect) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    early = ask("DELETE", f"/publications/{publish_id}")
    with transaction() as session:
        Publications.of_everyone(session).change(publish_id, state="published", remote_id="x", finished_at=utc_now())
    removing = ask("DELETE", f"/publications/{publish_id}")

    assert early.status_code == 409
    assert (removing.status_code, removing.json()["data"]["status"]) == (202, "withdrawing")
    assert prefect.errands[-1] == ("publish-video/default", f"{publish_id}/2")


def test_an_account_has_one_upload_at_a_time_and_a_platform_four(
    user: User, prefect: FakePrefect, client: object
) -> None:
    with transaction() as session:
        publications = Publications(session, owner_id=user.id)
        for number in range(20):
            publications.add(
                Publication(
                    owner_id=user.id, platform="youtube", account_id=f"account_{number % 6}", post={"title": "潮汐"},
                    object_key=RENDITION["video"]["key"],
                )
            )  # fmt: skip
    begin_due()
    begin_due()

    with transaction() as session:
        lanes = [each.account_id for each in Publications.of_everyone(session).in_flight()]
    assert len(lanes) == len(set(lanes)) == 4


def test_a_run_that_dies_is_begun_again_three_times_and_then_fails(ask: Ask, film: str, prefect: FakePrefect) -> None:
    publish_id = ask("POST", "/publish", to_folder(film)).json()["data"]["publish_id"]
    run_id = run_of(f"{publish_id}/1")
    prefect.runs[run_id] = a_run(run_id, "Crashed", "failed", age_s=60)
    for _ in range(4):
        tend_publications()
    shown = ask("GET", f"/publications/{publish_id}").json()["data"]

    assert prefect.started_again == [run_id] * 3
    assert (shown["status"], shown["error"]["code"]) == ("failed", "INTERNAL_ERROR")


def test_while_prefect_is_away_it_is_written_down_and_begun_later(ask: Ask, film: str, prefect: FakePrefect) -> None:
    prefect.is_down = True
    answer = ask("POST", "/publish", to_folder(film))
    prefect.is_down = False
    tend_publications()

    assert answer.status_code == 202
    assert set(prefect.errands) == {("publish-video/default", f"{answer.json()['data']['publish_id']}/1")}


def test_a_film_is_handed_over_when_it_is_done(
    client: TestClient, bearer: dict[str, str], user: User, prefect: FakePrefect
) -> None:
    body = {"title": "潮汐", "tags": ["海"], "publish": [{"platform": "folder"}]}
    video_id = client.post("/videos", json=body, headers=bearer).json()["data"]["id"]
    tend_publications()
    with transaction() as session:
        [waiting] = Publications(session, owner_id=user.id).page(after=None, most=9)
        Videos.of_everyone(session).change(video_id, rendition=FILM, completed_at=utc_now())
    tend_publications()
    after = row(waiting.id)

    assert (waiting.state, waiting.video_id, waiting.post["tags"]) == ("waiting_for_video", video_id, ["海"])
    assert (after.state, after.object_key) == ("pending", RENDITION["video"]["key"])
    assert after.post["credits"] == FILM["credits"]
    assert set(prefect.errands) == {("publish-video/default", f"{waiting.id}/1")}


@pytest.mark.usefixtures("prefect")
def test_a_film_is_described_by_its_own_description_unless_another_is_given(
    client: TestClient, bearer: dict[str, str], user: User
) -> None:
    for given in ({}, {"description": "另一段"}, {"description": ""}):
        body = {"title": "潮汐", "description": "海水一天漲落兩次。", "publish": [{"platform": "folder", **given}]}
        assert client.post("/videos", json=body, headers=bearer).status_code == 202
    with transaction() as session:
        rows = Publications(session, owner_id=user.id).page(after=None, most=9)

    assert [each.post["description"] for each in reversed(rows)] == ["海水一天漲落兩次。", "另一段", ""]


def test_a_film_s_own_description_is_left_out_where_it_does_not_fit_and_another_one_is_refused(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X_CLIENT_ID", "a")
    monkeypatch.setenv("X_CLIENT_SECRET", "b")
    an_account(user, "UC1", Target.X)
    with transaction() as session:
        own = line_of(session, Destination(platform=Target.X), title="潮汐", description="海" * 141, owner_id=user.id)
        given = Destination(platform=Target.X, description="海" * 141)
        with pytest.raises(PostRefused, match=r"publish\.description"):
            line_of(session, given, title="潮汐", owner_id=user.id)

    assert own.post["description"] == ""


def test_a_film_that_was_asked_for_by_its_link_meanwhile_is_not_published_twice(
    client: TestClient, bearer: dict[str, str], user: User
) -> None:
    body = {"title": "潮汐", "publish": [{"platform": "folder"}]}
    video_id = client.post("/videos", json=body, headers=bearer).json()["data"]["id"]
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, rendition=FILM, completed_at=utc_now())
    client.post("/social/publish", json=to_folder(video_id), headers=bearer)
    tend_publications()

    with transaction() as session:
        rows = Publications(session, owner_id=user.id).page(after=None, most=9)
    assert sorted(row.state for row in rows) == ["cancelled", "pending"]


def test_a_film_that_is_cancelled_goes_nowhere(client: TestClient, bearer: dict[str, str], user: User) -> None:
    body = {"title": "潮汐", "publish": [{"platform": "folder"}]}
    video_id = client.post("/videos", json=body, headers=bearer).json()["data"]["id"]
    with transaction() as session:
        Videos.of_everyone(session).request_cancel(video_id)
        Videos.of_everyone(session).close(video_id)
    tend_publications()

    with transaction() as session:
        [ended] = Publications(session, owner_id=user.id).page(after=None, most=9)
    assert ended.state == "cancelled"


def test_a_film_that_nobody_would_take_is_not_even_made(
    client: TestClient, bearer: dict[str, str], prefect: FakePrefect
) -> None:
    body = {"title": "潮汐", "publish": [{"platform": "folder", "options": {"loud": True}}]}
    answer = client.post("/videos", json=body, headers=bearer)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "publish.options.loud"
    assert client.get("/videos", headers=bearer).json()["data"]["items"] == []


def test_the_ledger_is_listed_page_by_page_and_by_what_was_asked(ask: Ask, user: User) -> None:
    with transaction() as session:
        publications = Publications(session, owner_id=user.id)
        ids = [
            publications.add(Publication(owner_id=user.id, platform=platform, post={"title": "潮汐"}, state=state)).id
            for platform, state in (("folder", "published"), ("youtube", "failed"), ("folder", "failed"))
        ]
    first = ask("GET", "/publications?limit=2").json()["data"]
    rest = ask("GET", f"/publications?limit=2&cursor={first['next_cursor']}").json()["data"]
    chosen = ask("GET", "/publications?platform=folder&status=failed").json()["data"]

    assert [each["id"] for each in first["items"]] == [ids[2], ids[1]]
    assert ([each["id"] for each in rest["items"]], rest["has_more"]) == ([ids[0]], False)
    assert [each["id"] for each in chosen["items"]] == [ids[2]]


def test_what_was_written_down_for_going_on_is_in_no_answer(ask: Ask, user: User, home: Path) -> None:
    an_account(user, "UC1")
    shown = ask("GET", "/accounts").text + ask("GET", "/platforms").text + ask("GET", "/publications").text

    assert "UC1" in shown
    assert "secret-token" not in shown
    assert b"secret-token" not in (home / "video-system.db").read_bytes()


def test_a_film_that_is_removed_before_it_is_published_leaves_its_file_to_be_sent(
    ask: Ask, client: TestClient, bearer: dict[str, str], film: str, tmp_path: Path
) -> None:
    key = FILM["video"]["key"]
    (tmp_path / "film.mp4").write_bytes(b"film")
    storage = open_storage(get_settings())
    storage.put(tmp_path / "film.mp4", key)
    ask("POST", "/publish", to_folder(film, scheduled_at="2030-01-01T00:00:00Z"))
    removed = client.delete(f"/videos/{film}", headers=bearer)

    assert removed.status_code == 204
    assert storage.exists(key)
