"""Openverse: openly licensed pictures of many collections, without a key. Source: api.openverse.org/v1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from studio.models.footage import Candidate
from studio.providers.fields import Row, address_of, amount_of, name_of, px_of, rows_at, rows_of, text_of
from studio.providers.footage import Wanted
from studio.providers.footage.asking import Shape, ask, fetch_file
from studio.providers.footage.renditions import Offer, candidates_of, rendition
from studio.providers.openverse import ASKED, credit_of, vendor_of
from studio.providers.till import Till
from studio.providers.vendor import Vendor

MOST_TAGS: Final = 12
_SHAPES: Final = {"portrait": "tall", "landscape": "wide", "square": "square"}


class Openverse:
    """Looks for pictures that may be used for money and changed; it has no clips."""

    name = "openverse"

    def check(self) -> None:
        """Always ready: it wants no key."""

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        """What fits."""
        vendor = vendor_of("footage")
        pictures = ask(vendor, "image", wanted, till=till, search=partial(_pictures, vendor))
        return candidates_of(self.name, pictures, wanted)

    def fetch(self, candidate: Candidate, into: Path) -> None:
        """Save the file of *candidate*, from the collection that it is in."""
        fetch_file(vendor_of("footage"), candidate, into)


def _pictures(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    asked = {
        "q": query,
        "page_size": ASKED,
        "license_type": "commercial,modification",
        "mature": "false",
        "aspect_ratio": _SHAPES[shape],
    }
    for row in rows_at(vendor, vendor.get_json("/v1/images/", asked), "results"):
        yield from _offer(row)


def _offer(row: Row) -> Iterator[Offer]:
    identifier, credit, caption = name_of(row.get("id")), credit_of(row), _caption(row)
    files = tuple(
        rendition(
            address_of(row.get("url")),
            px_of(row.get("width")),
            px_of(row.get("height")),
            kind="image",
            media_type=f"image/{text_of(row.get('filetype')).lower().replace('jpg', 'jpeg')}",
            size=amount_of(row.get("filesize")),
        )
    )
    if identifier and credit and caption and files and row.get("mature") is not True:
        yield Offer(id=identifier, kind="image", caption=caption, page=credit.url, credit=credit, renditions=files)


def _caption(row: Row) -> str:
    tags = [text_of(tag.get("name"), longest=40) for tag in rows_of(row.get("tags"))]
    title = text_of(row.get("title"))
    return ", ".join(dict.fromkeys(word for word in (title, *tags[:MOST_TAGS]) if word))
