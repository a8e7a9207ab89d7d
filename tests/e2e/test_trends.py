"""Scans for real: by the clock, through the API, with sources that fail and processes that die."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.support.stack import Stack, call, until
from tests.support.trends import TrendServers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(autouse=True)
def whole_sources(sources: TrendServers) -> Iterator[None]:
    sources.reset()
    yield
    sources.reset()


def scan(stack: Stack, platform: str, region: str) -> str:
    answer = stack.post("/trends/scans", {"platform": platform, "region": region})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


def finished(stack: Stack, scan_id: str, *, timeout_s: float = 90) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        shown: dict[str, Any] = stack.get(f"/trends/scans/{scan_id}").json()["data"]
        return shown if shown["finished_at"] else None

    found = until(ask, timeout_s=timeout_s, every_s=0.3)
    assert found is not None
    return found


def rows(stack: Stack, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read past the product."""
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        return connection.execute(statement, values).fetchall()


def figures(stack: Stack, region: str) -> list[tuple[Any, ...]]:
    return rows(
        stack,
        "SELECT s.source, s.platform, k.norm, o.day, o.value FROM trend_observations o "
        "JOIN trend_series s ON s.id = o.series_id JOIN trend_keywords k ON k.id = o.keyword_id "
        "WHERE s.region = ? ORDER BY 1, 2, 3, 4",
        region,
    )


def artifacts(stack: Stack, key: str) -> list[dict[str, Any]]:
    answer = call("POST", f"{stack.prefect}/artifacts/filter", json={"artifacts": {"key": {"like_": key}}})
    found: list[dict[str, Any]] = answer.json() if answer.is_success else []
    return found


def new_schedule(stack: Stack, **parameters: Any) -> dict[str, Any]:
    """Every minute by the clock."""
    deployment = call("GET", f"{stack.prefect}/deployments/name/scan-trends/default")
    if not deployment.is_success:
        return {}
    answer = call(
        "POST",
        f"{stack.prefect}/deployments/{deployment.json()['id']}/schedules",
        json=[{"active": True, "schedule": {"cron": "* * * * *", "timezone": "Asia/Taipei"}, "parameters": parameters}],
    )
    return {"deployment": deployment.json()["id"], **answer.json()[0]} if answer.is_success else {}


def test_a_schedule_scans_by_itself_and_operators_see_what_came(stack: Stack, sources: TrendServers) -> None:
    made = until(lambda: new_schedule(stack, platform="youtube", region="HK"), timeout_s=60, every_s=1)
    (by_clock,) = until(
        lambda: rows(stack, "SELECT id FROM trend_scans WHERE region = 'HK' AND finished_at IS NOT NULL LIMIT 1"),
        timeout_s=150,
        every_s=0.5,
    )
    gone = f"{stack.prefect}/deployments/{made['deployment']}/schedules/{made['id']}"
    until(lambda: call("DELETE", gone).status_code in (204, 404), timeout_s=60, every_s=1)
    shown = stack.get(f"/trends/scans/{by_clock[0]}").json()["data"]
    table = until(lambda: artifacts(stack, "trends-youtube-hk"), timeout_s=30, every_s=1)[0]
    page = until(lambda: artifacts(stack, f"scan-{by_clock[0].replace('_', '-')}"), timeout_s=30, every_s=1)[0]["data"]
    picture = stack.get(page.split("](")[1].split(")")[0])
    hot = stack.get("/trends/hot?platform=youtube&region=HK&time_range=7d").json()["data"]["trends"]

    assert shown["status"] == "complete"
    assert {each["source"] for each in shown["readings"]} == {
        "googletrends", "explore", "youtube", "wikipedia", "gdelt", "feeds",
    }  # fmt: skip
    assert "Nvidia" in [row["keyword"] for row in json.loads(table["data"])]
    assert "| wikipedia | ok |" in page
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert len(hot) >= 10
    assert all(trend["growth"] is not None or trend["growth_reason"] for trend in hot)
    assert all(trend["volume"] is not None for trend in hot if trend["kind"] != "index" and trend["coverage"])


