"""
All vendors of trends on one port: Google Trends, YouTube, TikTok, Instagram, X, Wikimedia, GDELT and a newspaper.

Each insists on what it documents: paths, headers, parameters and their bounds. What is wrong is answered with 500.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape, quoteattr

from googleapiclient.discovery_cache import get_static_doc

from tests.support.vendor import Asked, Said, VendorServer, as_json, vendor_server

YOUTUBE_KEY = "youtube-CANARY-key"
TIKTOK_TOKEN = "tiktok-CANARY-token"
TIKTOK_ADVERTISER = "7012345678901234567"
INSTAGRAM_TOKEN = "instagram-CANARY-token"
INSTAGRAM_USER = "17841405309211844"
X_TOKEN = "x-CANARY-token"
CONTACT = "films@example.com"
LEAK = "sk-CANARY-that-vendors-repeat"
"""Stands in every refusal: no message of ours may hold it."""

RETRY_AFTER_S = 7
ELSEWHERE = "/elsewhere"
"""Where a redirection leads: nothing of ours goes there."""

SOURCES = ("googletrends", "explore", "youtube", "tiktok", "instagram", "x", "wikipedia", "gdelt", "feeds")

SLOW_S = 5.0

FAULTS = ("302", "401", "403", "404", "429", "500", "malformed", "empty", "odd", "slow", "none")
"""What `faults` takes: a status, answers that are none, one that takes SLOW_S, a good one without anything in it.
"localised" has Google write its figures as other languages do, "hurry" GDELT complain in words."""


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


@dataclass
class TrendServers:
    """Where they are, how they fail now, and what they were asked."""

    server: VendorServer
    environment: dict[str, str] = field(default_factory=dict)
    """What to set so that our providers go there."""
    faults: dict[str, str] = field(default_factory=dict)
    """A fault by source."""
    asked: list[tuple[str, Asked]] = field(default_factory=list)
    """Every request, with the source that it was for."""
    day: date = field(default_factory=_yesterday)
    """The newest day with figures."""

    def reset(self) -> None:
        """As at the beginning."""
        self.server.fault = None
        self.faults.clear()
        self.asked.clear()
        self.day = _yesterday()

    def of(self, source: str) -> list[Asked]:
        """What *source* was asked."""
        return [asked for name, asked in self.asked if name == source]


@contextmanager
def trend_servers() -> Iterator[TrendServers]:
    """All of them until the block ends."""
    lock = threading.Lock()

    def answer(asked: Asked) -> Said:
        source = _source_of(asked)
        with lock:
            servers.asked.append((source, asked))
        if found := _fault(servers, source, asked):
            return found
        assert source != "nobody", asked.path
        assert asked.method == ("POST" if asked.path == "/trends/api/explore" else "GET"), asked.method
        return _ANSWERS[source](servers, asked)

    with vendor_server(answer) as server:
        servers = TrendServers(server)
        servers.environment = _environment(server.root)
        yield servers


def _environment(root: str) -> dict[str, str]:
    names = (
        "GOOGLE_TRENDS", "YOUTUBE", "TIKTOK_BUSINESS", "INSTAGRAM", "X", "WIKIPEDIA", "WIKIMEDIA_REST", "GDELT",
    )  # fmt: skip
    return {
        **{f"{name}_ROOT_URL": root for name in names},
        "YOUTUBE_API_KEY": YOUTUBE_KEY,
        "TIKTOK_BUSINESS_ACCESS_TOKEN": TIKTOK_TOKEN,
        "TIKTOK_BUSINESS_ADVERTISER_ID": TIKTOK_ADVERTISER,
        "INSTAGRAM_ACCESS_TOKEN": INSTAGRAM_TOKEN,
        "INSTAGRAM_USER_ID": INSTAGRAM_USER,
        "INSTAGRAM_HASHTAGS": "#台北美食,taipei,夜市",
        "X_BEARER_TOKEN": X_TOKEN,
        "WIKIMEDIA_CONTACT": CONTACT,
        "GDELT_PACE_S": "0",
        "TREND_FEEDS": f"{root}/feeds/news.xml,{root}/feeds/atom.xml",
    }


def _source_of(asked: Asked) -> str:
    path = asked.path
    for prefix, source in (
        ("/trending/rss", "googletrends"),
        ("/trends/", "explore"),
        ("/youtube/v3/", "youtube"),
        ("/open_api/", "tiktok"),
        ("/v26.0/", "instagram"),
        ("/2/trends/", "x"),
        ("/api/rest_v1/", "wikipedia"),
        ("/api/v2/doc/", "gdelt"),
        ("/feeds/", "feeds"),
    ):
        if path.startswith(prefix):
            return source
    return "nobody"


def _fault(servers: TrendServers, source: str, asked: Asked) -> Said | None:
    fault = servers.faults.get(source, "")
    if fault.isdecimal():
        body = {"error": {"message": f"Incorrect key {LEAK}", "code": int(fault)}, "message": LEAK, "code": 40001}
        headers = {"429": {"Retry-After": str(RETRY_AFTER_S)}, "302": {"Location": ELSEWHERE}}.get(fault, {})
        return Said(json.dumps(body).encode(), status=int(fault), headers=headers)
    if fault == "slow":
        servers.server.closing.wait(SLOW_S)
    if fault in ("malformed", "empty"):
        return Said(b"<html>Welcome to the proxy" if fault == "malformed" else b"", "text/html")
    if fault == "odd":
        return as_json(["something", {"else": 7}])
    return None


def _is_empty(servers: TrendServers, source: str) -> bool:
    return servers.faults.get(source) == "none"


# --- Google Trends ---------------------------------------------------------------------------------------------------

SEARCHES = (
    ("颱風康芮", "200000+", "5萬+", [("康芮逼近 北台灣防豪雨", "https://news.example/konrey", "中央社")]),
    ("世界棒球12強", "100000+", "2万+", [("12強賽台灣奪冠 & 全台歡呼", "https://news.example/p12", "自由時報")]),
    ("iPhone 18", "2,000+", "1천+", []),
    ("taylor swift taipei", "1000+", "1.5K+", [("Swift adds Taipei dates", "https://news.example/swift", "Taipei Times")]),
    ("統一發票", "500+", "3 lakh+", []),
)  # fmt: skip
"""Keyword, figure, the same place with a localised figure, and news."""


def _google(servers: TrendServers, asked: Asked) -> Said:
    assert set(asked.query) == {"geo"}
    if asked.query["geo"] not in ("TW", "US", "JP"):
        return Said(b"Not Found", "text/html", 404)
    rows = () if _is_empty(servers, "googletrends") else SEARCHES
    place = 2 if servers.faults.get("googletrends") == "localised" else 1
    entries = "".join(_google_entry(row[0], str(row[place]), row[3]) for row in rows)
    return Said(
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><rss xmlns:atom="http://www.w3.org/2005/Atom" '
        f'xmlns:ht="https://trends.google.com/trending/rss" version="2.0"><channel><title>Daily Search Trends</title>'
        f"<link>https://trends.google.com/trending?geo=TW</link>{entries}</channel></rss>".encode(),
        "text/xml",
    )


def _google_entry(title: str, traffic: str, news: list[tuple[str, str, str]]) -> str:
    told = "".join(
        f"<ht:news_item><ht:news_item_title>{escape(head)}</ht:news_item_title><ht:news_item_snippet/>"
        f"<ht:news_item_url>{url}</ht:news_item_url><ht:news_item_source>{paper}</ht:news_item_source></ht:news_item>"
        for head, url, paper in news
    )
    return (
        f"<item><title>{escape(title)}</title><ht:approx_traffic>{traffic}</ht:approx_traffic><description/>"
        f"<link>https://trends.google.com/trending?geo=TW</link><pubDate>Sun, 22 Nov 2026 20:10:00 -0800</pubDate>"
        f"<ht:picture>https://pic.example/1.jpg</ht:picture>{told}</item>"
    )


def _explore(servers: TrendServers, asked: Asked) -> Said:
    if asked.path == "/trends/explore/":
        return Said(b"<html></html>", "text/html", headers={"Set-Cookie": "NID=511=abc; path=/"})
    assert "NID=511=abc" in asked.headers.get("cookie", "")
    assert asked.query["tz"] == "0"
    if asked.path == "/trends/api/explore":
        return _widgets(json.loads(asked.query["req"]))
    assert asked.path == "/trends/api/widgetdata/multiline"
    assert asked.query["token"] == "APP6_UEAAAA"
    return _timeline(servers, json.loads(asked.query["req"]))


def _widgets(request: dict[str, Any]) -> Said:
    compared = request["comparisonItem"]
    assert 1 <= len(compared) <= 5
    assert request["property"] in ("", "youtube")
    assert {each["time"] for each in compared} == {"today 3-m"}
    assert {len(each["geo"]) for each in compared} == {2}
    widgets = [
        {"id": "TIMESERIES", "token": "APP6_UEAAAA", "request": {"comparisonItem": compared, "resolution": "DAY"}},
        {"id": "GEO_MAP", "token": "x", "request": {}},
    ]
    return Said(b")]}'" + json.dumps({"widgets": widgets}).encode(), "application/json; charset=utf-8")


def _timeline(servers: TrendServers, request: dict[str, Any]) -> Said:
    """The first keyword doubled a month ago, the second halved, the third is searched for too little."""
    shapes = ((30, 60), (80, 40), (0, 0), (10, 10), (5, 5))
    days = [servers.day - timedelta(days=back) for back in range(89, -1, -1)]
    rows: list[dict[str, Any]] = [
        {
            "time": str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())),
            "value": [shapes[number][index >= 60] for number in range(len(request["comparisonItem"]))],
            "hasData": [True],
        }
        for index, day in enumerate(days)
    ]
    today = servers.day + timedelta(days=1)
    stamp = str(int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()))
    rows.append({"time": stamp, "value": [99] * len(request["comparisonItem"]), "isPartial": True})
    found = [] if _is_empty(servers, "explore") else rows
    body = json.dumps({"default": {"timelineData": found, "averages": []}})
    return Said(b")]}',\n" + body.encode(), "application/json; charset=utf-8")


# --- YouTube ---------------------------------------------------------------------------------------------------------

VIDEOS = (
    ("aaaaaaaaaa1", "【官方MV】告五人 Accusefive《給你一瓶魔法藥水》Official Music Video", "10", "3200000", ["告五人", "MV"]),
    ("aaaaaaaaaa2", "Elden Ring Nightreign - Final Boss | 4K #shorts", "20", "1850000", ["Elden Ring"]),
    ("aaaaaaaaaa3", "捍衛戰士3 | 前導預告", "1", "950000", []),
    ("aaaaaaaaaa4", "今天我們要來挑戰一件從來沒有任何人嘗試過的事情結果出乎大家的意料之外而且真的非常好笑大家一定要看到最後不要錯過因為最後有彩蛋喔", "24", None, ["台灣小吃挑戰"]),
)  # fmt: skip


def _youtube(servers: TrendServers, asked: Asked) -> Said:
    assert asked.path == "/youtube/v3/videos"
    check_youtube(asked.query)
    if asked.query["key"] != YOUTUBE_KEY:
        return _google_error(400, "API key not valid.", "badRequest", "API_KEY_INVALID")
    category = asked.query["videoCategoryId"]
    if category == "1" or _is_empty(servers, "youtube"):
        return _google_error(
            404, "The requested video chart is not supported or is not available.", "videoChartNotFound"
        )
    rows = [row for row in VIDEOS if category in ("0", row[2])]
    return as_json({"kind": "youtube#videoListResponse", "etag": "x", "items": [_video(*row) for row in rows]})


def _google_error(status: int, message: str, reason: str, detail: str = "") -> Said:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}] if detail else []
    error = {"code": status, "message": message, "errors": [{"reason": reason, "domain": "x"}], "details": details}
    return as_json({"error": error}, status)


def youtube_refusal(status: int, reason: str) -> Said:
    """A refusal as YouTube words it."""
    return _google_error(status, LEAK, reason)


def check_youtube(query: dict[str, str]) -> None:
    """Hold *query* against the discovery document that comes with the client."""
    document = _youtube_document()
    known = {**document["parameters"], **document["resources"]["videos"]["methods"]["list"]["parameters"]}
    assert set(query) <= set(known), set(query) - set(known)
    assert {name for name, rule in known.items() if rule.get("required")} <= set(query)
    for name, value in query.items():
        rule = known[name]
        assert value in rule.get("enum", [value]), name
        if rule["type"] == "integer":
            assert int(rule["minimum"]) <= int(value) <= int(rule["maximum"]), name
    assert query["chart"] == "mostPopular"
    assert len(query["regionCode"]) == 2


@cache
def _youtube_document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return found


def _video(name: str, title: str, category: str, views: str | None, tags: list[str]) -> dict[str, Any]:
    snippet = {
        "title": title,
        "categoryId": category,
        "channelTitle": "頻道",
        "description": f"{title}\n訂閱",
        "tags": tags,
    }
    statistics = {"viewCount": views} if views else {}
    return {"kind": "youtube#video", "id": name, "snippet": snippet, "statistics": statistics}


# --- TikTok ----------------------------------------------------------------------------------------------------------

HASHTAGS = (("夜市美食", 1, 1_000.0), ("ootd", 2, 800.0), ("taiwan", 3, None))


def _tiktok(servers: TrendServers, asked: Asked) -> Said:
    assert asked.path == "/open_api/v1.3/discovery/trending_list/"
    if asked.headers.get("access-token") != TIKTOK_TOKEN:
        return as_json({"code": 40105, "message": f"Access token is incorrect: {LEAK}", "request_id": "1"})
    assert set(asked.query) == {"advertiser_id", "discovery_type", "country_code", "category_name", "date_range"}
    assert asked.query["date_range"] in ("1DAY", "7DAY", "30DAY", "120DAY")
    assert (asked.query["discovery_type"], asked.query["advertiser_id"]) == ("HASHTAG", TIKTOK_ADVERTISER)
    rows = [] if _is_empty(servers, "tiktok") else [_hashtag(servers, *row) for row in reversed(HASHTAGS)]
    return as_json({"code": 0, "message": "OK", "request_id": "1", "data": {"filter_info": {}, "list": rows}})


def _hashtag(servers: TrendServers, name: str, rank: int, views: float | None) -> dict[str, Any]:
    days = [servers.day - timedelta(days=back) for back in range(29, -1, -1)]
    history = [
        {"date": day.isoformat(), "rank_position_daily": "7", "views_daily": None if views is None else views + number}
        for number, day in enumerate(days)
    ]
    return {
        "hashtag_id": str(1000 + rank), "hashtag_name": name, "rank_position": str(rank), "rank_change": "NEW",
        "views": 70_000, "posts": 12, "views_global_lifetime": 9_000_000, "posts_global_lifetime": 40_000,
        "top_country_list": ["TW"], "trending_history": history,
    }  # fmt: skip


# --- Instagram -------------------------------------------------------------------------------------------------------

POSTS = {"台北美食": (120, 40), "taipei": (900, 3), "夜市": ()}


def _instagram(servers: TrendServers, asked: Asked) -> Said:
    if (asked.query["access_token"], asked.query["user_id"]) != (INSTAGRAM_TOKEN, INSTAGRAM_USER):
        return as_json({"error": {"message": LEAK, "type": "OAuthException", "code": 190}}, 400)
    names = list(POSTS)
    if asked.path == "/v26.0/ig_hashtag_search":
        if asked.query["q"] not in names:
            return as_json({"error": {"message": LEAK, "type": "OAuthException", "code": 24}}, 400)
        return as_json({"data": [{"id": str(17843000000000000 + names.index(asked.query["q"]))}]})
    identifier, _, edge = asked.path.removeprefix("/v26.0/").partition("/")
    assert edge == "recent_media"
    assert 1 <= int(asked.query["limit"]) <= 50
    assert set(asked.query["fields"].split(",")) <= {
        "id", "caption", "like_count", "comments_count", "permalink", "timestamp", "media_type", "media_url", "children",
    }  # fmt: skip
    name = names[int(identifier) - 17843000000000000]
    likes = () if _is_empty(servers, "instagram") else POSTS[name]
    posts = [
        {"id": str(n), "caption": f"#{name} 第{n}篇", "like_count": count, "comments_count": 2,
         "permalink": f"https://www.instagram.com/p/{n}/", "timestamp": "2026-11-22T10:00:00+0000"}
        for n, count in enumerate(likes)
    ]  # fmt: skip
    # Hidden likes are left out.
    return as_json({"data": [*posts, {"id": "9", "comments_count": 5}] if posts else []})


# --- X ---------------------------------------------------------------------------------------------------------------

TRENDS = (("#金馬獎", 45210), ("Kong-rey", 2956), ("台灣加油", None))


def _x(servers: TrendServers, asked: Asked) -> Said:
    assert set(asked.query) == {"max_trends", "trend.fields"}
    assert 1 <= int(asked.query["max_trends"]) <= 50
    assert set(asked.query["trend.fields"].split(",")) <= {"trend_name", "tweet_count"}
    assert asked.path in ("/2/trends/by/woeid/23424971", "/2/trends/by/woeid/23424977")
    if asked.headers.get("authorization") != f"Bearer {X_TOKEN}":
        return as_json({"title": "Unauthorized", "status": 401, "detail": LEAK}, 401)
    if _is_empty(servers, "x"):
        return as_json({"meta": {"result_count": 0}})
    return as_json({"data": [{"trend_name": name} | ({"tweet_count": n} if n else {}) for name, n in TRENDS]})


# --- Wikimedia -------------------------------------------------------------------------------------------------------

ARTICLES = {
    "zh": (
        ("Wikipedia:首页", 900_000), ("Special:搜索", 400_000), ("特殊:最近更改", 90_000), ("康芮_(2026年)", 64_000),
        ("中华民国总统", 32_000), ("Portal:新聞動態", 20_000), ("周杰倫", 16_000), ("-", 9_000), ("AC/DC", 8_000),
    ),
    "en": (
        ("Main_Page", 5_000_000), ("Special:Search", 1_000_000), ("Wikipedia:Featured_pictures", 90_000),
        ("Dune:_Part_Three", 80_000), ("Deaths_in_2026", 70_000), ("User_talk:Somebody", 60_000), ("Taylor_Swift", 50_000),
    ),
}  # fmt: skip
"""By language: title and views of the newest day, pages that are no articles among them."""


def _wikipedia(servers: TrendServers, asked: Asked) -> Said:
    assert CONTACT in asked.headers["user-agent"]
    path = asked.path.removeprefix("/api/rest_v1/")
    if path.startswith("page/summary/"):
        return _summary(unquote(path.removeprefix("page/summary/")))
    parts = path.removeprefix("metrics/pageviews/").split("/")
    if parts[0] == "top":
        return _most_read(servers, parts[1:])
    assert parts[0] == "per-article"
    return _views(servers, parts[1:])


def _most_read(servers: TrendServers, parts: list[str]) -> Said:
    project, access, year, month, day = parts
    assert access == "all-access"
    if date(int(year), int(month), int(day)) > servers.day:
        return as_json({"type": "about:blank", "title": "Not found", "detail": "not loaded yet"}, 404)
    rows = () if _is_empty(servers, "wikipedia") else ARTICLES[project.removesuffix(".wikipedia")]
    articles = [{"article": title, "views": views, "rank": rank} for rank, (title, views) in enumerate(rows, 1)]
    return as_json(
        {"items": [{"project": project, "access": access, "year": year, "month": month, "articles": articles}]}
    )


def _views(servers: TrendServers, parts: list[str]) -> Said:
    """A tenth of the newest day's views a month ago and before; on one day nobody looked."""
    project, access, agent, title, granularity, start, end = parts
    assert (access, agent, granularity) == ("all-access", "user", "daily")
    known = dict(ARTICLES[project.removesuffix(".wikipedia")])
    newest, first = (datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date() for text in (end, start))
    views = known[unquote(title)]
    rows = []
    for number in range((newest - first).days + 1):
        day = first + timedelta(days=number)
        if number != 3 and day <= servers.day:
            count = views if (newest - day).days < 30 else views // 10
            rows.append({"article": title, "timestamp": f"{day:%Y%m%d}00", "views": count})
    return as_json({"items": rows})


