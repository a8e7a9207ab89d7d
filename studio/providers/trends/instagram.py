"""
Instagram's posts under hashtags that the operator names. Source: developers.facebook.com, Instagram Platform, Hashtag
Search.

Instagram has no list of what is popular, and no figures of hashtags. What there is, is a sample: up to 50 posts of the
last 24 hours under a hashtag that one already knows, 30 hashtags in seven days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import Row, name_of, rows_at
from studio.providers.till import Quote, Receipt, Till, call_key
from studio.providers.trends import Look
from studio.providers.trends.asking import Found, ask, count_of, headlines_of, keyword_of, ranked, unreadable, within
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings, ProviderNames

VERSION: Final = "v26.0"
MOST_HASHTAGS: Final = 30
"""Different ones in seven days. Source: the vendor's guide, Limitations."""

SAMPLE: Final = 50
"""Posts of one answer, the most there are."""

MOST_REFUSALS: Final = 3
"""After so many without a good answer, the others would be refused too."""

TIMEOUT_S = 15.0
ALL_S = 90.0
"""For all hashtags together."""

MOST_BYTES = 2 << 20
_HASHTAG = re.compile(r"\w{1,100}")


class InstagramTrendsSettings(EnvSettings):
    """Access of an account that Meta has approved, and what is watched."""

    instagram_access_token: SecretStr = SecretStr("")
    instagram_user_id: str = ""
    instagram_hashtags: ProviderNames = ()
    instagram_root_url: str = "https://graph.facebook.com"


class Instagram:
    """The hashtags of INSTAGRAM_HASHTAGS by likes and comments of their newest posts, the most first."""

    name = "instagram"
    abilities = Abilities(
        does="finds",
        unit="interactions",
        kind="flow",
        native=(Platform.INSTAGRAM,),
        is_floor=True,
        is_regional=False,
        fresh_s=6 * 3_600,
    )

    def check(self) -> None:
        """Raise ProviderNotReady without access, or with more hashtags than Instagram allows."""
        settings = InstagramTrendsSettings()
        if not settings.instagram_access_token.get_secret_value() or not settings.instagram_user_id:
            raise self._not_ready("INSTAGRAM_ACCESS_TOKEN or INSTAGRAM_USER_ID is not set; set both")
        if not settings.instagram_hashtags:
            raise self._not_ready("INSTAGRAM_HASHTAGS is not set; name the hashtags that are to be watched")
        if wrong := [each for each in _hashtags(settings) if not _HASHTAG.fullmatch(each)]:
            raise self._not_ready(f"INSTAGRAM_HASHTAGS has {wrong[0]!r}, which is no hashtag; write letters and digits")
        if len(_hashtags(settings)) > MOST_HASHTAGS:
            raise self._not_ready(
                f"INSTAGRAM_HASHTAGS names {len(_hashtags(settings))} hashtags; Instagram allows {MOST_HASHTAGS} in "
                "seven days, so name fewer"
            )

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """All hashtags that answer within ALL_S; each answer is kept by itself."""
        self.check()
        settings = InstagramTrendsSettings()
        vendor = Vendor(
            "trends",
            self.name,
            settings.instagram_root_url,
            key_name="INSTAGRAM_ACCESS_TOKEN",
            timeout_s=TIMEOUT_S,
            most_bytes=MOST_BYTES,
        )
        access = {
            "user_id": settings.instagram_user_id,
            "access_token": settings.instagram_access_token.get_secret_value(),
        }
        found = list(_samples(vendor, _hashtags(settings), access, till=till, fresh_s=self.abilities.fresh_s))
        return ranked(sorted(found, key=lambda each: -(each.value or 0)))

    def _not_ready(self, message: str) -> ProviderNotReady:
        return ProviderNotReady(
            "trends", self.name, f"{message}, or use trends 'googletrends' and 'wikipedia', which need no key"
        )


def _hashtags(settings: InstagramTrendsSettings) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.lstrip("#＃").casefold() for each in settings.instagram_hashtags))


def _samples(
    vendor: Vendor, hashtags: tuple[str, ...], access: dict[str, str], *, till: Till, fresh_s: float
) -> Iterator[Sighting]:
    """One that is refused is left out: Instagram refuses words that it finds offensive. Where all are, access is."""
    answered, refused = 0, 0
    for hashtag in within(hashtags, ALL_S):
        try:
            yield from _sample(vendor, hashtag, access, till=till, fresh_s=fresh_s)
            answered += 1
        except ProviderRejected as error:
            refused += 1
            if not answered and refused in (MOST_REFUSALS, len(hashtags)):
                raise ProviderNotReady(
                    "trends",
                    vendor.name,
                    "every request was refused; check INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_USER_ID",
                ) from error
        except ProviderUnavailable:
            if not answered:
                raise
            return


def _sample(
    vendor: Vendor, hashtag: str, access: dict[str, str], *, till: Till, fresh_s: float
) -> tuple[Sighting, ...]:
    identifier = _identifier(vendor, hashtag, access, till=till)
    return ask(
        vendor.name,
        vendor.root,
        "recent",
        hashtag,
        till=till,
        fresh_s=fresh_s,
        find=lambda: _posts(vendor, hashtag, identifier, access),
    )


def _identifier(vendor: Vendor, hashtag: str, access: dict[str, str], *, till: Till) -> str:
    """A hashtag's number, which never changes."""

    def search() -> Receipt:
        answer = vendor.get_json(f"/{VERSION}/ig_hashtag_search", {**access, "q": hashtag})
        found = next((name_of(row.get("id")) for row in rows_at(vendor, answer, "data")), "")
        if not found:
            raise ProviderRejected("trends", vendor.name, f"there is no hashtag {hashtag!r}")
        return Receipt(found, {"requests": 1})

    key = call_key("trends", vendor.name, vendor.root, "hashtag", hashtag)
    kept = till.buy(Quote("trends", vendor.name, "", key, {"requests": 1}, address=vendor.root), search)
    if not (identifier := name_of(kept)):
        raise unreadable(vendor.name)
    return identifier


def _posts(vendor: Vendor, hashtag: str, identifier: str, access: dict[str, str]) -> Found:
    fields = "id,caption,like_count,comments_count,permalink,timestamp"
    answer = vendor.get_json(f"/{VERSION}/{identifier}/recent_media", {**access, "fields": fields, "limit": SAMPLE})
    rows = sorted(rows_at(vendor, answer, "data"), key=_interactions, reverse=True)
    return [_sighting(hashtag, rows)], {"requests": 1.0}


def _sighting(hashtag: str, rows: list[Row]) -> Sighting:
    return Sighting(
        keyword=keyword_of(hashtag),
        value=sum(map(_interactions, rows)),
        url=f"https://www.instagram.com/explore/tags/{quote(hashtag)}/",
        headlines=headlines_of((row.get("caption"), row.get("permalink"), "Instagram") for row in rows),
    )


def _interactions(row: Row) -> float:
    """Likes are missing where the account hides them."""
    return (count_of(row.get("like_count")) or 0) + (count_of(row.get("comments_count")) or 0)
