"""One scan: late ones are left out, sources that lack something say so, and what failed is no zero."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows import scan_trends as flow_module
from flows.scan_trends import _overdue
from store.repos.scans import Scans
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.errors import BadInput, ProviderNotReady, ProviderUnavailable
from studio.models.trend import Platform, Reading, Sighting
from studio.picture.sparklines import SparkRow, draw_sparklines
from tasks.trends import _page, _reading, open_scan, record_scan, sources_for
from tests.support.migrated import take_migrated


@pytest.fixture(autouse=True)
def home(fresh_home: Path) -> Path:
    take_migrated(fresh_home)
    return fresh_home


def opened(run_id: str, *, late_by: timedelta | None = None, scan_id: str | None = None) -> str | None:
    return open_scan.fn(Platform.YOUTUBE, "TW", "zh-TW", scan_id=scan_id, run_id=run_id, late_by=late_by)


def test_a_run_that_is_too_late_is_left_to_the_next_unless_it_was_begun() -> None:
    late = opened("run-1", late_by=timedelta(hours=4))
    begun = opened("run-2")
    again = opened("run-2", late_by=timedelta(hours=4))

    assert late is None
    assert begun == again is not None


@pytest.mark.parametrize(
    ("period", "late_s", "is_overdue"), [(180, 179 * 60, False), (180, 181 * 60, True), (None, 9e5, False)]
)
def test_a_run_is_overdue_when_it_is_later_than_its_period(
    monkeypatch: pytest.MonkeyPatch, period: int | None, late_s: float, *, is_overdue: bool
) -> None:
    due = utc_now() - timedelta(seconds=late_s)
    monkeypatch.setattr(flow_module, "flow_run", type("Run", (), {"scheduled_start_time": due}))

    assert (_overdue(period) is not None) is is_overdue


def test_a_scan_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(BadInput, match="there is no scan 'scan_nope'"):
        opened("run-1", scan_id="scan_nope")


def test_without_keys_the_others_are_asked_and_say_what_they_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YOUTUBE_API_KEY", "TREND_FEEDS"):
        monkeypatch.delenv(name, raising=False)
    able, lacking = sources_for(Platform.YOUTUBE, ("googletrends", "youtube", "x", "wikipedia", "feeds"))

    assert able == ["googletrends", "wikipedia"]
    assert [each.source for each in lacking] == ["youtube", "feeds"]
    assert "YOUTUBE_API_KEY" in lacking[0].reason


class Ended:
    """A question that was answered, or failed."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def result(self, *, raise_on_failure: bool) -> object:
        assert not raise_on_failure
        return self._answer


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (ProviderUnavailable("trends", "gdelt", "no answer"), "failed", "trends 'gdelt': no answer"),
        (
            ProviderNotReady("trends", "gdelt", "its key was refused"),
            "not_ready",
            "trends 'gdelt': its key was refused",
        ),
        (ValueError("secret in a foreign text"), "failed", "an internal error; the task's log has it"),
    ],
)
def test_a_question_that_failed_is_a_reading_with_its_reason(answer: object, state: str, reason: str) -> None:
    found = _reading("gdelt", Ended(answer))  # type: ignore[arg-type]

    assert (found.state, found.reason, found.sightings) == (state, reason, ())


def test_recording_twice_changes_nothing() -> None:
    scan_id = opened("run-1")
    assert scan_id
    said = Reading(
        source="googletrends",
        state="ok",
        sightings=(Sighting(keyword="潮汐", rank=1, value=100),),
        observed_at=utc_now(),
    )
    ended = [record_scan.fn(scan_id, [said]) for _ in range(2)]

    with reading() as session:
        scan = Scans(session).get(scan_id)
        readings = Scans(session).readings([scan_id])
    assert ended == ["complete", "complete"]
    assert (scan.keywords if scan else 0, len(readings)) == (1, 1)


def test_a_cancelled_scan_is_over_with_its_reason() -> None:
    scan_id = opened("run-1")
    assert scan_id
    with transaction() as session:
        Scans(session).fail(scan_id, "it was cancelled")
        again = Scans(session).fail(scan_id, "something else")

    with reading() as session:
        scan = Scans(session).get(scan_id)
    assert scan
    assert (scan.state, scan.reason, again) == ("failed", "it was cancelled", False)


def test_the_page_shows_texts_and_does_nothing_that_they_say() -> None:
    failed = Reading(
        source="feeds", state="failed", reason="<script>x</script> [a](http://evil)", observed_at=utc_now()
    )
    page = _page(Platform.YOUTUBE, "TW", "http://localhost/p.png", (), [failed])

    assert "<script>" not in page
    assert r"\[a\](http://evil)" in page


def test_a_day_without_a_figure_is_a_gap_in_the_line(tmp_path: Path) -> None:
    from PIL import Image

    draw_sparklines([SparkRow("潮汐", (1.0, None, 3.0), "+5 %")], tmp_path / "gap.png")
    draw_sparklines([SparkRow("潮汐", (1.0, 2.0, 3.0), "+5 %")], tmp_path / "whole.png")
    gap, whole = (Image.open(tmp_path / f"{name}.png").convert("RGB") for name in ("gap", "whole"))
    middle = [(x, y) for x in range(700, 860) for y in range(24, 80)]
    drawn = [sum(picture.getpixel(place) != (255, 255, 255) for place in middle) for picture in (gap, whole)]

    assert drawn[0] == 0
    assert drawn[1] > 100


def test_odd_labels_are_drawn_and_shortened(tmp_path: Path) -> None:
    rows = [SparkRow(label, (None, None), "") for label in ("", "潮" * 300, "🌊", "مرحبا", "a" * 40)]
    draw_sparklines(rows, tmp_path / "odd.png")

    assert (tmp_path / "odd.png").stat().st_size > 500
