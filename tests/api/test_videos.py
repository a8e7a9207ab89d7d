"""Films under `/videos`: list, make, change, remove, cancel, try again, download, follow and review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import progress, runs
from api.films import status_of
from api.reconciler import reconcile
from api.runstates import Status
from api.schemas.videos import LONGEST_SCRIPT
from store.repos.assets import Assets
from store.repos.videos import Videos
from store.session import transaction
from store.tables.assets import StoredAsset
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.models.plan import all_plans
from studio.models.script import Scene, Script
from tests.api.conftest import FakePrefect, a_run, bearer_of, run_of
from tests.api.test_contract import ASSET, RENDITION

SCRIPT = Script(
    title="潮汐", language="zh-TW", scenes=(Scene(narration="海水會漲。"),), written_by="embedded"
).model_dump(mode="json")
UNDER_REVIEW = {"run_id": "run", "stage": "review", "review_key": "review-1", "script": SCRIPT}


@pytest.fixture
def film(user: User) -> Callable[..., str]:
    def add(title: str = "潮汐", **values: Any) -> str:
        with transaction() as session:
            videos = Videos(session, owner_id=user.id)
            video = videos.add(Brief(title=title, template=values.pop("template", "explainer")), owner_id=user.id)
            if values:
                videos.change(video.id, **values)
            return video.id

    return add


@pytest.fixture
def ask(client: TestClient, bearer: dict[str, str]) -> Callable[..., Any]:
    def send(method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        return client.request(
            method, f"/videos{path}", json=body, headers={**bearer, **headers}, follow_redirects=False
        )

    return send


def row(video_id: str) -> Video:
    with transaction() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def done(**values: Any) -> dict[str, Any]:
    return {"run_id": None, "completed_at": utc_now(), "rendition": RENDITION, "stage": "done", **values}


def failed(**values: Any) -> dict[str, Any]:
    return {"completed_at": utc_now(), "error_code": "RENDER_FAILED", "error_message": "ffmpeg failed", **values}


def cancelled(**values: Any) -> dict[str, Any]:
    return {"completed_at": utc_now(), "cancel_requested_at": utc_now(), **values}


# Lists


def test_an_account_without_films_has_an_empty_list(ask: Callable[..., Any]) -> None:
    assert ask("GET").json()["data"] == {"items": [], "next_cursor": None, "has_more": False}


def test_pages_hold_every_film_once_newest_first(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    made = [film() for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask("GET", f"?limit=3{'&cursor=' + cursor if cursor else ''}").json()["data"]
        seen += [item["id"] for item in page["items"]]
        assert page["has_more"] == (page["next_cursor"] is not None)
        cursor = page["next_cursor"]

    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=nonsense", "cursor"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("status=lost", "status.0"),
        ("q=%00", "q"),
        ("template=%00", "template"),
        ("created_after=yesterday", "created_after"),
        ("created_after=2026-11-01T00:00:00", "created_after"),
        ("created_before=0001-01-01T00:00:00%2B14:00", "created_before"),
    ],
)
def test_a_query_that_is_none_is_refused_by_name(ask: Callable[..., Any], query: str, field: str) -> None:
    answer = ask("GET", f"?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field


def test_films_are_listed_by_the_status_that_they_have_now(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    expected: dict[str, str] = {
        "completed": film(**done()),
        "failed": film(**failed()),
        "cancelled": film(**cancelled()),
        "pending": film(),
        "processing": film(run_id="going"),
        "awaiting_review": film(run_id="read"),
    }
    prefect.runs["going"] = a_run("going", "Running", "processing")
    prefect.runs["read"] = a_run("read", "Suspended", "awaiting_review")
    found = {
        status: [item["id"] for item in ask("GET", f"?status={status}").json()["data"]["items"]] for status in expected
    }

    assert found == {status: [video_id] for status, video_id in expected.items()}


def test_a_page_by_status_is_full_although_other_films_lie_between(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    wanted = []
    for number in range(4):
        film()
        film(run_id=f"run{number}")
        prefect.runs[f"run{number}"] = a_run(f"run{number}", "Running", "processing")
        wanted.append(film(**failed()))
    first = ask("GET", "?status=failed&status=completed&limit=3").json()["data"]
    second = ask("GET", f"?status=failed&status=completed&limit=3&cursor={first['next_cursor']}").json()["data"]

    assert [item["id"] for item in first["items"] + second["items"]] == wanted[::-1]
    assert second["has_more"] is False


def test_a_list_asks_prefect_once(ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect) -> None:
    for number in range(5):
        film(run_id=f"run{number}")
        prefect.runs[f"run{number}"] = a_run(f"run{number}", "Running", "processing")
    ask("GET")

    assert prefect.reads == [{f"run{number}" for number in range(5)}]


def test_films_are_found_by_template_text_and_date(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    listicle = film("Ten TIDES", template="listicle")
    percent = film("100% 潮汐")
    old = film("很久以前", created_at=utc_now() - timedelta(days=2))
    yesterday = (utc_now() - timedelta(days=1)).isoformat().replace("+", "%2B")

    def found(query: str) -> list[str]:
        return [item["id"] for item in ask("GET", f"?{query}").json()["data"]["items"]]

    assert found("template=listicle") == [listicle]
    assert found("template=template_id") == found("template=explainer") != []
    assert found("q=tides") == [listicle]
    assert found("q=%25") == [percent]
    assert found(f"created_before={yesterday}") == [old]
    assert found(f"created_after={yesterday}") == [percent, listicle]


def test_films_of_others_are_not_listed(
    client: TestClient, film: Callable[..., str], account: Callable[[str], User]
) -> None:
    film()
    answer = client.get("/videos", headers=bearer_of(account("stranger@example.com")))

    assert answer.json()["data"]["items"] == []


# Make


def test_a_full_brief_is_kept_and_begun(ask: Callable[..., Any], prefect: FakePrefect, user: User) -> None:
    with transaction() as session:
        asset = Assets(session, owner_id=user.id).add(
            StoredAsset(
                owner_id=user.id, key=f"sha256/ab/ab{'0' * 62}.png", filename="a.png", kind="image",
                media_type="image/png", size=1,
            )
        )  # fmt: skip
        recording = Assets(session, owner_id=user.id).add(
            StoredAsset(
                owner_id=user.id, key=f"sha256/ac/ac{'0' * 62}.wav", filename="a.wav", kind="audio",
                media_type="audio/wav", size=1,
            )
        )  # fmt: skip
    body = {
        "title": "Tides", "script": "The sea rises.", "language": "en", "voice": "af_heart", "template": "listicle",
        "aspect": "16:9", "resolution": "720p", "duration": 20, "assets": [None, asset.id], "tags": ["sea"], "review": True,
        "sources": ["https://example.com/tides"], "research": True, "footage": False, "speed": 1.25,
        "narration": recording.id, "captions": {"style": "pop", "highlight": "#FFD400"},
    }  # fmt: skip
    answer = ask("POST", "", body)
    data = answer.json()["data"]
    brief = row(data["id"]).brief

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/videos/{data['id']}"
    assert prefect.started == [data["id"]]
    assert (data["status"], data["tags"], data["brief"]["assets"]) == ("pending", ["sea"], 1)
    captions = {
        "style": "pop", "size": None, "position": None, "fill": None, "highlight": "#ffd400", "outline": None,
    }  # fmt: skip
    assert data["brief"]["captions"] == captions
    assert {**brief, "tags": ["sea"]} == {
        **body,
        "description": "",
        "captions": captions,
        "assets": [None, asset.key],
        "narration": recording.key,
        "trend": None,
        "fields": {},
    }


@pytest.mark.parametrize(
    ("body", "field", "known"),
    [
        ({"template": "nope"}, "template", "explainer"),
        ({"voice": "nope"}, "voice", "kokoro/zf_xiaoyi"),
        ({"title": "שלום עולם"}, "title", "in that language"),
        ({"title": "Tides", "script": "שלום עולם", "language": "en"}, "script", "in that language"),
        ({"title": "潮汐", "language": "en"}, "title", "in that language"),
        ({"language": "fr"}, "language", "zh-TW"),
        ({"assets": ["asset_nope"]}, "assets.0", ""),
        ({"assets": [None, "asset_nope"]}, "assets.1", "no such asset"),
        ({"captions": False}, "captions", ""),
        ({"captions": {"style": "loud"}}, "captions.style", "'karaoke'"),
        ({"captions": {"fill": "red"}}, "captions.fill", ""),
        ({"captions": {"font": "Outfit"}}, "captions.font", ""),
        ({"narration": "asset_nope", "script": "The sea rises."}, "narration", "no such asset"),
        ({"narration": "asset_nope"}, "script", "the words"),
        ({"sources": ["http://127.0.0.1/secret"]}, "sources.0", "public"),
        ({"sources": ["ftp://example.com"]}, "sources.0", ""),
        ({"sources": ["https://example.com"] * 6}, "sources", ""),
        ({"speed": 2.5}, "speed", ""),
        ({"research": "yes"}, "research", ""),
        ({"tags": ["a\nb"]}, "tags.0", ""),
        ({"tags": ["x" * 51]}, "tags.0", ""),
        ({"tags": ["x"] * 31}, "tags", ""),
    ],
)
@pytest.mark.parametrize("path", ["", "/estimate"])
def test_what_is_not_here_is_refused_before_anything_is_written(
    ask: Callable[..., Any], body: dict[str, Any], field: str, known: str, path: str
) -> None:
    answer = ask("POST", path, {"title": "潮汐", **body})
    detail = answer.json()["error"]["details"][0]

    assert answer.status_code == 400
    assert detail["field"] == field
    assert known in detail["message"]
    assert ask("GET").json()["data"]["items"] == []


def test_a_film_beyond_the_plan_is_refused_by_the_field_of_this_body(ask: Callable[..., Any]) -> None:
    answer = ask("POST", "", {"title": "潮汐", "duration": 600})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "PLAN_EXCEEDED")
    assert answer.json()["error"]["details"][0]["field"] == "duration"


def test_a_script_counts_as_long_as_it_takes_to_say(ask: Callable[..., Any]) -> None:
    answer = ask("POST", "", {"title": "潮汐", "script": "海水會慢慢漲上來。" * 400})

    assert answer.json()["error"]["code"] == "PLAN_EXCEEDED"


def test_a_repeated_request_makes_one_film(ask: Callable[..., Any], prefect: FakePrefect) -> None:
    first, second = (ask("POST", "", {"title": "潮汐"}, **{"Idempotency-Key": "one"}) for _ in range(2))

    assert second.json()["data"] == first.json()["data"]
    assert second.headers["idempotent-replayed"] == "true"
    assert len(prefect.started) == 1


def test_an_estimate_says_time_and_cost_and_writes_nothing(ask: Callable[..., Any]) -> None:
    answer = ask("POST", "/estimate", {"title": "潮汐", "duration": 60})

    assert answer.json()["data"] == {"seconds": 104, "duration": 60, "cost": 0.0, "currency": "USD", "warnings": []}
    assert ask("GET").json()["data"]["items"] == []


def test_an_estimate_of_what_is_charged_goes_by_what_films_came_to(
    ask: Callable[..., Any], film: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    order = {"title": "潮汐", "duration": 60}
    before = ask("POST", "/estimate", order).json()["data"]
    paid = film("Tides", rendition=RENDITION, completed_at=utc_now())
    with transaction() as session:
        for number, cost in enumerate((200_000, 100_000)):
            session.add(
                Purchase(
                    role="llm", provider="openai", model="m", key=str(number), state="settled", cost=cost, video_id=paid
                )
            )
    after = ask("POST", "/estimate", order).json()["data"]

    assert before["cost"] is None
    assert before["warnings"] == ["the writer 'openai' is charged by its vendor"]
    assert after["cost"] == pytest.approx(0.3 / RENDITION["duration"] * 60, abs=1e-4)


def test_an_estimate_warns_of_what_would_be_refused(ask: Callable[..., Any]) -> None:
    body = {"title": "潮汐", "duration": 600, "script": "海水會慢慢漲上來。" * 400}
    warnings = ask("POST", "/estimate", body).json()["data"]["warnings"]

    assert len(warnings) == 2
    assert "word for word" in warnings[0]
    assert "300 s" in warnings[1]


# One film


def test_a_finished_film_is_shown_whole(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film(**done(warnings=["short"]))
    data = ask("GET", f"/{video_id}").json()["data"]

    assert set(data) == {
        "id", "title", "status", "stage", "progress", "error", "brief", "tags", "warnings", "video", "links",
        "webhook_url", "created_at", "started_at", "completed_at", "cost",
    }  # fmt: skip
    assert (data["status"], data["progress"], data["error"], data["warnings"]) == ("completed", 100, None, ["short"])
    assert set(data["video"]) == {"width", "height", "duration", "loudness", "credits"}
    assert data["links"]["download"].endswith(f"/videos/{video_id}/download")


def bought(video_id: str, *, cost: int | None, state: str = "settled", **values: Any) -> None:
    call = {"key": "k", "role": "tts", "provider": "openai", "model": "gpt-4o-mini-tts", "units": {"characters": 10.0}}
    with transaction() as session:
        session.add(Purchase(video_id=video_id, cost=cost, state=state, **{**call, **values}))


def test_a_film_says_what_it_cost_and_what_for(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id, other = film(**done()), film(**done())
    bought(video_id, cost=2_250, role="llm", model="gpt-5-mini", units={"input_tokens": 1_000.0, "output_tokens": 1e3})
    bought(video_id, cost=1_200)
    bought(video_id, cost=800, state="lost")
    bought(video_id, cost=0, state="failed")
    bought(video_id, cost=9_000, state="reserved")
    bought(video_id, cost=0, role="footage", provider="pexels", model="", units={"requests": 1.0})
    bought(other, cost=77)
    cost = ask("GET", f"/{video_id}").json()["data"]["cost"]
    listed = {each["id"]: each["cost"] for each in ask("GET").json()["data"]["items"]}

    assert (cost["amount"], cost["currency"]) == (0.00425, "USD")
    assert cost["purchases"] == [
        {
            "role": "llm",
            "provider": "openai",
            "model": "gpt-5-mini",
            "calls": 1,
            "units": {"input_tokens": 1_000.0, "output_tokens": 1_000.0},
            "cost": 0.00225,
        },
        {
            "role": "tts",
            "provider": "openai",
            "model": "gpt-4o-mini-tts",
            "calls": 2,
            "units": {"characters": 20.0},
            "cost": 0.002,
        },
        {"role": "footage", "provider": "pexels", "model": "", "calls": 1, "units": {"requests": 1.0}, "cost": 0.0},
    ]
    assert listed[video_id] == cost
    assert listed[other]["amount"] == 0.000077


def test_a_film_with_a_call_of_unknown_price_has_no_amount_and_not_nothing(
    ask: Callable[..., Any], film: Callable[..., str]
) -> None:
    video_id = film(**done())
    bought(video_id, cost=1_200)
    bought(video_id, cost=None, model="nobody-knows")
    cost = ask("GET", f"/{video_id}").json()["data"]["cost"]

    assert cost["amount"] is None
    assert [each["cost"] for each in cost["purchases"]] == [0.0012, None]


def test_a_keyless_film_cost_nothing(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    assert ask("GET", f"/{film(**done())}").json()["data"]["cost"] == {
        "amount": 0.0,
        "currency": "USD",
        "purchases": [],
    }


def test_a_failed_film_says_why(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    data = ask("GET", f"/{film(**failed())}").json()["data"]

    assert (data["status"], data["video"], data["links"]["download"]) == ("failed", None, None)
    assert data["error"] == {"code": "RENDER_FAILED", "message": "ffmpeg failed"}


def test_a_finished_film_needs_no_prefect(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.is_down = True

    assert ask("GET", f"/{film(**done(run_id='run'))}").json()["data"]["status"] == "completed"


def test_title_and_tags_are_changed_and_nothing_else(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film()
    named = ask("PATCH", f"/{video_id}", {"title": "海"}).json()["data"]
    tagged = ask("PATCH", f"/{video_id}", {"tags": ["a", "b"]}).json()["data"]
    same = ask("PATCH", f"/{video_id}", {}).json()["data"]

    assert (named["title"], named["tags"]) == ("海", [])
    assert (tagged["title"], tagged["tags"]) == ("海", ["a", "b"])
    assert same == tagged
    assert same["brief"]["title"] == "潮汐"


@pytest.mark.parametrize("body", [{"status": "completed"}, {"owner_id": "me"}, {"title": ""}, {"tags": [""]}])
def test_nobody_sets_what_is_not_theirs_to_set(
    ask: Callable[..., Any], film: Callable[..., str], body: dict[str, Any]
) -> None:
    assert ask("PATCH", f"/{film()}", body).status_code == 400


def test_a_removed_film_is_gone_with_its_run(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    video_id = film(run_id="run")
    answer = ask("DELETE", f"/{video_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert prefect.removed == ["run"]
    assert ask("GET", f"/{video_id}").status_code == 404


def test_a_film_whose_run_cannot_be_ended_now_stays(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    video_id = film(run_id="run")
    prefect.is_down = True
    answer = ask("DELETE", f"/{video_id}")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert row(video_id).id == video_id


# Cancel and retry


def test_a_film_that_waits_without_a_run_is_over_when_cancelled(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.is_down = True
    video_id = film()
    answer = ask("POST", f"/{video_id}/cancel").json()["data"]
    prefect.is_down = False
    reconcile()

    assert answer["status"] == "cancelled"
    assert answer["completed_at"] is not None
    assert prefect.started == []


@pytest.mark.parametrize(("state", "status"), [("Scheduled", "pending"), ("Suspended", "awaiting_review")])
def test_a_run_without_a_process_is_over_when_cancelled(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect, state: str, status: Status
) -> None:
    prefect.runs["run"] = a_run("run", state, status)
    data = ask("POST", f"/{film(run_id='run')}/cancel").json()["data"]

    assert prefect.cancelled == ["run"]
    assert (data["status"], data["completed_at"] is not None) == ("cancelled", True)


def test_a_running_film_is_cancelled_at_once_and_over_with_its_process(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video_id = film(run_id="run", stage="render", pid=1, host="elsewhere")
    data = ask("POST", f"/{video_id}/cancel").json()["data"]
    early = ask("POST", f"/{video_id}/retry")
    prefect.runs["run"] = a_run("run", "Cancelled", "cancelled")
    reconcile()

    assert (data["status"], data["completed_at"]) == ("cancelled", None)
    assert early.status_code == 409
    assert row(video_id).completed_at is not None


def test_a_cancel_that_did_not_reach_prefect_is_carried_out_later(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video_id = film(run_id="run")
    prefect.is_down = True
    status = ask("POST", f"/{video_id}/cancel").json()["data"]["status"]
    prefect.is_down = False
    for _ in range(3):
        reconcile()

    assert status == "cancelled"
    assert prefect.cancelled == ["run"]


def test_a_cancel_that_no_process_is_there_to_carry_out_is_carried_out(
    film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Cancelling", "processing", age_s=60)
    film(run_id="run", cancel_requested_at=utc_now())
    reconcile()

    assert prefect.dead == ["run"]


def test_a_film_under_review_is_known_by_its_row_while_prefect_is_away(
    film: Callable[..., str], prefect: FakePrefect
) -> None:
    video_id = film(**UNDER_REVIEW)
    prefect.is_down = True

    assert status_of(row(video_id)) == "awaiting_review"


def test_a_cancelled_film_whose_process_crashed_is_not_started_again(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Crashed", "failed", age_s=60)
    video_id = film(run_id="run", cancel_requested_at=utc_now())
    reconcile()

    assert prefect.started_again == []
    assert ask("GET", f"/{video_id}").json()["data"]["status"] == "cancelled"
    assert row(video_id).completed_at is not None


@pytest.mark.parametrize("values", [done(), failed()])
def test_a_film_that_is_over_cannot_be_cancelled(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any]
) -> None:
    answer = ask("POST", f"/{film(**values)}/cancel")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


def test_cancelling_twice_is_the_same_as_once(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film()
    first, second = (ask("POST", f"/{video_id}/cancel") for _ in range(2))

    assert second.status_code == 200
    assert second.json()["data"] == first.json()["data"]


@pytest.mark.parametrize("values", [failed(restarts=3), cancelled(), {"completed_at": utc_now()}])
def test_a_film_that_failed_or_was_cancelled_goes_on_under_its_run(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect, values: dict[str, Any]
) -> None:
    video_id = film(**values)
    run_id = run_of(video_id)
    prefect.runs[run_id] = a_run(run_id, "Failed", "failed", age_s=300)
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, run_id=run_id)
    data = ask("POST", f"/{video_id}/retry").json()["data"]
    kept = row(video_id)

    assert (data["status"], data["error"], data["completed_at"]) == ("pending", None, None)
    assert prefect.went_on == [video_id]
    assert (kept.restarts, kept.cancel_requested_at, kept.error_code, kept.asks_again) == (0, None, None, False)


def test_a_retry_waits_for_prefect_and_is_not_taken_for_ended_meanwhile(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    video_id = film(**failed())
    run_id = run_of(video_id)
    prefect.runs[run_id] = a_run(run_id, "Failed", "failed", age_s=300)
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, run_id=run_id)
    prefect.is_down = True
    status = ask("POST", f"/{video_id}/retry").json()["data"]["status"]
    prefect.is_down = False
    for _ in range(2):
        reconcile()

    assert status == "pending"
    assert prefect.went_on == [video_id]
    assert row(video_id).completed_at is None


@pytest.mark.parametrize("values", [done(), {}, {"run_id": "run"}])
def test_a_film_that_is_not_over_or_is_there_is_not_tried_again(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any]
) -> None:
    assert ask("POST", f"/{film(**values)}/retry").status_code == 409


def test_a_retry_counts_like_a_new_film(
    ask: Callable[..., Any], film: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANS", '{"free": {"films_a_day": 1}}')
    all_plans.cache_clear()
    try:
        long_ago = utc_now() - timedelta(days=3)
        first, second = (film(**failed(), created_at=long_ago) for _ in range(2))
        answers = [ask("POST", f"/{video_id}/retry") for video_id in (first, second)]
    finally:
        monkeypatch.undo()
        all_plans.cache_clear()

    assert [answer.status_code for answer in answers] == [200, 429]
    assert row(second).completed_at is not None


# Download


@pytest.mark.parametrize(("variant", "suffix"), [("video", "mp4"), ("srt", "srt"), ("vtt", "vtt"), ("poster", "jpg")])
def test_a_file_of_a_film_is_a_signed_link_away(
    ask: Callable[..., Any], film: Callable[..., str], variant: str, suffix: str
) -> None:
    video_id = film(**done())
    answer = ask("GET", f"/{video_id}/download?variant={variant}")
    link = ask("GET", f"/{video_id}/download?variant={variant}&redirect=false").json()["data"]

    assert answer.status_code == 302
    assert "/media/sha256/" in answer.headers["location"]
    assert set(link) == {"url", "expires_at"}
    assert f"name={video_id}." in link["url"]


def beside(**values: Any) -> dict[str, Any]:
    """A rendition with all that goes beside a film."""
    thumbnails = [{"image": ASSET, "at": 2.5, "score": 0.75}, {"image": ASSET, "at": 7.0, "score": 0.5}]
    return {**RENDITION, "animation": ASSET, "preview": ASSET, "thumbnails": thumbnails, **values}


@pytest.mark.parametrize("variant", ["animation", "preview"])
def test_what_goes_beside_a_film_is_a_signed_link_away(
    ask: Callable[..., Any], film: Callable[..., str], variant: str
) -> None:
    answer = ask("GET", f"/{film(**done(rendition=beside()))}/download?variant={variant}")

    assert answer.status_code == 302
    assert "/media/sha256/" in answer.headers["location"]


def test_thumbnails_come_with_links_and_scores_the_best_first(
    ask: Callable[..., Any], film: Callable[..., str]
) -> None:
    video_id = film(**done(rendition=beside()))

    thumbnails = ask("GET", f"/{video_id}/download?variant=thumbnails").json()["data"]["thumbnails"]

    assert [(each["at"], each["score"]) for each in thumbnails] == [(2.5, 0.75), (7.0, 0.5)]
    assert [f"name={video_id}-{place}." in each["url"] for place, each in enumerate(thumbnails, 1)] == [True, True]


def test_a_film_of_an_earlier_version_has_nothing_beside_it(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film(**done())

    answers = {each: ask("GET", f"/{video_id}/download?variant={each}") for each in ("animation", "preview")}
    thumbnails = ask("GET", f"/{video_id}/download?variant=thumbnails").json()["data"]

    assert {each: answer.status_code for each, answer in answers.items()} == {"animation": 404, "preview": 404}
    assert thumbnails == {"thumbnails": []}
    assert ask("GET", f"/{video_id}").json()["data"]["links"]["preview"] is None


def test_a_film_can_be_watched_while_it_is_rendered(
    ask: Callable[..., Any], film: Callable[..., str], prefect: FakePrefect
) -> None:
    shorter, longer = (f"sha256/{part}/{part}{'0' * 62}.mp4" for part in ("aa", "bb"))
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video_id = film(run_id="run", stage="render", previews=[shorter, longer])

    link = ask("GET", f"/{video_id}").json()["data"]["links"]["preview"]
    answer = ask("GET", f"/{video_id}/download?variant=preview")
    other = ask("GET", f"/{video_id}/download?variant=poster")

    assert link.endswith(f"/videos/{video_id}/download?variant=preview")
    assert longer in answer.headers["location"]
    assert other.status_code == 409


@pytest.mark.parametrize("values", [{}, failed(), cancelled()])
def test_a_film_of_which_nothing_is_rendered_has_no_preview(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any]
) -> None:
    answer = ask("GET", f"/{film(**values)}/download?variant=preview")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "NOT_DONE")


def test_script_and_credits_come_as_they_are(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film(**done(script=SCRIPT))
    script = ask("GET", f"/{video_id}/download?variant=script").json()["data"]
    credits = ask("GET", f"/{video_id}/download?variant=credits").json()["data"]

    assert script["scenes"][0]["narration"] == "海水會漲。"
    assert set(credits) == {"credits"}


@pytest.mark.parametrize("values", [{}, failed(), cancelled(rendition=RENDITION)])
def test_a_film_that_is_not_completed_has_nothing_to_download(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any]
) -> None:
    answer = ask("GET", f"/{film(**values)}/download")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "NOT_DONE")


# Events


def events_of(answer: Any) -> list[str]:
    return [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]


@pytest.mark.parametrize(("values", "last"), [(done(), "completed"), (failed(), "failed"), (cancelled(), "cancelled")])
def test_the_stream_of_a_film_that_is_over_is_its_end(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any], last: str
) -> None:
    answer = ask("GET", f"/{film(**values)}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events_of(answer) == [last]


@pytest.fixture
def at_each_look(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Does one thing after each look of a stream."""

    def then(*steps: Callable[[], None]) -> None:
        left = list(steps)

        async def sleep(_seconds: float) -> None:
            left.pop(0)()

        monkeypatch.setattr(progress, "sleep", sleep)

    return then


