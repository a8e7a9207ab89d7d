"""Files, by what is in them."""

from __future__ import annotations

from typing import Literal

from studio.models.base import Model

AssetKind = Literal["image", "video", "audio", "text", "data"]


class Credit(Model):
    """Who made something and on what terms we may use it; *url* is its page, *licence_url* the licence's text."""

    title: str
    author: str
    licence: str
    url: str = ""
    licence_url: str = ""

    @property
    def line(self) -> str:
        """All of it as one line of text, as licences want it named."""
        terms = f"{self.licence} ({self.licence_url})" if self.licence_url else self.licence
        return f"{self.title} – {self.author}, {terms} {self.url}".rstrip()


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
