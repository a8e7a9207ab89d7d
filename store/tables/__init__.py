"""All tables, so that the migrations see them."""

from store.tables.answers import KeptAnswer
from store.tables.assets import StoredAsset
from store.tables.clips import ClipUse
from store.tables.counters import Counter
from store.tables.keys import ApiKey
from store.tables.purchases import Breaker, Purchase
from store.tables.removed import RemovedFilm
from store.tables.social import Connection, Publication, QuotaUse, SocialAccount
from store.tables.tokens import RefreshToken
from store.tables.trends import (
    TrendDay,
    TrendKeyword,
    TrendNote,
    TrendObservation,
    TrendRank,
    TrendReading,
    TrendScan,
    TrendSeries,
)
from store.tables.users import User
from store.tables.videos import Video
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "Breaker",
    "ClipUse",
    "Connection",
    "Counter",
    "KeptAnswer",
    "Publication",
    "Purchase",
    "QuotaUse",
    "RefreshToken",
    "RemovedFilm",
    "SocialAccount",
    "StoredAsset",
    "TrendDay",
    "TrendKeyword",
    "TrendNote",
    "TrendObservation",
    "TrendRank",
    "TrendReading",
    "TrendScan",
    "TrendSeries",
    "User",
    "Video",
    "WebhookDelivery",
    "WebhookEndpoint",
]