def _summary(title: str) -> Said:
    if title == "AC/DC":
        return as_json({"title": "Not found."}, 404)
    page = {"desktop": {"page": f"https://zh.wikipedia.org/wiki/{title}"}}
    return as_json({"title": title, "extract": f"{title.replace('_', ' ')}的摘要。", "content_urls": page})


# --- GDELT -----------------------------------------------------------------------------------------------------------


def _gdelt(servers: TrendServers, asked: Asked) -> Said:
    assert asked.path == "/api/v2/doc/doc"
    assert set(asked.query) == {"query", "mode", "format", "timespan"}
    assert (asked.query["mode"], asked.query["format"], asked.query["timespan"]) == ("TimelineVolRaw", "json", "63d")
    query = asked.query["query"]
    assert query.count('"') in (0, 2)
    if servers.faults.get("gdelt") == "hurry":
        return Said(b"Please limit requests to one every 5 seconds or contact us for larger queries.", "text/plain")
    if len(query.strip('"')) < 3:
        return Said(b"The specified phrase is too short.\n", "text/plain")
    if _is_empty(servers, "gdelt") or "zzz" in query:
        return as_json({})
    days = [servers.day - timedelta(days=back) for back in range(61, -2, -1)]
    rows = [{"date": f"{day:%Y%m%d}T000000Z", "value": 10 + number, "norm": 169_311} for number, day in enumerate(days)]
    series = [{"series": "Article Count", "data": rows}]
    return as_json({"query_details": {"title": query, "date_resolution": "day"}, "timeline": series})


