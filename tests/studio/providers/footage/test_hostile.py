"""Answers and files that are not what they should be."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.errors import ProviderError, ProviderUnavailable
from studio.models.footage import Candidate
from studio.providers.footage import Wanted, asking, catalog
from studio.providers.till import OpenTill
from studio.settings import get_settings
from tests.studio.providers.footage.conftest import point_at
from tests.studio.providers.test_vendor import MEANINGS
from tests.support import works
from tests.support.stock import CONTACT, stock_server
from tests.support.vendor import FAULTS, Asked, Fault, Said, VendorServer, vendor_server
from tests.support.works import StockItem

SMALL = Wanted("ocean waves", 540, 960, 2.0)

HOSTILE: tuple[Any, ...] = (
    None, "", 0, -1, 1e308, float("inf"), float("nan"), True, [], {}, [None], {"a": 1}, "x" * 100_000, "\ud800\x00",
    "file:///etc/passwd", "http://169.254.169.254/latest/meta-data.jpg", "<script>alert(1)</script>", 10**400,
)  # fmt: skip

ROWS: dict[tuple[str, str], tuple[Callable[[StockItem, int, str], works.Row], Callable[[list[Any]], Any]]] = {
    ("pexels", "video"): (works.pexels_video, lambda rows: {"videos": rows, "photos": []}),
    ("pexels", "image"): (works.pexels_photo, lambda rows: {"videos": [], "photos": rows}),
    ("pixabay", "video"): (works.pixabay_video, lambda rows: {"hits": rows}),
    ("pixabay", "image"): (works.pixabay_photo, lambda rows: {"hits": rows}),
    ("openverse", "image"): (works.openverse_row, lambda rows: {"results": rows}),
    ("commons", "video"): (works.commons_page, lambda rows: {"batchcomplete": True, "query": {"pages": rows}}),
    ("commons", "image"): (works.commons_page, lambda rows: {"batchcomplete": True, "query": {"pages": rows}}),
}


def mutants(row: Any) -> Iterator[Any]:
    """*row* again and again, each time with one of its values replaced or taken away."""
    for path in _paths(row):
        for value in HOSTILE:
            yield _changed(row, path, value)
        if path:
            yield _without(row, path)


def serving(body: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    def answer(asked: Asked) -> Said:
        return Said(body)

    with vendor_server(answer) as server:
        point_at(server, monkeypatch)
        yield server


def search(name: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> list[Candidate]:
    for _ in serving(json.dumps(answer).encode(), monkeypatch):
        return catalog.open(name).search(SMALL, till=OpenTill())
    raise AssertionError


@pytest.mark.parametrize(("name", "kind"), list(ROWS))
def test_a_row_that_is_broken_anywhere_is_dropped_or_harmless(
    name: str, kind: Any, library: list[StockItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = next(each for each in library if each.kind == kind)
    make, wrapped = ROWS[name, kind]
    good = make(item, 1, "https://files.example")
    rows = [good, *mutants(good), None, "row", []]
    candidates = search(name, wrapped(rows), monkeypatch)

    assert len(rows) > 200
    assert candidates[0].credit.author == item.author
    assert all(each.url.startswith(("https://files.example/", "http://169.254.169.254/")) for each in candidates)
    assert all(len(each.caption) < 700 and "<" not in each.model_dump_json() for each in candidates)


@pytest.mark.parametrize("name", tuple(catalog))
@pytest.mark.parametrize("answer", [None, [], "x", 7, {}, {"videos": {}, "photos": 1, "hits": None, "results": "x"}])
def test_an_answer_of_another_shape_is_unavailable(name: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderUnavailable, match="another shape"):
        search(name, answer, monkeypatch)


def test_an_error_of_mediawiki_is_unavailable_though_its_status_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderUnavailable, match="an error") as caught:
        search("commons", {"error": {"code": "maxlag", "info": "LEAK"}, "batchcomplete": True}, monkeypatch)

    assert "LEAK" not in str(caught.value)


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "CC BY-ND 2.0", "GFDL", "", "All rights reserved"])
@pytest.mark.parametrize("name", ["openverse", "commons"])
def test_what_is_not_free_is_not_offered(
    name: str, licence: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    make, wrapped = ROWS[name, "image"]
    row = make(StockItem("waves", files["jpg"], licence=licence), 1, "https://files.example")

    assert search(name, wrapped([row]), monkeypatch) == []


def test_html_in_an_artist_is_read_as_its_words(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    item = StockItem("waves", files["jpg"], author='Ann<script>x</script> <img src="http://a.example"> & <i>Co</i>')
    make, wrapped = ROWS["commons", "image"]
    (candidate,) = search("commons", wrapped([make(item, 1, "https://files.example")]), monkeypatch)

    assert candidate.credit.author == "Ann & Co"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["pexels"])
def test_a_file_that_does_not_come_leaves_nothing(
    server: VendorServer, name: str, fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_BYTES", {"video": 1 << 20, "image": 1 << 20})
    candidate = catalog.open(name).search(SMALL, till=OpenTill())[0]
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        catalog.open(name).fetch(candidate, tmp_path / "file")

    # One that is gone is no reason to ask the source nothing more.
    assert type(caught.value) is (ProviderUnavailable if fault == "404" else MEANINGS[fault])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", tuple(catalog))
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x.jpg", "http://169.254.169.254/x.jpg", "http://[::1]/x.jpg", "http://localhost/x.jpg",
        "file:///etc/passwd", "ftp://a.example/x.jpg", "", "http://10.0.0.1/x.jpg",
    ],
)  # fmt: skip
def test_files_at_private_addresses_are_not_fetched(server: VendorServer, name: str, url: str, tmp_path: Path) -> None:
    candidate = catalog.open(name).search(SMALL, till=OpenTill())[0].model_copy(update={"url": url})
    with pytest.raises(ProviderUnavailable):
        catalog.open(name).fetch(candidate, tmp_path / "file")

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_host_is_asked_for_without_the_key_and_with_the_contact(
    server: VendorServer, library: list[StockItem], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_ADDRESSES", "true")
    get_settings.cache_clear()
    candidates = [catalog.open(name).search(SMALL, till=OpenTill())[0] for name in ("pexels", "commons")]
    with stock_server(library) as elsewhere:
        for candidate in candidates:
            url = f"{elsewhere.root}/files/1/waves.mp4"
            catalog.open(candidate.source).fetch(candidate.model_copy(update={"url": url}), tmp_path / candidate.source)
    get_settings.cache_clear()

    assert [asked.headers["user-agent"] for asked in elsewhere.asked] == ["video-system", f"video-system ({CONTACT})"]
    assert not any("authorization" in asked.headers for asked in elsewhere.asked)


def test_a_file_that_is_something_else_is_not_kept(
    server: VendorServer, library: list[StockItem], tmp_path: Path
) -> None:
    source = catalog.open("pexels")
    clip = source.search(SMALL, till=OpenTill())[0]
    with pytest.raises(ProviderUnavailable, match="pexels/video-1 is no image"):
        source.fetch(clip.model_copy(update={"kind": "image"}), tmp_path / "file")

    assert list(tmp_path.iterdir()) == []


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _paths(each, (*before, key))


def _changed(row: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    found = copy.deepcopy(row)
    _at(found, path[:-1])[path[-1]] = value
    return found


def _without(row: Any, path: tuple[Any, ...]) -> Any:
    found = copy.deepcopy(row)
    del _at(found, path[:-1])[path[-1]]
    return found


def _at(row: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        row = row[key]
    return row
