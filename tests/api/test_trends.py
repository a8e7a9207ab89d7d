"""`/trends`: the last good scan with its age, honest about what nobody knows, and scans that are made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.scans import tend_scans
from store.repos.scans import Scans
from store.repos.trends import Trends
from store.session import transaction
from store.tables.base import utc_now
from store.tables.trends import TrendScan
from studio.models.trend import Abilities, Headline, Platform, Point, Reading, Sighting
from tests.api.conftest import FakePrefect, a_run, run_of

Ask = Callable[..., Any]
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
TODAY = NOW.date()
SEARCHES = Abilities(
    does="finds", unit="searches", kind="flow", proxy_for=tuple(Platform), is_floor=True, kept_days=400
)
VIEWS = Abilities(does="finds", unit="views", kind="flow", proxy_for=tuple(Platform))
ABLE = {"googletrends": SEARCHES, "wikipedia": VIEWS}


def days(*values: float, until: date = TODAY) -> tuple[Point, ...]:
    first = until - timedelta(days=len(values) - 1)
    return tuple(Point(day=first + timedelta(days=place), value=value) for place, value in enumerate(values))


def reading(source: str, *sightings: Sighting, at: datetime = NOW) -> Reading:
    return Reading(source=source, state="ok" if sightings else "empty", sightings=sightings, observed_at=at)


TYPHOON = Sighting(
    keyword="颱風康芮", rank=1, value=20_000.0, url="https://trends.example/1",
    headlines=(Headline(title="颱風康芮逼近台灣", url="https://news.example/1", source="中央社"),), related=("停班停課",),
)  # fmt: skip


def scanned(
    *readings: Reading, platform: Platform = Platform.YOUTUBE, region: str = "TW", at: datetime = NOW
) -> TrendScan:
    with transaction() as session:
        scan = Scans(session).add(platform=platform, region=region, language="zh-TW", run_id=None)
        return Trends(session).record(scan, readings, ABLE, now=at)


@pytest.fixture
def ask(client: TestClient, bearer: dict[str, str]) -> Ask:
    def call(path: str, method: str = "GET", body: Any = None) -> Any:
        return client.request(method, f"/trends{path}", json=body, headers={**bearer, "Accept-Language": "en"})

    return call


def test_a_trend_has_the_keys_of_the_contract_and_says_where_its_figures_come_from(ask: Ask) -> None:
    scanned(reading("googletrends", TYPHOON))
    answer = ask("/hot?platform=youtube&time_range=1d")
    [trend] = answer.json()["data"]["trends"]

    assert answer.status_code == 200
    assert answer.json()["data"].keys() == {"trends"}
    assert trend == {
        "keyword": "颱風康芮", "volume": 20_000, "growth": None, "platform": "youtube", "region": "TW", "window": "1d",
        "rank": 1, "source": "googletrends", "sources": ["googletrends"], "method": "proxy", "unit": "searches",
        "kind": "flow", "is_floor": True, "growth_source": None, "growth_method": None, "growth_reason": "needs_history", "coverage": 1.0,
        "category": trend["category"], "category_by": trend["category_by"], "observed_at": "2026-11-30T04:00:00Z",
        "age_seconds": trend["age_seconds"],
    }  # fmt: skip
    assert trend["age_seconds"] == pytest.approx((utc_now() - NOW).total_seconds(), abs=60)


def test_growth_is_in_per_cent_of_the_window_before(ask: Ask) -> None:
    history = days(*[100.0] * 7, *[150.0] * 7)
    scanned(reading("wikipedia", Sighting(keyword="潮汐", rank=1, value=150.0, history=history, is_whole=True)))
    [week] = ask("/hot?platform=youtube&time_range=7d").json()["data"]["trends"]
    [day] = ask("/hot?platform=youtube&time_range=1d").json()["data"]["trends"]

    assert (week["volume"], week["growth"], week["growth_reason"]) == (1_050, 50.0, None)
    assert (day["volume"], day["growth"]) == (150, 0.0)


def test_where_there_never_was_a_scan_the_answer_is_empty_and_says_why(ask: Ask) -> None:
    never = ask("/hot?platform=tiktok")
    with transaction() as session:
        scan = Scans(session).add(platform=Platform.TIKTOK, region="TW", language="zh-TW", run_id=None)
        Scans(session).fail(scan.id, "no source answered")
    failed = ask("/hot?platform=tiktok")

    assert (never.status_code, never.json()["data"]) == (200, {"trends": []})
    assert "No scan has been made yet" in never.json()["message"]
    assert "no source answered" in failed.json()["message"]


def test_a_failed_scan_leaves_the_last_good_one_in_its_place(ask: Ask) -> None:
    scanned(reading("googletrends", TYPHOON), at=NOW - timedelta(hours=3))
    scanned(Reading(source="googletrends", state="failed", reason="no answer", observed_at=NOW))

    assert [each["keyword"] for each in ask("/hot?platform=youtube").json()["data"]["trends"]] == ["颱風康芮"]


def test_without_a_platform_a_stand_in_is_shown_once(ask: Ask) -> None:
    for platform in (Platform.YOUTUBE, Platform.TIKTOK):
        scanned(reading("googletrends", TYPHOON), platform=platform)
    shown = ask("/hot").json()["data"]["trends"]

    assert len(shown) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("platform=facebook", "platform"),
        ("time_range=2d", "time_range"),
        ("category=nonsense", "category"),
        ("region=Taiwan", "region"),
        ("limit=0", "limit"),
        ("limit=51", "limit"),
    ],
)
def test_wrong_parameters_are_named(ask: Ask, query: str, field: str) -> None:
    answer = ask(f"/hot?{query}")

    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, field)


def test_every_route_wants_an_account(client: TestClient) -> None:
    paths = ("/trends/hot", "/trends/keywords/x", "/trends/scans", "/trends/scans/scan_1")

    assert [client.get(path).status_code for path in paths] == [401] * 4
    assert client.post("/trends/scans", json={}).status_code == 401


def test_a_keyword_is_explained_in_any_spelling_with_a_brief_that_can_be_sent(
    ask: Ask, client: TestClient, bearer: dict[str, str]
) -> None:
    scanned(reading("googletrends", TYPHOON))
    known = ask("/keywords/＃颱風康芮").json()["data"]
    film = client.post("/video/generate", json=known["brief"], headers=bearer)

    assert known["series"] == [
        {"source": "googletrends", "region": "TW", "unit": "searches", "kind": "flow",
         "points": [{"day": "2026-11-30", "value": 20_000.0}]}
    ]  # fmt: skip
    assert known["related"] == ["停班停課"]
    assert known["headlines"][0]["url"] == "https://news.example/1"
    assert known["brief"] == {"title": "颱風康芮", "description": "颱風康芮逼近台灣"}
    assert film.status_code == 202
    assert ask("/keywords/nobody-looked-for-this").status_code == 404


def test_a_film_may_start_from_a_trend_alone(client: TestClient, bearer: dict[str, str]) -> None:
    scanned(reading("googletrends", TYPHOON))
    made = client.post("/videos", json={"trend": "#颱風康芮"}, headers=bearer).json()["data"]
    unknown = client.post("/videos", json={"trend": "沒人看過"}, headers=bearer)
    neither = client.post("/videos", json={}, headers=bearer)

    assert (made["title"], made["brief"]["trend"]) == ("颱風康芮", "#颱風康芮")
    assert [each.json()["error"]["details"][0]["field"] for each in (unknown, neither)] == ["trend", "title"]


def test_a_scan_is_written_down_and_begun_and_everybodys_for_a_while(ask: Ask, prefect: FakePrefect) -> None:
    first = ask("/scans", "POST", {"platform": "tiktok"})
    again = ask("/scans", "POST", {"platform": "tiktok"})
    other = ask("/scans", "POST", {"platform": "tiktok", "region": "US"})
    scan_id = first.json()["data"]["id"]

    assert (first.status_code, first.headers["location"]) == (202, f"/trends/scans/{scan_id}")
    assert again.json()["data"]["id"] == scan_id
    assert other.json()["data"]["language"] == "en"
    assert prefect.errands == [
        ("scan-trends/default", scan_id),
        ("scan-trends/default", other.json()["data"]["id"]),
    ]


def test_a_scan_with_a_key_is_begun_once(client: TestClient, bearer: dict[str, str], prefect: FakePrefect) -> None:
    headers = {**bearer, "Idempotency-Key": "morning"}
    first, again = (client.post("/trends/scans", json={"platform": "tiktok"}, headers=headers) for _ in range(2))
    other = client.post("/trends/scans", json={"platform": "youtube"}, headers=headers)

    assert first.json()["data"]["id"] == again.json()["data"]["id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["error"]["code"]) == (400, "IDEMPOTENCY_KEY_REUSED")


def test_a_scan_says_what_each_source_said_or_why_not(ask: Ask) -> None:
    failed = Reading(source="wikipedia", state="failed", reason="trends 'wikipedia': no answer", observed_at=NOW)
    scan = scanned(reading("googletrends", TYPHOON), failed)
    shown = ask(f"/scans/{scan.id}").json()["data"]

    assert (shown["status"], shown["keywords"]) == ("partial", 1)
    assert [(each["source"], each["state"], each["reason"]) for each in shown["readings"]] == [
        ("googletrends", "ok", ""),
        ("wikipedia", "failed", "trends 'wikipedia': no answer"),
    ]


def test_scans_are_listed_page_by_page(ask: Ask) -> None:
    ids = [scanned(reading("googletrends", TYPHOON), region=region).id for region in ("TW", "US", "JP")]
    first = ask("/scans?limit=2").json()["data"]
    rest = ask(f"/scans?limit=2&cursor={first['next_cursor']}").json()["data"]
    there = ask("/scans?region=US").json()["data"]

    assert [each["id"] for each in first["items"]] == [ids[2], ids[1]]
    assert [each["id"] for each in rest["items"]] == [ids[0]]
    assert [each["id"] for each in there["items"]] == [ids[1]]


def test_a_scan_asked_for_while_prefect_is_away_is_begun_later(ask: Ask, prefect: FakePrefect) -> None:
    prefect.is_down = True
    asked = ask("/scans", "POST", {})
    prefect.is_down = False
    tend_scans()

    assert asked.status_code == 202
    assert prefect.errands == [("scan-trends/default", asked.json()["data"]["id"])]


def test_a_scan_whose_process_dies_is_begun_again_and_given_up_at_last(ask: Ask, prefect: FakePrefect) -> None:
    scan_id = ask("/scans", "POST", {}).json()["data"]["id"]
    prefect.runs[run_of(scan_id)] = a_run(run_of(scan_id), "Crashed", "failed", age_s=60)
    for _ in range(4):
        tend_scans()

    assert prefect.started_again == [run_of(scan_id)] * 3
    assert ask(f"/scans/{scan_id}").json()["data"]["status"] == "failed"