# --- A newspaper -----------------------------------------------------------------------------------------------------

NEWS = (
    "颱風康芮逼近 台北停班停課",
    "康芮帶來豪雨 花蓮撤離",
    "Nvidia opens Taipei office",
    "台積電 Arizona 廠量產",
    "舊聞 康芮",
)
"""The last one is two days old."""

ATOM = ("Nvidia shares jump after Taipei event", "股市 台積電 創新高")


def _feeds(servers: TrendServers, asked: Asked) -> Said:
    assert asked.path in ("/feeds/news.xml", "/feeds/atom.xml")
    now = datetime.now(UTC)
    empty = _is_empty(servers, "feeds")
    if asked.path == "/feeds/atom.xml":
        entries = "".join(
            f"<entry><title>{escape(title)}</title><link href={quoteattr(f'https://atom.example/{n}')}/>"
            f"<updated>{(now - timedelta(hours=1)).isoformat()}</updated></entry>"
            for n, title in enumerate(() if empty else ATOM)
        )
        return Said(
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>{entries}</feed>'.encode(), "text/xml"
        )
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://news.example/{n}</link>"
        f"<pubDate>{_rfc822(now - timedelta(hours=48 if title.startswith('舊聞') else 2))}</pubDate></item>"
        for n, title in enumerate(() if empty else NEWS)
    )
    return Said(f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode(), "text/xml")


def _rfc822(moment: datetime) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", moment.timetuple())


_ANSWERS = {
    "googletrends": _google,
    "explore": _explore,
    "youtube": _youtube,
    "tiktok": _tiktok,
    "instagram": _instagram,
    "x": _x,
    "wikipedia": _wikipedia,
    "gdelt": _gdelt,
    "feeds": _feeds,
}