def test_a_stream_tells_what_is_new_and_ends_with_the_film(
    ask: Callable[..., Any], film: Callable[..., str], at_each_look: Callable[..., None], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video_id = film(run_id="run", stage="script", progress=1)

    def now(**values: Any) -> Callable[[], None]:
        def step() -> None:
            with transaction() as session:
                Videos.of_everyone(session).change(video_id, **values)

        return step

    at_each_look(now(progress=3), now(progress=3), now(stage="narration", progress=4), now(**done()))
    answer = ask("GET", f"/{video_id}/events")

    assert events_of(answer) == ["stage", "progress", "progress", "stage", "progress", "completed"]


def test_a_follower_who_was_cut_off_goes_on_where_he_was(
    ask: Callable[..., Any], film: Callable[..., str], at_each_look: Callable[..., None], prefect: FakePrefect
) -> None:
    prefect.runs["run"] = a_run("run", "Running", "processing")
    video_id = film(run_id="run", stage="script", progress=1)

    def end() -> None:
        with transaction() as session:
            Videos.of_everyone(session).change(video_id, **done())

    at_each_look(end)
    answer = ask("GET", f"/{video_id}/events", **{"Last-Event-ID": "processing.script.1"})

    assert events_of(answer) == ["completed"]


def test_a_follower_who_knows_the_end_is_not_told_again(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    video_id = film(**done())
    told = ask("GET", f"/{video_id}/events", **{"Last-Event-ID": "completed.done.100"})
    retried = ask("GET", f"/{video_id}/events", **{"Last-Event-ID": "failed.render.40"})

    assert (told.status_code, told.content) == (204, b"")
    assert events_of(retried) == ["completed"]


@pytest.mark.parametrize("path", ["", "/events", "/script", "/download"])
def test_head_is_get_without_its_body(ask: Callable[..., Any], film: Callable[..., str], path: str) -> None:
    video_id = film(**done(script=SCRIPT))
    head, get = (ask(method, f"/{video_id}{path}") for method in ("HEAD", "GET"))

    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"] if get.content else True


def test_the_stream_of_a_film_that_is_removed_ends(
    ask: Callable[..., Any], film: Callable[..., str], at_each_look: Callable[..., None]
) -> None:
    video_id = film()

    def remove() -> None:
        with transaction() as session:
            Videos.of_everyone(session).remove(video_id)

    at_each_look(remove)

    assert events_of(ask("GET", f"/{video_id}/events")) == ["stage", "progress"]


def test_an_owner_follows_twenty_films_at_once_and_no_more(
    ask: Callable[..., Any], film: Callable[..., str], user: User
) -> None:
    video_id = film(**done())
    places = [progress.following(user.id) for _ in range(20)]
    for place in places:
        place.__enter__()
    full = ask("GET", f"/{video_id}/events")
    for place in places:
        place.__exit__(None, None, None)
    again = ask("GET", f"/{video_id}/events")

    assert (full.status_code, full.json()["error"]["code"]) == (429, "TOO_MANY_STREAMS")
    assert again.status_code == 200


@pytest.mark.parametrize("told", ["", "nonsense", "a.b.c", "processing.render.²"])
def test_an_event_id_that_is_none_is_the_beginning(told: str) -> None:
    assert progress.Moment.of_event(told) == progress.Moment()


# Review


@pytest.fixture
def reviewed(film: Callable[..., str], prefect: FakePrefect) -> str:
    """A film whose run waits for its script to be read."""
    video_id = film()
    run_id = run_of(video_id)
    prefect.runs[run_id] = a_run(run_id, "Suspended", "awaiting_review", age_s=3600)
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, **{**UNDER_REVIEW, "run_id": run_id})
    return video_id


def test_a_script_is_read_changed_and_approved(ask: Callable[..., Any], reviewed: str, prefect: FakePrefect) -> None:
    before = ask("GET", f"/{reviewed}/script").json()["data"]
    scenes = [{"narration": "鯨魚\n唱歌。", "keywords": ["鯨魚"]}, {"narration": "海很深。", "role": "closing"}]
    changed = ask("PUT", f"/{reviewed}/script", {"scenes": scenes})
    approved = ask("POST", f"/{reviewed}/approve").json()["data"]
    late = [ask("PUT", f"/{reviewed}/script", {"scenes": scenes}), ask("POST", f"/{reviewed}/approve")]
    script = row(reviewed).script

    assert [scene["narration"] for scene in before["scenes"]] == ["海水會漲。"]
    assert changed.json()["data"]["scenes"][0] == {
        "narration": "鯨魚 唱歌。", "role": "body", "visual": "", "keywords": ["鯨魚"], "queries": [],
    }  # fmt: skip
    assert approved["status"] == "pending"
    assert prefect.went_on == [reviewed]
    assert [answer.status_code for answer in late] == [409, 409]
    assert script is not None
    assert Script.model_validate(script).title == "潮汐"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scenes": []}, "scenes"),
        ({"scenes": [{"narration": "..."}]}, "scenes.0.narration"),
        ({"scenes": [{"narration": "a\x00"}]}, "scenes.0.narration"),
        ({"scenes": [{"narration": "a", "role": "chorus"}]}, "scenes.0.role"),
        ({"scenes": [{"narration": "x" * 2000}] * (LONGEST_SCRIPT // 2000 + 1)}, "scenes"),
        ({"scenes": [{"narration": "a", "voice": "x"}]}, "scenes.0.voice"),
    ],
)
def test_a_script_that_cannot_be_said_is_refused(
    ask: Callable[..., Any], reviewed: str, body: dict[str, Any], field: str
) -> None:
    answer = ask("PUT", f"/{reviewed}/script", body)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field


def test_a_script_longer_than_the_plan_allows_is_refused(ask: Callable[..., Any], reviewed: str) -> None:
    scenes = [{"narration": "海水會慢慢漲上來。" * 100}] * 4

    assert ask("PUT", f"/{reviewed}/script", {"scenes": scenes}).json()["error"]["code"] == "PLAN_EXCEEDED"


@pytest.mark.parametrize("values", [{}, done(script=SCRIPT), {"run_id": "run", "script": SCRIPT}])
def test_a_film_that_is_not_under_review_keeps_its_script(
    ask: Callable[..., Any], film: Callable[..., str], values: dict[str, Any]
) -> None:
    video_id = film(**values)
    answers = [
        ask("PUT", f"/{video_id}/script", {"scenes": [{"narration": "別的。"}]}),
        ask("POST", f"/{video_id}/approve"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]


def test_a_script_that_is_not_written_yet_is_not_done(ask: Callable[..., Any], film: Callable[..., str]) -> None:
    assert ask("GET", f"/{film()}/script").json()["error"]["code"] == "NOT_DONE"


def test_a_film_under_review_is_left_alone_and_holds_up_nobody(
    ask: Callable[..., Any], reviewed: str, prefect: FakePrefect
) -> None:
    other = ask("POST", "", {"title": "下一部"}).json()["data"]["id"]
    for _ in range(2):
        reconcile()

    assert prefect.started == [other]  # the plan lets one film run at a time
    assert (prefect.started_again, prefect.dead, prefect.cancelled) == ([], [], [])
    assert status_of(row(reviewed)) == "awaiting_review"


def test_an_approval_while_prefect_is_down_is_carried_out_later(
    ask: Callable[..., Any], reviewed: str, prefect: FakePrefect
) -> None:
    runs.states().get(run_of(reviewed))
    prefect.is_down = True
    answer = ask("POST", f"/{reviewed}/approve")
    prefect.is_down = False
    reconcile()

    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "pending")
    assert prefect.went_on == [reviewed]


def test_an_approved_film_waits_for_its_turn(ask: Callable[..., Any], reviewed: str, prefect: FakePrefect) -> None:
    ask("POST", "", {"title": "先來的"})
    ask("POST", f"/{reviewed}/approve")

    assert prefect.went_on == []
    assert row(reviewed).asks_again is True


def test_a_film_under_review_can_be_removed(ask: Callable[..., Any], reviewed: str, prefect: FakePrefect) -> None:
    assert ask("DELETE", f"/{reviewed}").status_code == 204
    assert prefect.removed == [run_of(reviewed)]


def test_no_film_is_shown_with_its_object_keys(ask: Callable[..., Any], film: Callable[..., str], home: Path) -> None:
    assert "sha256" not in ask("GET", f"/{film(**done())}").text
