"""
YouTube's charts of the most viewed videos in a country, by `google-api-python-client`. Source: developers.google.com,
YouTube Data API, videos.list.

Since 2025-07-21 there are charts of music, films and games alone. YouTube's Developer Policies (III.E.4) forbid to keep
figures for longer than 30 days, and to work out others from them unless Google has allowed it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from studio.errors import OverLimit, ProviderError, ProviderNotReady
from studio.models.trend import Abilities, Category, Platform, Sighting
from studio.providers.fields import Row, name_of, row_of, rows_of, text_of
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import (
    Found,
    ask,
    count_of,
    headlines_of,
    keyword_of,
    ranked,
    summary_of,
    unreadable,
)
from studio.providers.vendor import Vendor, retry_after
from studio.settings import EnvSettings

if TYPE_CHECKING:
    from googleapiclient.errors import HttpError

CHARTS: Final = ("0", "10", "1", "20")
"""Categories whose charts are asked for: all of them, music, films, games. A unit of quota each, of 10,000 a day."""

ASKED: Final = 50
"""Videos of a chart; it is as many as one page has."""

LONGEST_PHRASE: Final = 60
"""A longer beginning of a title is a sentence; its tags say better what it is about."""

CATEGORIES: Final = {
    "1": Category.ENTERTAINMENT,
    "2": Category.AUTOS,
    "10": Category.MUSIC,
    "15": Category.PETS,
    "17": Category.SPORTS,
    "18": Category.ENTERTAINMENT,
    "19": Category.TRAVEL,
    "20": Category.GAMES,
    "22": Category.OTHER,
    "23": Category.ENTERTAINMENT,
    "24": Category.ENTERTAINMENT,
    "25": Category.NEWS,
    "26": Category.HOBBIES,
    "27": Category.EDUCATION,
    "28": Category.TECHNOLOGY,
    "29": Category.POLITICS,
    "30": Category.ENTERTAINMENT,
    "43": Category.ENTERTAINMENT,
    "44": Category.ENTERTAINMENT,
}
"""Source: videoCategories.list of the vendor."""

NO_CHART: Final = "videoChartNotFound"
OVER_QUOTA: Final = ("quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded")
WRONG_KEY: Final = ("keyInvalid", "API_KEY_INVALID", "keyExpired")

TIMEOUT_S = 15.0
MOST_BYTES = 4 << 20

_ASIDE = re.compile(
    r"[(（\[［【〔][^)）\]］】〕]*[)）\]］】〕]|[#＃]\S+"
    r"|\bofficial\s+(?:(?:live|music|lyric|hd|4k)\s+)*(?:video|mv|m/v|audio|trailer|teaser|clip)\b|\bm/?v\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[《「『〈“\"]([^》」』〉”\"]{2,40})[》」』〉”\"]")
_CUT = re.compile(r"\s*[|｜／：•～]\s*|\s+[-–—－/~]+\s+|\s*[!！?？。…]+\s*|\s+(?:ft|feat)\.?\s", re.IGNORECASE)

# The client writes whole addresses into its log, and the key stands in them.
logging.getLogger("googleapiclient.discovery").setLevel(logging.INFO)


class YouTubeTrendsSettings(EnvSettings):
    """The vendor's key and address, and what it allows."""

    youtube_api_key: SecretStr = SecretStr("")
    youtube_root_url: str = "https://youtube.googleapis.com"
    youtube_derived_metrics: bool = False
    """Only for those whom Google has allowed to work out figures of their own: Developer Policies, III.L."""


