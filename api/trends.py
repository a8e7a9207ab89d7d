"""What is hot, as the last good scans have it."""

from __future__ import annotations

from typing import Any

from api.errors import NotFound
from api.messages import Language
from api.schemas.trends import DayFigure, KeywordShown, SeriesShown, TrendList, TrendShown
from store.repos.scans import Scans
from store.repos.trends import Trends
from store.session import reading
from store.tables.base import utc_now
from studio.errors import BadInput
from studio.models.trend import Category, Platform, TrendDetail, Window
from studio.settings import get_settings

_NEVER = {
    "zh-TW": "還沒有掃描結果：請以 POST /trends/scans 開始掃描，或等候排程",
    "en": "No scan has been made yet: start one with POST /trends/scans, or wait for the schedule",
}
_FAILED = {
    "zh-TW": "最近的掃描失敗，還沒有可用的結果：{reason}",
    "en": "The latest scan failed and there is no earlier one: {reason}",
}

MOST_DESCRIBED = 5
"""Headlines in a ready description."""


def hot(
    *, platform: Platform | None, region: str | None, window: Window, category: Category | None, limit: int
) -> TrendList:
    """Rows of the last good scan, of each platform where none is named; they are as old as they say."""
    place = region or get_settings().trend_region
    with reading() as session:
        found = Trends(session).hot(platform=platform, region=place, window=window, category=category, limit=limit)
    now = utc_now()
    return TrendList(trends=[TrendShown.of(row, now=now) for row in found.rows])


def why_empty(*, platform: Platform | None, region: str | None, language: Language) -> str | None:
    """Why there is nothing to show; None where a good scan just has no such rows."""
    place = region or get_settings().trend_region
    with reading() as session:
        scans = Scans(session)
        wanted = [platform] if platform else list(Platform)
        if any(scans.last_good(each, place) for each in wanted):
            return None
        tried = [scan for each in wanted if (scan := scans.last_tried(each, place)) and scan.state == "failed"]
    return _FAILED[language].format(reason=tried[0].reason) if tried else _NEVER[language]


def explain(keyword: str, *, region: str | None) -> KeywordShown:
    """
    All that is known of *keyword*, however it is spelled.

    Raises:
        NotFound: no scan has seen it.
    """
    place = region or get_settings().trend_region
    with reading() as session:
        known = Trends(session).explain(keyword, region=place)
    if known is None:
        raise NotFound
    now = utc_now()
    return KeywordShown(
        **known.detail.model_dump(),
        region=place,
        trends=[TrendShown.of(row, now=now) for row in known.rows],
        series=[
            SeriesShown(
                source=each.source,
                region=each.region,
                unit=each.unit,
                kind=each.kind,
                points=[DayFigure(day=point.day, value=point.value) for point in each.points],
            )
            for each in known.series
        ],
        brief=_brief(known.detail),
    )


def trend_title(keyword: str) -> str:
    """
    What a film about *keyword* is called where nobody says: the keyword, as it was first written.

    Raises:
        BadInput: no scan has seen it.
    """
    with reading() as session:
        known = Trends(session).detail(keyword)
    if known is None:
        raise BadInput("no scan has seen this keyword; GET /trends/hot lists those that were", field="trend")
    return known.keyword


def _brief(detail: TrendDetail) -> dict[str, Any]:
    """A body for `POST /video/generate`: what others wrote, a line each."""
    lines = [detail.summary, *(headline.title for headline in detail.headlines[:MOST_DESCRIBED])]
    return {"title": detail.keyword, "description": "\n".join(line for line in lines if line)}
