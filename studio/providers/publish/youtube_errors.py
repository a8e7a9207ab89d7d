"""
What YouTube's refusals mean: its short reasons as errors of ours, its own words never repeated.

Source: developers.google.com, YouTube Data API, Errors, and the errors of videos.insert, captions.insert,
playlistItems.insert and thumbnails.set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected
from studio.providers.fields import name_of, row_of, rows_of
from studio.providers.publish.oauth import ended
from studio.providers.vendor import Vendor, retry_after

DAY_S: Final = 24 * 3600.0
RATE_S: Final = 60.0
"""After a burst that YouTube sets no time for."""

PACIFIC: Final = ZoneInfo("America/Los_Angeles")

OVER_QUOTA: Final = ("quotaExceeded", "dailyLimitExceeded")
OVER_RATE: Final = ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED")
OVER_UPLOADS: Final = "uploadLimitExceeded"

NOT_READY: Final = {
    "youtubeSignupRequired": "the account has no YouTube channel; make one and connect it again",
    "accessNotConfigured": "the YouTube Data API is off in the Google Cloud project of YOUTUBE_CLIENT_ID; turn it on",
    "SERVICE_DISABLED": "the YouTube Data API is off in the Google Cloud project of YOUTUBE_CLIENT_ID; turn it on",
    "insufficientPermissions": "the account granted too little; connect it again and leave every box ticked",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "the account granted too little; connect it again and leave every box ticked",
    "authenticatedUserAccountSuspended": "YouTube has suspended the account",
    "authenticatedUserAccountClosed": "the account was closed",
    "accountSuspended": "YouTube has suspended the account",
    "accountClosed": "the account was closed",
}

REJECTED: Final = {
    "invalidTitle": "it refused the title; change it",
    "invalidDescription": "it refused the description; change it",
    "invalidTags": "it refused the tags; change them",
    "invalidCategoryId": "options.category_id is no category in which films can be uploaded; choose another",
    "invalidPublishAt": "it refused publish_at; choose another time",
    "invalidVideoMetadata": "it refused the texts or options as a whole; change them",
    "invalidMetadata": "it refused the texts or options as a whole; change them",
    "invalidFilename": "it refused the name of the file",
    "defaultLanguageNotSet": "it wants a language",
    "mediaBodyRequired": "it found no film in what was sent",
    "badContent": "the film is in no format that it takes",
    "playlistNotFound": "options.playlist_id is no playlist of the channel",
    "playlistContainsMaximumNumberOfVideos": "the playlist of options.playlist_id is full",
    "playlistItemsNotAccessible": "options.playlist_id is no playlist of the channel",
    "invalidImage": "it does not take the poster as a thumbnail",
    "mediaTypeUnsupported": "it does not take files of this kind",
    "contentRequired": "the captions are empty",
    "invalidCaptions": "it cannot read the captions",
    "videoNotFound": "the video is not there any more",
}


def refusal(vendor: Vendor, status: int, headers: Mapping[str, str], content: bytes) -> ProviderError:
    """What an answer with *status*, which is no good one, means; *headers* by names in small letters."""
    reasons = reasons_of(content)
    for reason in reasons:
        if reason in OVER_QUOTA:
            message = "the project's quota of today is used up; it is full again at midnight Pacific time"
            return OverLimit("publish", vendor.name, message, retry_after=until_midnight(datetime.now(PACIFIC)))
        if reason in OVER_RATE:
            return OverLimit("publish", vendor.name, "over its rate limit", retry_after=retry_after(headers) or RATE_S)
        if reason == OVER_UPLOADS:
            message = "the channel has uploaded as many films as YouTube allows it in a day"
            return OverLimit("publish", vendor.name, message, retry_after=DAY_S)
        if reason in NOT_READY:
            return ProviderNotReady("publish", vendor.name, NOT_READY[reason])
        if reason in REJECTED:
            return ProviderRejected("publish", vendor.name, REJECTED[reason])
    if status == 401:
        return ended(vendor)
    if status == 403:
        return ProviderNotReady("publish", vendor.name, "it does not allow that to the account; connect it again")
    return vendor.refusal(status, headers)


def reasons_of(content: bytes) -> tuple[str, ...]:
    """The short names in a refusal."""
    try:
        told = row_of(row_of(json.loads(content)).get("error"))
    except (ValueError, RecursionError):
        return ()
    rows = [*rows_of(told.get("errors")), *rows_of(told.get("details"))]
    return tuple(name_of(row.get("reason")) for row in rows)


def until_midnight(now: datetime) -> float:
    """Seconds until the quota is full again; *now* in Pacific time. A day of the clock change is not 24 hours."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    return max(1.0, midnight.timestamp() - now.timestamp())