def test_sources_that_fail_are_told_of_and_the_others_are_used(stack: Stack, sources: TrendServers) -> None:
    sources.faults.update({"wikipedia": "429", "googletrends": "malformed", "gdelt": "404", "feeds": "slow"})
    shown = finished(stack, scan(stack, "youtube", "SG"), timeout_s=150)
    states = {each["source"]: each["state"] for each in shown["readings"]}

    assert shown["status"] == "partial"
    assert (states["youtube"], states["explore"], states["feeds"]) == ("ok", "ok", "ok")
    assert (states["googletrends"], states["wikipedia"]) == ("failed", "failed")
    assert "wikipedia" in shown["reason"]
    assert "CANARY" not in str(shown)
    assert stack.get("/trends/hot?platform=youtube&region=SG").json()["data"]["trends"]


def test_with_every_source_away_the_last_good_scan_stays(stack: Stack, sources: TrendServers) -> None:
    good = finished(stack, scan(stack, "instagram", "JP"))
    before = stack.get("/trends/hot?platform=instagram&region=JP").json()["data"]["trends"]
    # What was said a moment ago is not asked for again: these answers are used up.
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=30)) as connection:
        connection.execute("UPDATE purchases SET current_key = NULL WHERE role = 'trends'")
        connection.execute(
            "UPDATE trend_scans SET slot = NULL, finished_at = '2026-01-01 00:00:00' WHERE id = ?", (good["id"],)
        )
        connection.commit()
    sources.faults.update(dict.fromkeys(("googletrends", "explore", "instagram", "wikipedia", "gdelt", "feeds"), "500"))
    failed = finished(stack, scan(stack, "instagram", "JP"), timeout_s=150)
    after = stack.get("/trends/hot?platform=instagram&region=JP").json()["data"]["trends"]

    assert (good["status"], failed["status"]) == ("complete", "failed")
    assert [trend["keyword"] for trend in after] == [trend["keyword"] for trend in before]
    assert after[0]["age_seconds"] >= before[0]["age_seconds"]


def test_a_scan_that_is_killed_is_made_once_and_counts_nothing_twice(stack: Stack, sources: TrendServers) -> None:
    sources.faults["wikipedia"] = "slow"
    scan_id = scan(stack, "tiktok", "MY")
    until(lambda: sources.of("tiktok") and sources.of("wikipedia"), timeout_s=60, every_s=0.05)
    ((pid, state),) = rows(stack, "SELECT pid, state FROM trend_scans WHERE id = ?", scan_id)
    os.kill(pid, signal.SIGKILL)
    half = figures(stack, "MY")
    sources.faults.clear()
    shown = finished(stack, scan_id, timeout_s=120)
    undisturbed = finished(stack, scan(stack, "tiktok", "PH"))

    assert (state, half) == ("running", [])
    assert (shown["status"], undisturbed["status"]) == ("complete", "complete")
    assert rows(stack, "SELECT restarts FROM trend_scans WHERE id = ?", scan_id) == [(1,)]
    assert len(rows(stack, "SELECT id FROM trend_scans WHERE region = 'MY'")) == 1
    assert figures(stack, "MY") == figures(stack, "PH")


def test_a_film_is_made_from_what_a_scan_knows(stack: Stack, sources: TrendServers) -> None:
    finished(stack, scan(stack, "youtube", "TW"))
    answer = stack.post("/videos", {"trend": "#颱風康芮", "resolution": "540p", "duration": 8})
    video = answer.json()["data"]
    stack.await_status(video["id"], "completed", timeout_s=180)
    script = stack.get(f"/videos/{video['id']}/script").json()["data"]
    said = " ".join(scene["narration"] for scene in script["scenes"])

    assert video["title"] == "颱風康芮"
    assert "中央社報導" in said
    assert "https://news.example/konrey" in str(stack.row(video["id"])["script"])
