"""Pixabay: clips and photographs, free to use; answers have to be kept for a day. Source: pixabay.com/api/docs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from studio.errors import ProviderNotReady, ProviderRejected
from studio.models.asset import Credit
from studio.models.footage import Candidate
from studio.providers.fields import Row, address_of, amount_of, name_of, px_of, row_of, rows_at, text_of
from studio.providers.footage import Wanted
from studio.providers.footage.asking import SEARCH_S, Shape, ask, fetch_file
from studio.providers.footage.renditions import Kind, Offer, Rendition, candidates_of, rendition
from studio.providers.till import Till
from studio.providers.vendor import Vendor
from studio.settings import EnvSettings

LICENCE: Final = "Pixabay Content License"
TERMS: Final = "https://pixabay.com/service/license-summary/"
ASKED: Final = 50
"""Results of one request, 3 to 200. Clips cannot be asked for by shape, and most lie on their side."""

LARGEST_PX: Final = {"largeImageURL": 1280, "fullHDURL": 1920, "imageURL": 0}
"""Longer side of the files of a photograph; 0 is the original. The last two are for approved accounts alone."""

_SHAPES: Final = {"portrait": "vertical", "landscape": "horizontal", "square": "all"}


class PixabaySettings(EnvSettings):
    """The vendor's key and address."""

    pixabay_api_key: SecretStr = SecretStr("")
    pixabay_root_url: str = "https://pixabay.com"


class Pixabay:
    """Looks for clips, then for photographs."""

    name = "pixabay"

    def check(self) -> None:
        """Raise ProviderNotReady without a key."""
        if not PixabaySettings().pixabay_api_key.get_secret_value():
            raise ProviderNotReady(
                "footage",
                self.name,
                "PIXABAY_API_KEY is not set; set it, or use footage 'openverse' or 'commons', which need no key",
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
    root = PixabaySettings().pixabay_root_url
    return Vendor("footage", "pixabay", root, key_name="PIXABAY_API_KEY", timeout_s=SEARCH_S)


def _hits(vendor: Vendor, path: str, query: str, **more: str) -> Iterator[Row]:
    asked: dict[str, Any] = {"q": query, "lang": "en", "safesearch": "true", "per_page": ASKED, **more}
    # The vendor wants its key in the address: it goes in last and into nothing else.
    key = PixabaySettings().pixabay_api_key.get_secret_value()
    try:
        answer = vendor.get_json(path, {**asked, "key": key})
    except ProviderRejected as error:
        # A wrong key is answered with 400, and nothing else of the request can be wrong.
        raise ProviderNotReady(
            "footage", "pixabay", "the request was refused; check PIXABAY_API_KEY and PIXABAY_ROOT_URL"
        ) from error
    yield from rows_at(vendor, answer, "hits")


def _videos(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    for row in _hits(vendor, "/api/videos/", query):
        sizes = [row_of(size) for size in row_of(row.get("videos")).values()]
        yield from _offer(row, "video", tuple(each for size in sizes for each in _video_file(size)))


def _video_file(size: Row) -> Iterator[Rendition]:
    return rendition(
        address_of(size.get("url")),
        px_of(size.get("width")),
        px_of(size.get("height")),
        kind="video",
        media_type="video/mp4",
        size=amount_of(size.get("size")),
    )


def _photos(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    for row in _hits(vendor, "/api/", query, image_type="photo", orientation=_SHAPES[shape]):
        yield from _offer(row, "image", tuple(_photo_files(row)))


def _photo_files(row: Row) -> Iterator[Rendition]:
    width, height = px_of(row.get("imageWidth")), px_of(row.get("imageHeight"))
    if not (width and height):
        return
    for name, largest in LARGEST_PX.items():
        scale = min(1.0, largest / max(width, height)) if largest else 1.0
        # Rounded down: what is promised is there.
        yield from rendition(address_of(row.get(name)), int(width * scale), int(height * scale), kind="image")


def _offer(row: Row, kind: Kind, files: tuple[Rendition, ...]) -> Iterator[Offer]:
    identifier, caption, page = name_of(row.get("id")), text_of(row.get("tags")), address_of(row.get("pageURL"))
    if not (identifier and files and caption):
        return
    author = text_of(row.get("user")) or "a member of Pixabay"
    yield Offer(
        id=f"{kind}-{identifier}",
        kind=kind,
        duration=amount_of(row.get("duration")),
        caption=caption,
        page=page,
        credit=Credit(title=caption, author=author, licence=LICENCE, url=page, licence_url=TERMS),
        renditions=files,
    )
