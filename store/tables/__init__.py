"""All tables, so that the migrations see them."""

from store.tables.tokens import RefreshToken
from store.tables.users import User
from store.tables.videos import Video

__all__ = ["RefreshToken", "User", "Video"]
