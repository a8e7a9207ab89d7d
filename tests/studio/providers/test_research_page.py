"""Pages that creators name: read where they are articles, refused where they are anything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from studio.errors import AddressRefused, BadInput, DownloadFailed
from studio.providers.research import page
from studio.providers.research.page import read_page
from studio.settings import get_settings
from studio.web import PORTS
from tests.support.vendor import Asked, Said, VendorServer, vendor_server

PARAGRAPHS = "".join(
    f"<p>月亮的引力拉著海水，靠近月亮的那一面就鼓了起來，這是第 {i} 個段落，說的是潮汐。</p>" for i in range(6)
)
ARTICLE = (
    "<!doctype html><html><head><title>潮汐的秘密 | 海洋日報</title></head><body><nav><a href='/'>首頁</a></nav>"
    f"<article><h1>潮汐的秘密</h1>{PARAGRAPHS}</article><script>alert('no')</script>"
    "<footer>版權所有，請勿轉載</footer></body></html>"
)


@pytest.fixture
def pages() -> dict[str, Said]:
    return {"/article": Said(ARTICLE.encode(), "text/html; charset=utf-8")}


@pytest.fixture
def server(pages: dict[str, Said]) -> Iterator[VendorServer]:
    def answer(asked: Asked) -> Said:
        return pages[asked.path]

    with vendor_server(answer) as found:
        yield found


@pytest.fixture
def at(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Addresses on the server, which is private and on a port of its own: both allowed here."""
    monkeypatch.setenv("PRIVATE_ADDRESSES", "true")
    monkeypatch.setitem(PORTS, "http", int(server.root.rpartition(":")[2]))
    get_settings.cache_clear()
    yield lambda path: server.root + path
    get_settings.cache_clear()


def test_an_article_is_its_title_and_its_paragraphs(at: Callable[[str], str]) -> None:
    source = read_page(at("/article"))

    assert (source.title, source.url, source.licence) == ("潮汐的秘密", at("/article"), "")
    assert source.text.startswith("月亮的引力拉著海水")
    assert source.text.count("個段落") == 6
    assert not any(word in source.text for word in ("首頁", "alert", "版權所有", "<"))


def test_a_page_in_an_old_encoding_is_read(at: Callable[[str], str], pages: dict[str, Said]) -> None:
    pages["/big5"] = Said(ARTICLE.replace("<head>", "<head><meta charset=big5>").encode("big5"), "text/html")

    assert "這是第 3 個段落" in read_page(at("/big5")).text


def test_a_text_is_read_as_it_is(at: Callable[[str], str], pages: dict[str, Said]) -> None:
    pages["/notes.txt"] = Said("潮汐是海水的漲落。".encode() * 12, "text/plain")
    source = read_page(at("/notes.txt"))

    assert source.title == at("/notes.txt")
    assert source.text == "潮汐是海水的漲落。" * 12


def test_a_long_page_is_cut(at: Callable[[str], str], pages: dict[str, Said]) -> None:
    pages["/long"] = Said(b"<html><body><article>" + b"<p>The Moon pulls the sea.</p>" * 3_000, "text/html")

    assert len(read_page(at("/long")).text) <= page.MOST_CHARS


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(b"<p>" + b"x" * (page.MOST_BYTES + 1), "text/html"), "is larger than"),
        (Said(bytes(range(256)) * 40, "text/html"), "no page of text"),
        (Said(b"%PDF-1.7 " * 100, "application/pdf"), "no page of text"),
        (Said(b"\x89PNG" * 100, "image/png"), "no page of text"),
        (Said(b"", "text/html"), "no text"),
        (Said(b"<html><body><div id=app></div><script>draw()</script></body></html>", "text/html"), "no text"),
        (Said(b"<html><body><p>Accept our cookies.</p></body></html>", "text/html"), "no text"),
        (Said(b"<div>" * 100_000 + b"x", "text/html"), "no text"),
        (Said(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "text/html"), "no"),
        (Said(b"gone", "text/html", status=404), "answered 404"),
        (Said(b"", "text/html", status=302, headers={"Location": "/turn"}), "redirects more than"),
    ],
    ids=[
        "huge", "binary", "pdf", "picture", "empty", "drawn by scripts", "cookies", "nested", "entities", "gone",
        "in circles",
    ],
)  # fmt: skip
def test_a_page_that_is_no_article_is_refused_with_a_reason(
    at: Callable[[str], str], pages: dict[str, Said], said: Said, reason: str
) -> None:
    pages["/turn"] = said
    began = time.monotonic()
    with pytest.raises(DownloadFailed, match=reason) as caught:
        read_page(at("/turn"))

    assert caught.value.field == "sources"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("fault", ["silent", "slow", "cut", "huge", "empty", "500"])
def test_a_server_in_trouble_is_given_up(
    at: Callable[[str], str], server: VendorServer, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "TIMEOUT_S", 0.4)
    server.fault = fault  # type: ignore[assignment]

    with pytest.raises(DownloadFailed):
        read_page(at("/article"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/"]
)
def test_a_page_on_our_own_network_is_not_read(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_page(url)


def test_a_page_that_sends_us_to_our_own_network_is_not_followed(
    at: Callable[[str], str], pages: dict[str, Said], server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first address passes for a public one; the second is what it is."""
    pages["/away"] = Said(b"", "text/html", status=302, headers={"Location": "http://127.0.0.2/article"})
    monkeypatch.setenv("PRIVATE_ADDRESSES", "false")
    get_settings.cache_clear()
    monkeypatch.setattr("studio.web.is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(BadInput) as caught:
        read_page(at("/away"))

    assert isinstance(caught.value, AddressRefused)
    assert [asked.path for asked in server.asked] == ["/away"]
