"""
Google Trends' interest over time, by the library `pytrends`: how a few keywords grow, on YouTube or on the web.

Google promises nothing here, and answers 429 after some eight to ten questions in a quarter of an hour. So one
question a scan, kept for long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from studio.errors import ProviderNotReady
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, count_of, history_of, keyword_of, unreadable
from studio.providers.trends.googletrends import GoogleTrendsSettings
from studio.providers.vendor import Vendor

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_KEYWORDS: Final = 5
"""Of one question; figures of two questions cannot be compared."""

LONGEST_KEYWORD: Final = 100
"""Characters that Google takes."""

TIMEFRAME: Final = "today 3-m"
"""Days come for up to eight months; a month's growth needs two."""

TIMEOUT_S = 10.0
"""For each of the three requests that a question takes."""

MOST_BYTES = 4 << 20

_cookies: dict[str, dict[str, str]] = {}
"""By root."""


class Explore:
    """Measures: 100 is the busiest day of the busiest keyword that was asked about, so it counts nothing."""

    name = "explore"
    abilities = Abilities(
        does="measures",
        unit="index",
        kind="index",
        native=(Platform.YOUTUBE,),
        proxy_for=(Platform.TIKTOK, Platform.INSTAGRAM, Platform.X),
        fresh_s=6 * 3_600,
    )

    def check(self) -> None:
        """Always ready: it wants no key."""

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The first MOST_KEYWORDS of the candidates; one that is searched for too little is left out."""
        words = _words(look.candidates)
        if not words:
            return ()
        root = GoogleTrendsSettings().google_trends_root_url
        where = "youtube" if look.platform is Platform.YOUTUBE else ""
        vendor = Vendor("trends", self.name, root, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES)
        return ask(
            self.name,
            root,
            where,
            look.region,
            look.language,
            list(words),
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _measured(vendor, words, where, look),
            units={"requests": 3},
        )


def _words(candidates: tuple[str, ...]) -> tuple[str, ...]:
    """Each once: the library makes a column of each."""
    cleaned = (keyword_of(each) for each in candidates)
    fitting = (each for each in cleaned if each and len(each) <= LONGEST_KEYWORD)
    return tuple({each.casefold(): each for each in fitting}.values())[:MOST_KEYWORDS]


def _measured(vendor: Vendor, words: tuple[str, ...], where: str, look: Look) -> Found:
    with _errors(vendor):
        client = _client(vendor, look)
        client.build_payload(list(words), timeframe=TIMEFRAME, geo=look.region, gprop=where)
        frame = client.interest_over_time()
        found = [] if frame.empty else [each for word in words for each in _sighting(frame, word)]
    return found, {"requests": 3.0}


def _sighting(frame: DataFrame, word: str) -> Iterator[Sighting]:
    """A keyword whose days are all 0 was searched for less than Google counts: that is no figure."""
    days: dict[date, float] = {}
    for moment, value, is_partial in zip(frame.index, frame[word], frame["isPartial"], strict=True):
        figure = count_of(int(value))
        if figure is not None and not is_partial:
            days[moment.date()] = figure
    points, is_whole = history_of(days)
    if points and any(point.value for point in points):
        yield Sighting(keyword=word, value=points[-1].value, history=points, is_whole=is_whole)


def _client(vendor: Vendor, look: Look) -> Any:
    """
    The library's client, at the root that the operator sets.

    Its own retries stay off: with them its first request dies of an argument that urllib3 no longer knows. Its
    constructor asks for a cookie, which is ours to fetch.
    """
    from pytrends.request import TrendReq

    from studio.providers.trends.transport import at_root

    class Client(TrendReq):  # type: ignore[misc]  # the library has no types
        def GetGoogleCookie(self) -> dict[str, str]:  # noqa: N802
            return _cookie(vendor, look.language, look.region)

        def _get_data(self, url: str, **request: Any) -> Any:
            return super()._get_data(at_root(vendor, url), **request)

    return Client(hl=look.language, tz=0, timeout=_timeouts(vendor), requests_args=_request(vendor))


def _cookie(vendor: Vendor, language: str, region: str) -> dict[str, str]:
    """
    Google's cookie of this process: each new one counts towards its limit.

    Raises:
        requests.RequestException: no answer.
        TooManyRequestsError: there is no sense in asking on.
    """
    import requests
    from pytrends.exceptions import TooManyRequestsError

    if vendor.root in _cookies:
        return _cookies[vendor.root]
    answer = requests.get(
        f"{vendor.root.rstrip('/')}/trends/explore/",
        params={"geo": region, "hl": language},
        timeout=_timeouts(vendor),
        **_request(vendor),
    )
    if answer.status_code == 429:
        raise TooManyRequestsError.from_response(answer)
    _cookies[vendor.root] = {name: value for name, value in answer.cookies.items() if name == "NID" and value}
    return _cookies[vendor.root]


def _timeouts(vendor: Vendor) -> tuple[float, float]:
    return min(5.0, vendor.timeout_s), vendor.timeout_s


def _request(vendor: Vendor) -> dict[str, Any]:
    """What goes with every request: the library makes a session of its own for each, so nothing can be mounted."""
    from studio.providers.trends.transport import read_in_bounds

    return {
        "headers": {"Accept-Encoding": "identity"},
        "stream": True,
        "allow_redirects": False,
        "hooks": {"response": lambda response, **_: read_in_bounds(vendor, response)},
    }


@contextmanager
def _errors(vendor: Vendor) -> Iterator[None]:
    import requests
    from pytrends.exceptions import ResponseError, TooManyRequestsError

    try:
        yield
    except ResponseError as error:
        if isinstance(error, TooManyRequestsError):
            _cookies.clear()
        if error.response.status_code < 400:
            # A page for people, such as one that asks for consent.
            raise unreadable(vendor.name) from None
        raise vendor.refusal(error.response.status_code, error.response.headers) from None
    except requests.exceptions.InvalidURL as error:
        raise ProviderNotReady("trends", vendor.name, f"{vendor.root!r} is no web address") from error
    except requests.RequestException as error:
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise unreadable(vendor.name) from error
