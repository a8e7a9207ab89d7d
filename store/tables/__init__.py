"""All tables, so that the migrations see them."""

from store.tables.answers import KeptAnswer
from store.tables.assets import StoredAsset
from store.tables.counters import Counter
from store.tables.keys import ApiKey
from store.tables.tokens import RefreshToken
from store.tables.users import User
from store.tables.videos import Video
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "Counter",
    "KeptAnswer",
    "RefreshToken",
    "StoredAsset",
    "User",
    "Video",
    "WebhookDelivery",
    "WebhookEndpoint",
]
