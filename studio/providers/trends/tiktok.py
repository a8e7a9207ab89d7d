"""TikTok's popular hashtags of a country, for advertisers. Source: business-api.tiktok.com/portal/docs, Trending List."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from pydantic import SecretStr

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import Row, row_of, rows_of, text_of
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, count_of, history_of, keyword_of, ranked, unreadable
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

PATH: Final = "/open_api/v1.3/discovery/trending_list/"
RANGE: Final = "7DAY"
"""A hashtag is listed by its last seven days; each comes with the views of up to 30 single days."""

WRONG_TOKEN: Final = (40001, 40102, 40104, 40105)
OVER_LIMIT: Final = (40016, 40100, 40132, 40133)
TIMEOUT_S = 20.0
MOST_BYTES = 8 << 20


class TikTokTrendsSettings(EnvSettings):
    """An advertiser's access."""

    tiktok_business_access_token: SecretStr = SecretStr("")
    tiktok_business_advertiser_id: str = ""
    tiktok_business_root_url: str = "https://business-api.tiktok.com"


class TikTok:
    """Hashtags, each with its views a day in the country."""

    name = "tiktok"
    abilities = Abilities(does="finds", unit="views", kind="flow", native=(Platform.TIKTOK,), fresh_s=3 * 3_600)

    def check(self) -> None:
        """Raise ProviderNotReady without an advertiser's access."""
        settings = TikTokTrendsSettings()
        if not settings.tiktok_business_access_token.get_secret_value() or not settings.tiktok_business_advertiser_id:
            raise ProviderNotReady(
                "trends",
                self.name,
                "TIKTOK_BUSINESS_ACCESS_TOKEN or TIKTOK_BUSINESS_ADVERTISER_ID is not set; set both, or use trends "
                "'googletrends' and 'wikipedia', which need no key",
            )

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The country's hashtags, in TikTok's order."""
        self.check()
        settings = TikTokTrendsSettings()
        vendor = Vendor(
            "trends",
            self.name,
            settings.tiktok_business_root_url,
            key_name="TIKTOK_BUSINESS_ACCESS_TOKEN",
            headers={"Access-Token": settings.tiktok_business_access_token.get_secret_value()},
            timeout_s=TIMEOUT_S,
            most_bytes=MOST_BYTES,
        )
        return ask(
            self.name,
            vendor.root,
            look.region,
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _list(vendor, look.region, settings.tiktok_business_advertiser_id),
        )


def _list(vendor: Vendor, region: str, advertiser: str) -> Found:
    asked = {
        "advertiser_id": advertiser,
        "discovery_type": "HASHTAG",
        "country_code": region,
        "category_name": "ALL",
        "date_range": RANGE,
    }
    answer = row_of(vendor.get_json(PATH, asked))
    if answer.get("code") != 0:
        raise _refusal(vendor, answer.get("code"))
    listed = row_of(answer.get("data")).get("list")
    if not isinstance(listed, list):
        raise unreadable(vendor.name)
    rows = sorted(rows_of(listed), key=lambda row: count_of(row.get("rank_position")) or len(listed))
    return ranked(each for row in rows for each in _sighting(row)), {"requests": 1.0}


def _refusal(vendor: Vendor, code: object) -> ProviderError:
    """What a refusal means: all come with status 200. Source: the vendor's Appendix, Return Codes."""
    if code in WRONG_TOKEN:
        return vendor.refusal(401, {})
    if code in OVER_LIMIT:
        return OverLimit("trends", vendor.name, "over its rate limit")
    if not isinstance(code, int) or code >= 50_000:
        return ProviderUnavailable("trends", vendor.name, "its answer was an error, or of another shape")
    return ProviderRejected(
        "trends", vendor.name, f"it refused the request with {code}; check TIKTOK_BUSINESS_ADVERTISER_ID and the region"
    )


def _sighting(row: Row) -> Iterator[Sighting]:
    if not (keyword := keyword_of(row.get("hashtag_name"))):
        return
    days: dict[date, float] = {}
    for each in rows_of(row.get("trending_history")):
        day, views = _day(each.get("date")), count_of(each.get("views_daily"))
        if day and views is not None:
            days[day] = views
    points, is_whole = history_of(days)
    yield Sighting(
        keyword=keyword,
        # The row's own views are those of seven days: a day's is the last one's.
        value=points[-1].value if points else None,
        history=points,
        is_whole=is_whole,
        url=f"https://www.tiktok.com/tag/{keyword}" if keyword.isalnum() else "",
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(text_of(value)[:10])
    except ValueError:
        return None
