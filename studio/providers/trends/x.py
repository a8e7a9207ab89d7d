"""
X's trends of a country, by `tweepy`. Source: docs.x.com, X API, Trends by WOEID.

Each trend that is read costs $0.010, so few are, and not often.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from pydantic import SecretStr

from studio.errors import OverLimit, ProviderNotReady
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import Row, row_of, rows_of
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, count_of, keyword_of, ranked, unreadable
from studio.providers.vendor import LONGEST_RETRY_AFTER_S, Vendor, is_local, retry_after
from studio.settings import EnvSettings

MOST_TRENDS: Final = 20
"""Of 50 that could be had: 20 cents a look."""

PUBLIC_HOST: Final = "https://api.twitter.com"
"""Where the library sends everything."""

TIMEOUT_S = 15.0
MOST_BYTES = 1 << 20

PLACES: Final = {
    "AE": 23424738, "AR": 23424747, "AT": 23424750, "AU": 23424748, "BE": 23424757, "BR": 23424768, "CA": 23424775,
    "CH": 23424957, "CL": 23424782, "CO": 23424787, "CZ": 23424810, "DE": 23424829, "DK": 23424796, "EG": 23424802,
    "ES": 23424950, "FR": 23424819, "GB": 23424975, "GR": 23424833, "HK": 24865698, "ID": 23424846, "IE": 23424803,
    "IL": 23424852, "IN": 23424848, "IT": 23424853, "JP": 23424856, "KE": 23424863, "KR": 23424868, "MX": 23424900,
    "MY": 23424901, "NG": 23424908, "NL": 23424909, "NO": 23424910, "NZ": 23424916, "PE": 23424919, "PH": 23424934,
    "PK": 23424922, "PL": 23424923, "PT": 23424925, "RU": 23424936, "SA": 23424938, "SE": 23424954, "SG": 23424948,
    "TH": 23424960, "TR": 23424969, "TW": 23424971, "UA": 23424976, "US": 23424977, "VN": 23424984, "ZA": 23424942,
}  # fmt: skip
"""Yahoo's numbers of countries by ISO 3166-1. Source: GeoPlanet's table of countries, as X still uses it."""

# The library writes the token into its log.
logging.getLogger("tweepy.client").setLevel(logging.INFO)


class XTrendsSettings(EnvSettings):
    """The vendor's key and address."""

    x_bearer_token: SecretStr = SecretStr("")
    x_root_url: str = "https://api.x.com"


class X:
    """Trends with the posts of about the last day, where X counts them."""

    name = "x"
    abilities = Abilities(does="finds", unit="posts", kind="flow", native=(Platform.X,), fresh_s=3 * 3_600)

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not XTrendsSettings().x_bearer_token.get_secret_value():
            raise ProviderNotReady(
                "trends",
                self.name,
                "X_BEARER_TOKEN is not set; set it, or use trends 'googletrends' and 'wikipedia', which need no key",
            )

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The country's trends, in X's order; none of a country that X has no number for."""
        self.check()
        place = PLACES.get(look.region)
        if place is None:
            return ()
        settings = XTrendsSettings()
        vendor = Vendor(
            "trends",
            self.name,
            settings.x_root_url,
            key_name="X_BEARER_TOKEN",
            timeout_s=TIMEOUT_S,
            most_bytes=MOST_BYTES,
        )
        return ask(
            self.name,
            vendor.root,
            place,
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _trends(vendor, place, settings.x_bearer_token.get_secret_value()),
            units={"requests": 1, "trends": MOST_TRENDS},
        )


def _trends(vendor: Vendor, place: int, token: str) -> Found:
    asked = {"max_trends": MOST_TRENDS, "trend.fields": "trend_name,tweet_count"}
    with _errors(vendor):
        answer = _client(vendor, token).request("GET", f"/2/trends/by/woeid/{place}", params=asked)
        told = row_of(json.loads(answer.content))
    # Nothing found is an answer without a list.
    rows = told.get("data", None if "errors" in told or "meta" not in told else [])
    if not isinstance(rows, list):
        raise unreadable(vendor.name)
    return ranked(each for row in rows_of(rows) for each in _sighting(row)), {"requests": 1, "trends": len(rows)}


def _sighting(row: Row) -> Iterator[Sighting]:
    if keyword := keyword_of(row.get("trend_name")):
        yield Sighting(
            keyword=keyword, value=count_of(row.get("tweet_count")), url=f"https://x.com/search?q={quote(keyword)}"
        )


def _client(vendor: Vendor, token: str) -> Any:
    """The library's client, at the root that the operator sets, with the timeout that it lacks."""
    import tweepy

    from studio.providers.trends.transport import RootAdapter

    client = tweepy.Client(bearer_token=token)
    client.session.mount(PUBLIC_HOST, RootAdapter(vendor))
    client.session.max_redirects = 0
    client.session.trust_env = not is_local(vendor.root)
    return client


@contextmanager
def _errors(vendor: Vendor) -> Iterator[None]:
    import requests
    import tweepy

    try:
        yield
    except tweepy.TooManyRequests as error:
        wait = retry_after(error.response.headers) or _until(error.reset_time)
        raise OverLimit("trends", vendor.name, "over its rate limit", retry_after=wait) from None
    except tweepy.HTTPException as error:
        raise vendor.refusal(error.response.status_code, error.response.headers) from None
    except requests.exceptions.InvalidURL:
        raise ProviderNotReady("trends", vendor.name, f"{vendor.root!r} is no web address") from None
    except requests.RequestException as error:
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None
    except (ValueError, RecursionError) as error:
        raise unreadable(vendor.name) from error


def _until(moment: int | None) -> float | None:
    """Seconds until a Unix time."""
    return None if moment is None else min(max(moment - time.time(), 1.0), LONGEST_RETRY_AFTER_S)
