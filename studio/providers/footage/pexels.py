"""Pexels: clips and photographs of its members, free to use; it wants to be named. Source: pexels.com/api/documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from studio.errors import ProviderNotReady
from studio.models.asset import Credit
from studio.models.footage import Candidate
from studio.providers.fields import Row, address_of, amount_of, name_of, px_of, row_of, rows_at, rows_of, text_of
from studio.providers.footage import Wanted
from studio.providers.footage.asking import SEARCH_S, Shape, ask, fetch_file
from studio.providers.footage.renditions import Kind, Offer, Rendition, candidates_of, rendition
from studio.providers.till import Till
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

LICENCE: Final = "Pexels Licence"
TERMS: Final = "https://www.pexels.com/license/"
ASKED: Final = 40
"""Results of one request; 80 at most."""


class PexelsSettings(EnvSettings):
    """The vendor's key and address."""

    pexels_api_key: SecretStr = SecretStr("")
    pexels_root_url: str = "https://api.pexels.com"


class Pexels:
    """Looks for clips, then for photographs, of the canvas's shape."""

    name = "pexels"

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not PexelsSettings().pexels_api_key.get_secret_value():
            raise ProviderNotReady(
                "footage",
                self.name,
                "PEXELS_API_KEY is not set; set it, or use footage 'openverse' or 'commons', which need no key",
            )

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        """What fits."""
        self.check()
        vendor = _vendor()
        videos = ask(vendor, "video", wanted, till=till, search=partial(_videos, vendor))
        photos = ask(vendor, "image", wanted, till=till, search=partial(_photos, vendor))
        return candidates_of(self.name, [*videos, *photos], wanted)

    def fetch(self, candidate: Candidate, into: Path) -> None:
        """Save the file of *candidate*."""
        fetch_file(_vendor(), candidate, into)


def _vendor() -> Vendor:
    settings = PexelsSettings()
    return Vendor(
        "footage",
        "pexels",
        settings.pexels_root_url,
        key_name="PEXELS_API_KEY",
        headers={"Authorization": settings.pexels_api_key.get_secret_value()},
        timeout_s=SEARCH_S,
    )


def _videos(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    answer = vendor.get_json("/v1/videos/search", {"query": query, "orientation": shape, "per_page": ASKED})
    for row in rows_at(vendor, answer, "videos"):
        files = tuple(each for file in rows_of(row.get("video_files")) for each in _video_file(file))
        author = row_of(row.get("user")).get("name")
        yield from _offer(row, "video", files, _words_of_page(row), author)


def _video_file(file: Row) -> Iterator[Rendition]:
    return rendition(
        address_of(file.get("link")),
        px_of(file.get("width")),
        px_of(file.get("height")),
        kind="video",
        media_type=text_of(file.get("file_type")),
        fps=amount_of(file.get("fps")),
        size=amount_of(file.get("size")),
    )


def _photos(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    answer = vendor.get_json("/v1/search", {"query": query, "orientation": shape, "per_page": ASKED})
    for row in rows_at(vendor, answer, "photos"):
        # Of the smaller files nobody says how large they are.
        original = address_of(row_of(row.get("src")).get("original"))
        files = tuple(rendition(original, px_of(row.get("width")), px_of(row.get("height")), kind="image"))
        yield from _offer(row, "image", files, text_of(row.get("alt")) or _words_of_page(row), row.get("photographer"))


def _offer(row: Row, kind: Kind, files: tuple[Rendition, ...], caption: str, author: object) -> Iterator[Offer]:
    identifier, page = name_of(row.get("id")), address_of(row.get("url"))
    if not (identifier and files and caption):
        return
    yield Offer(
        id=f"{kind}-{identifier}",
        kind=kind,
        duration=amount_of(row.get("duration")),
        caption=caption,
        page=page,
        credit=_credit(caption, text_of(author), page),
        renditions=files,
    )


def _credit(title: str, author: str, page: str) -> Credit:
    return Credit(title=title, author=author or "a member of Pexels", licence=LICENCE, url=page, licence_url=TERMS)


def _words_of_page(row: Row) -> str:
    """What the address of the page says: clips have no text of their own."""
    slug = urlsplit(address_of(row.get("url"))).path.rstrip("/").rpartition("/")[2]
    return text_of(re.sub(r"-?\d+$", "", slug).replace("-", " "))
