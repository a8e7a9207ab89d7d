"""Wikimedia Commons: clips and pictures under free licences, without a key. Source: mediawiki.org, API:Videoinfo."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from studio.errors import ProviderUnavailable
from studio.models.asset import Credit
from studio.models.footage import Candidate
from studio.providers.fields import Row, address_of, amount_of, name_of, px_of, row_of, rows_of, text_of
from studio.providers.footage import Wanted
from studio.providers.footage.asking import SEARCH_S, Shape, ask, fetch_file
from studio.providers.footage.renditions import Kind, Offer, Rendition, candidates_of, rendition
from studio.providers.licences import is_free, licence_address
from studio.providers.till import Till
from studio.providers.vendor import USER_AGENT, Vendor
from studio.settings import EnvSettings

ASKED: Final = 30
"""Results of one request, 50 at most: each brings the list of all its files."""

SCALED_PX: Final = 1920
"""Width of the smaller file that is asked for beside the original: one of the steps that are kept ready.
Source: wikitech.wikimedia.org, Thumbnail sizes."""

_META: Final = "LicenseShortName|LicenseUrl|UsageTerms|Artist|ImageDescription|ObjectName|NonFree"


class CommonsSettings(EnvSettings):
    """Where it is, and who asks."""

    wikimedia_commons_root_url: str = "https://commons.wikimedia.org"
    wikimedia_contact: str = ""
    """An e-mail or web address that Wikimedia can complain to. Source: foundation.wikimedia.org, User-Agent policy."""


class Commons:
    """Looks for clips, then for pictures; only CC0, public domain, CC BY and CC BY-SA."""

    name = "commons"

    def check(self) -> None:
        """Always ready: it wants no key."""

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        """What fits."""
        vendor = _vendor()
        videos = ask(vendor, "video", wanted, till=till, search=partial(_videos, vendor))
        pictures = ask(vendor, "image", wanted, till=till, search=partial(_pictures, vendor))
        return candidates_of(self.name, [*videos, *pictures], wanted)

    def fetch(self, candidate: Candidate, into: Path) -> None:
        """Save the file of *candidate*."""
        fetch_file(_vendor(), candidate, into)


def _vendor() -> Vendor:
    settings = CommonsSettings()
    agent = f"{USER_AGENT} ({settings.wikimedia_contact})" if settings.wikimedia_contact else USER_AGENT
    root = settings.wikimedia_commons_root_url
    return Vendor("footage", "commons", root, headers={"User-Agent": agent}, timeout_s=SEARCH_S)


def _videos(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    asked = {
        "prop": "videoinfo",
        "viprop": "url|size|mediatype|mime|extmetadata|derivatives",
        "viextmetadatafilter": _META,
        "viextmetadatalanguage": "en",
    }
    for page, info in _found(vendor, f"filetype:video {query}", asked, "videoinfo"):
        yield from _offer(page, info, "video", tuple(_video_files(info)))


def _pictures(vendor: Vendor, query: str, shape: Shape) -> Iterator[Offer]:
    asked = {
        "prop": "imageinfo",
        "iiprop": "url|size|mediatype|mime|extmetadata",
        "iiurlwidth": SCALED_PX,
        "iiextmetadatafilter": _META,
        "iiextmetadatalanguage": "en",
    }
    for page, info in _found(vendor, f"filetype:bitmap {query}", asked, "imageinfo"):
        yield from _offer(page, info, "image", tuple(_picture_files(info)))


def _found(vendor: Vendor, search: str, asked: dict[str, Any], name: str) -> Iterator[tuple[Row, Row]]:
    """Pages and the *name* of each, the best match first."""
    generator = {"generator": "search", "gsrsearch": search, "gsrnamespace": 6, "gsrlimit": ASKED}
    query = {"action": "query", "format": "json", "formatversion": 2, **generator, **asked}
    answer = row_of(vendor.get_json("/w/api.php", query))
    # What goes wrong is answered with 200. Nothing found is an answer without a list.
    if "error" in answer or not ("query" in answer or "batchcomplete" in answer):
        raise ProviderUnavailable("footage", vendor.name, "its answer was an error, or of another shape")
    pages = list(rows_of(row_of(answer.get("query")).get("pages")))
    for page in sorted(pages, key=lambda page: amount_of(page.get("index"))):
        yield from ((page, info) for info in list(rows_of(page.get(name)))[:1])


def _video_files(info: Row) -> Iterator[Rendition]:
    for file in rows_of(info.get("derivatives")):
        width, height = px_of(file.get("width")), px_of(file.get("height"))
        media_type = text_of(file.get("type"))
        yield from rendition(address_of(file.get("src")), width, height, kind="video", media_type=media_type)
    yield from _original(info, "video")


def _picture_files(info: Row) -> Iterator[Rendition]:
    width, height = px_of(info.get("thumbwidth")), px_of(info.get("thumbheight"))
    yield from rendition(address_of(info.get("thumburl")), width, height, kind="image")
    yield from _original(info, "image")


def _original(info: Row, kind: Kind) -> Iterator[Rendition]:
    return rendition(
        address_of(info.get("url")),
        px_of(info.get("width")),
        px_of(info.get("height")),
        kind=kind,
        media_type=text_of(info.get("mime")),
        size=amount_of(info.get("size")),
    )


def _offer(page: Row, info: Row, kind: Kind, files: tuple[Rendition, ...]) -> Iterator[Offer]:
    meta = row_of(info.get("extmetadata"))
    licence = _said(meta, "LicenseShortName")
    identifier, title = name_of(page.get("pageid")), _title(page, meta)
    if not (identifier and files and title and is_free(licence)) or _said(meta, "NonFree").lower() in ("true", "1"):
        return
    where = address_of(info.get("descriptionurl"))
    described = _said(meta, "ImageDescription")
    yield Offer(
        id=identifier,
        kind=kind,
        duration=amount_of(info.get("duration")),
        caption=". ".join(dict.fromkeys(text for text in (title, described) if text)),
        page=where,
        credit=_credit(title, meta, licence, where),
        renditions=files,
    )


def _credit(title: str, meta: Row, licence: str, page: str) -> Credit:
    terms = address_of(_said(meta, "LicenseUrl")) or licence_address(licence)
    author = _said(meta, "Artist") or "unknown"
    return Credit(title=title, author=author, licence=licence, url=page, licence_url=terms)


def _title(page: Row, meta: Row) -> str:
    name = text_of(page.get("title")).removeprefix("File:").rpartition(".")[0].replace("_", " ")
    return _said(meta, "ObjectName") or name


def _said(meta: Row, name: str) -> str:
    """A piece of what is known of a file; it comes as HTML."""
    return text_of(row_of(meta.get(name)).get("value"))
