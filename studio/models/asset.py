"""Files, by what is in them."""

from __future__ import annotations

from typing import Literal

from studio.models.base import Model

AssetKind = Literal["image", "video", "audio", "text", "data"]


class Credit(Model):
    """Who made something and on what terms we may use it."""

    title: str
    author: str
    licence: str
    url: str = ""


OWN = Credit(title="Own material", author="the creator", licence="the creator's own")


class Asset(Model):
    """
    A file in the object store.

    *key* holds the SHA-256 of the content, so equal files are one object and a key never changes meaning.
    """

    key: str
    kind: AssetKind
    media_type: str
    size: int
    credit: Credit | None = None
