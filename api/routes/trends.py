"""`/trends`: what people look for now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import scans, trends
from api.deps import CurrentUser, DoneOnce
from api.envelope import Envelope, ok
from api.messages import language_for
from api.schemas.page import Page
from api.schemas.text import Line
from api.schemas.trends import KeywordShown, ScanShown, StartScan, TrendList
from studio.models.trend import Category, Platform, Region, Window

router = APIRouter(prefix="/trends", tags=["trends"])

InRegion = Annotated[Region | None, Query(description="ISO 3166-1, such as `TW`; TREND_REGION when left out.")]
OnPlatform = Annotated[Platform | None, Query(description="All of them when left out.")]


@router.get("/hot")
def hot_trends(
    request: Request,
    _user: CurrentUser,
    platform: OnPlatform = None,
    category: Category | None = None,
    time_range: Annotated[Window, Query(description="What volume and growth are measured over.")] = Window.DAY,
    region: InRegion = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Envelope[TrendList]:
    """The last good scan, with its age; where there never was one, the message says so."""
    found = trends.hot(platform=platform, region=region, window=time_range, category=category, limit=limit)
    answer = ok(request, found)
    language = language_for(request)
    why = None if found.trends else trends.why_empty(platform=platform, region=region, language=language)
    return answer.model_copy(update={"message": why}) if why else answer


@router.get("/keywords/{keyword}")
def get_keyword(
    request: Request, _user: CurrentUser, keyword: Annotated[Line, Path(max_length=200)], region: InRegion = None
) -> Envelope[KeywordShown]:
    """A keyword's series by source, what was written about it, and a brief for a film."""
    return ok(request, trends.explain(keyword, region=region))


@router.post("/scans", status_code=202)
def start_scan(
    request: Request, response: Response, user: CurrentUser, once: DoneOnce, order: StartScan
) -> Envelope[ScanShown]:
    """Look at a platform and region now; a scan that goes on, or is a few minutes old, is everybody's."""
    scan = scans.start(order, owner=user, once=once)
    response.headers.update(once.headers)
    response.headers["Location"] = f"/trends/scans/{scan.id}"
    return ok(request, scan)


@router.get("/scans")
def list_scans(
    request: Request,
    _user: CurrentUser,
    platform: OnPlatform = None,
    region: InRegion = None,
    cursor: Annotated[Line | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[Page[ScanShown]]:
    """Scans, newest first."""
    return ok(request, scans.page(platform=platform, region=region, after=cursor, limit=limit))


@router.get("/scans/{scan_id}")
def get_scan(request: Request, _user: CurrentUser, scan_id: str) -> Envelope[ScanShown]:
    """A scan, and what each source said or why it said nothing."""
    return ok(request, scans.get(scan_id))
