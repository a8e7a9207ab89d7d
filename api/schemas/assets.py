"""Bodies of `/assets`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.base import Action
from store.tables.assets import StoredAsset
from studio.providers.storage.links import signed_url


class ImportAsset(Action):
    """A public address of a picture, clip or sound."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]


class AssetShown(BaseModel):
    """A file of the account; *url* is a signed link, width and height in pixels, duration in seconds."""

    id: str
    filename: str
    kind: str
    media_type: str
    size: int
    width: int
    height: int
    duration: float
    source_url: str
    created_at: datetime
    url: str

    @classmethod
    def of(cls, row: StoredAsset) -> AssetShown:
        """What is shown of a row."""
        return cls(**row.model_dump(exclude={"owner_id", "key"}), url=signed_url(row.key, filename=row.id))


class AssetPage(BaseModel):
    """Some of the account's files; *next_cursor* asks for the next ones."""

    items: list[AssetShown]
    next_cursor: str | None
    has_more: bool
