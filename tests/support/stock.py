"""
Pexels, Pixabay, Openverse and Wikimedia Commons on one port, with a small library of a test's own.

Each insists on what it documents: paths, headers, parameters and their bounds.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.support.vendor import Asked, Said, VendorServer, as_json, vendor_server
from tests.support.works import (
    StockItem,
    commons_page,
    openverse_row,
    pexels_photo,
    pexels_video,
    pixabay_photo,
    pixabay_video,
    words_in,
)

PEXELS_KEY = "pexels-CANARY-key"
PIXABAY_KEY = "pixabay-CANARY-key"
CONTACT = "films@example.com"


@contextmanager
def stock_server(items: Sequence[StockItem]) -> Iterator[VendorServer]:
    """All four vendors; `stock_variables` has the settings that lead to them."""

    def answer(asked: Asked) -> Said:
        root = f"http://{asked.headers['host']}"
        if asked.path.startswith("/files/"):
            file = items[int(asked.path.split("/")[2])].file
            return Said(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        assert asked.method == "GET"
        return _ANSWERS[asked.path](asked, items, root)

    with vendor_server(answer) as server:
        yield server


def stock_variables(server: VendorServer) -> dict[str, str]:
    """What to set so that our providers go to *server*."""
    return {
        "PEXELS_API_KEY": PEXELS_KEY,
        "PEXELS_ROOT_URL": server.root,
        "PIXABAY_API_KEY": PIXABAY_KEY,
        "PIXABAY_ROOT_URL": server.root,
        "OPENVERSE_ROOT_URL": server.root,
        "WIKIMEDIA_COMMONS_ROOT_URL": server.root,
        "WIKIMEDIA_CONTACT": CONTACT,
    }


def _found(items: Sequence[StockItem], kind: str, query: str, most: int) -> list[tuple[StockItem, int]]:
    """Works whose caption shares a word with *query*, those that share most first."""
    asked = set(words_in(query))
    shared = [
        (len(asked & set(words_in(item.caption))), -number) for number, item in enumerate(items) if item.kind == kind
    ]
    return [(items[-minus], -minus) for count, minus in sorted(shared, reverse=True) if count][:most]


def _pexels(asked: Asked, items: Sequence[StockItem], root: str) -> Said:
    if asked.headers.get("authorization") != PEXELS_KEY:
        return as_json({"error": "Invalid API key"}, 401)
    assert set(asked.query) == {"query", "orientation", "per_page"}
    assert asked.query["orientation"] in ("landscape", "portrait", "square")
    assert 1 <= int(asked.query["per_page"]) <= 80
    kind, name = ("video", "videos") if asked.path == "/v1/videos/search" else ("image", "photos")
    row = pexels_video if kind == "video" else pexels_photo
    found = [row(item, n, root) for item, n in _found(items, kind, asked.query["query"], int(asked.query["per_page"]))]
    return as_json({"page": 1, "per_page": len(found), "total_results": len(found), "url": "", name: found})


def _pixabay_search(asked: Asked, items: Sequence[StockItem], root: str) -> Said:
    if asked.query.get("key") != PIXABAY_KEY:
        return Said(b"[ERROR 400] Invalid or missing API key (https://pixabay.com/api/docs/).", "text/plain", 400)
    assert len(asked.query["q"]) <= 100
    assert (asked.query["lang"], asked.query["safesearch"]) == ("en", "true")
    assert 3 <= int(asked.query["per_page"]) <= 200
    kind = "video" if asked.path == "/api/videos/" else "image"
    assert kind == "video" or asked.query["orientation"] in ("all", "horizontal", "vertical")
    row = pixabay_video if kind == "video" else pixabay_photo
    hits = [row(item, n, root) for item, n in _found(items, kind, asked.query["q"], int(asked.query["per_page"]))]
    return as_json({"total": len(hits), "totalHits": len(hits), "hits": hits})


def _openverse(asked: Asked, items: Sequence[StockItem], root: str) -> Said:
    if int(asked.query["page_size"]) > 20:
        return as_json({"detail": "page_size must be 20 or less for anonymous requests"}, 401)
    assert asked.query["license_type"] == "commercial,modification"
    assert asked.query["mature"] == "false"
    kind = "audio" if asked.path == "/v1/audio/" else "image"
    assert kind == "image" or asked.query["category"] == "music"
    found = _found(items, kind, asked.query["q"], int(asked.query["page_size"]))
    rows = [openverse_row(item, number, root) for item, number in found]
    return as_json({"result_count": len(rows), "page_count": 1, "page_size": 20, "page": 1, "results": rows})


def _commons(asked: Asked, items: Sequence[StockItem], root: str) -> Said:
    assert CONTACT in asked.headers["user-agent"]
    expected = {"action": "query", "format": "json", "formatversion": "2", "generator": "search", "gsrnamespace": "6"}
    assert expected.items() <= asked.query.items()
    assert int(asked.query["gsrlimit"]) <= 50
    filetype, _, query = asked.query["gsrsearch"].partition(" ")
    kind, prop = {"filetype:video": ("video", "viprop"), "filetype:bitmap": ("image", "iiprop")}[filetype]
    assert {"url", "size", "mime", "extmetadata"} <= set(asked.query[prop].split("|"))
    found = _found(items, kind, query, int(asked.query["gsrlimit"]))
    pages = [commons_page(item, number, root) for item, number in found]
    # Pages come in the order of their ids; `index` has that of the search.
    ranked = [{**page, "index": rank + 1} for rank, page in enumerate(pages)]
    query_part = {"query": {"pages": sorted(ranked, key=lambda page: int(page["pageid"]))}} if pages else {}
    return as_json({"batchcomplete": True, **query_part})


_ANSWERS = {
    "/v1/videos/search": _pexels,
    "/v1/search": _pexels,
    "/api/videos/": _pixabay_search,
    "/api/": _pixabay_search,
    "/v1/images/": _openverse,
    "/v1/audio/": _openverse,
    "/w/api.php": _commons,
}