class YouTube:
    """The videos of the charts, by what their titles are about; figures are the views of one video so far."""

    name = "youtube"

    def __init__(self) -> None:
        self.abilities = Abilities(
            does="finds",
            unit="views",
            kind="level",
            native=(Platform.YOUTUBE,),
            derivable=YouTubeTrendsSettings().youtube_derived_metrics,
            kept_days=30,
            has_categories=True,
        )

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not YouTubeTrendsSettings().youtube_api_key.get_secret_value():
            raise ProviderNotReady(
                "trends",
                self.name,
                "YOUTUBE_API_KEY is not set; set it, or use trends 'googletrends' and 'wikipedia', which need no key",
            )

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The general chart, then those of music, films and games."""
        self.check()
        settings = YouTubeTrendsSettings()
        root = settings.youtube_root_url
        vendor = Vendor(
            "trends", self.name, root, key_name="YOUTUBE_API_KEY", timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES
        )
        return ask(
            self.name,
            root,
            look.region,
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _charts(vendor, look.region, settings.youtube_api_key.get_secret_value()),
            units={"requests": len(CHARTS)},
        )


def subject_of(title: str, tags: tuple[str, ...] = (), *, channel: str = "") -> str:
    """
    What a video is about, in a few words.

    What stands aside in brackets, hashtags and "Official Video" are left out. Then a name in quotation marks counts, or
    else what stands before the first sign that cuts a title ("|", " - ", "：", "!"), unless that is *channel*, who made
    it. Where it is longer than LONGEST_PHRASE, or nothing, the first tag is taken.
    """
    plain = " ".join(_ASIDE.sub(" ", title).split())
    named = _NAMED.search(plain)
    phrases = [phrase.strip(" -–—,，、") for phrase in ([named[1]] if named else _CUT.split(plain))]
    telling = [phrase for phrase in phrases if len(phrase) > 1 and phrase.casefold() != channel.casefold()]
    if telling and len(telling[0]) <= LONGEST_PHRASE:
        return telling[0]
    return next(iter(tags), "") or title[:LONGEST_PHRASE].strip()


def _charts(vendor: Vendor, region: str, key: str) -> Found:
    videos: dict[str, Row] = {}
    with _errors(vendor):
        service = _service(vendor, key)
        for category in CHARTS:
            for row in _chart(service, region, category):
                videos.setdefault(name_of(row.get("id")), row)
    return ranked(each for name, row in videos.items() if name for each in _sighting(name, row)), {
        "requests": float(len(CHARTS))
    }


def _chart(service: Any, region: str, category: str) -> list[Row]:
    from googleapiclient.errors import HttpError

    asked = service.videos().list(
        part="snippet,statistics", chart="mostPopular", regionCode=region, videoCategoryId=category, maxResults=ASKED
    )
    try:
        answer = row_of(asked.execute(num_retries=0))
    except HttpError as error:
        if error.status_code in (400, 404) and NO_CHART in _reasons(error):
            return []
        raise
    if not isinstance(answer.get("items"), list):
        raise unreadable("youtube")
    return list(rows_of(answer["items"]))


def _sighting(name: str, row: Row) -> Iterator[Sighting]:
    snippet = row_of(row.get("snippet"))
    title, url = text_of(snippet.get("title")), f"https://www.youtube.com/watch?v={name}"
    listed = snippet.get("tags")
    tags = tuple(filter(None, (keyword_of(each) for each in listed[:15]))) if isinstance(listed, list) else ()
    if keyword := keyword_of(subject_of(title, tags, channel=text_of(snippet.get("channelTitle")))):
        yield Sighting(
            keyword=keyword,
            value=count_of(row_of(row.get("statistics")).get("viewCount")),
            category=CATEGORIES.get(name_of(snippet.get("categoryId"))),
            summary=summary_of(snippet.get("description")),
            url=url,
            headlines=headlines_of([(title, url, snippet.get("channelTitle"))]),
            related=tags,
        )


def _service(vendor: Vendor, key: str) -> Any:
    """The client, at the root that the operator sets. Nothing is looked up: the description comes in the package."""
    from googleapiclient.discovery import build_from_document

    from studio.providers.trends.transport import GoogleHttp

    document = {**_document(), "rootUrl": vendor.root.rstrip("/") + "/"}
    return build_from_document(document, http=GoogleHttp(vendor), developerKey=key)


@cache
def _document() -> dict[str, Any]:
    import json

    from googleapiclient.discovery_cache import get_static_doc

    found: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return found


@contextmanager
def _errors(vendor: Vendor) -> Iterator[None]:
    """Turn what goes wrong into errors of ours, none from its cause: those have the address, and that the key."""
    import httpx2
    from googleapiclient.errors import Error, HttpError

    try:
        yield
    except HttpError as error:
        raise _refusal(vendor, error) from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):
        raise ProviderNotReady("trends", vendor.name, f"{vendor.root!r} is no web address") from None
    except (httpx2.HTTPError, OSError) as error:
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None
    except (Error, ValueError, RecursionError):
        raise unreadable(vendor.name) from None


def _refusal(vendor: Vendor, error: HttpError) -> ProviderError:
    reasons = _reasons(error)
    if any(reason in OVER_QUOTA for reason in reasons):
        return OverLimit("trends", vendor.name, "over its quota", retry_after=retry_after(error.resp))
    if any(reason in WRONG_KEY for reason in reasons):
        return vendor.refusal(401, {})
    return vendor.refusal(error.status_code, error.resp)


def _reasons(error: HttpError) -> tuple[str, ...]:
    """The short names in a refusal. The client's own list of them is text at times."""
    import json

    try:
        told = row_of(row_of(json.loads(error.content)).get("error"))
    except (ValueError, RecursionError):
        return ()
    rows = [*rows_of(told.get("errors")), *rows_of(told.get("details"))]
    return tuple(name_of(row.get("reason")) for row in rows)
