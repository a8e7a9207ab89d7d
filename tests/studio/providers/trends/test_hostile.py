"""Answers that are broken anywhere, and documents that want to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from studio.errors import ProviderUnavailable
from studio.models.trend import Sighting
from studio.providers.trends.syndication import link_of, moment_of, read_entries, said
from studio.providers.vendor import Vendor
from tests.studio.providers.footage.test_hostile import mutants
from tests.support import trends as support
from tests.support.trends import TrendServers
from tests.support.vendor import Asked, Said

Seen = Callable[..., tuple[Sighting, ...]]
VENDOR = Vendor("trends", "feeds", "https://feeds.example")

ROWS: dict[str, Callable[[TrendServers, list[Any]], Any]] = {
    "tiktok": lambda servers, rows: {"code": 0, "data": {"list": rows}},
    "x": lambda servers, rows: {"data": rows},
    "youtube": lambda servers, rows: {"items": rows},
}


def good_row(name: str, servers: TrendServers) -> Any:
    if name == "tiktok":
        return {
            **support._hashtag(servers, "good", 1, 5.0),
            "trending_history": [{"date": "2026-11-01", "views_daily": 1}],
        }
    if name == "x":
        return {"trend_name": "good", "tweet_count": 5}
    return support._video("goodgoodgoo", "good", "10", "5", ["a", "b"])


@pytest.mark.parametrize("name", list(ROWS))
def test_a_row_that_is_broken_anywhere_is_dropped_or_harmless(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    row = good_row(name, servers)
    answer = Said(json.dumps(ROWS[name](servers, [row, *mutants(row), None, "row", []])).encode())
    monkeypatch.setitem(support._ANSWERS, name, lambda *_: answer)
    found = seen(name)

    assert found[0].keyword == "good"
    assert len(found) <= 50
    assert all("<" not in each.model_dump_json() and "\\u0000" not in each.model_dump_json() for each in found)


@pytest.mark.parametrize("name", ["wikipedia", "instagram", "gdelt"])
def test_a_series_that_is_broken_anywhere_is_dropped_or_harmless(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = support._ANSWERS[name]

    def broken(servers: TrendServers, asked: Asked) -> Said:
        answer = json.loads(real(servers, asked).body)
        for key in ("items", "data", "timeline"):
            if isinstance(answer.get(key), list) and answer[key]:
                first = answer[key][0]
                inner = next((each for each in ("articles", "data") if isinstance(first.get(each), list)), "")
                rows = first[inner] if inner else answer[key]
                rows += [*mutants(rows[-1]), None, "row", []]
        return Said(json.dumps(answer).encode())

    monkeypatch.setitem(support._ANSWERS, name, broken)
    found = seen(name)

    assert len(found) > 0
    assert all("<" not in each.model_dump_json() for each in found)


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>',
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd"><rss><channel/></rss>',
        b"<rss>" + b"<a>" * 5_000,
        b"<html><body>Not a feed</body></html>",
        b"",
        b"\x00\xff",
        b"<rss><channel><item></channel></rss>",
    ],
)
def test_a_document_that_is_no_feed_or_declares_entities_is_refused(document: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match="no feed"):
        read_entries(VENDOR, document)


def test_a_feed_in_another_encoding_is_read() -> None:
    text = (
        '<?xml version="1.0" encoding="Big5"?><rss><channel><item><title>台北 &amp; 高雄</title></item></channel></rss>'
    )
    (entry,) = read_entries(VENDOR, text.encode("big5"))

    assert said(entry, "title") == "台北 & 高雄"


def test_a_feed_has_no_more_entries_than_we_read() -> None:
    assert len(read_entries(VENDOR, b"<rss>" + b"<item/>" * 500 + b"</rss>")) == 200


@pytest.mark.parametrize(
    ("entry", "link", "moment"),
    [
        ("<link>https://a.example/1</link><pubDate>Sun, 22 Nov 2026 20:10:00 -0800</pubDate>", "https://a.example/1", "2026-11-23T04:10:00+00:00"),
        ("<link rel='self' href='x'/><link href='https://a.example/2'/><updated>2026-11-22T10:00:00+08:00</updated>", "https://a.example/2", "2026-11-22T02:00:00+00:00"),
        ("<link/><pubDate>yesterday</pubDate>", "", None),
        ("<pubDate/>", "", None),
    ],
)  # fmt: skip
def test_where_an_entry_leads_and_when_it_was_written(entry: str, link: str, moment: str | None) -> None:
    (found,) = read_entries(VENDOR, f"<rss><channel><item>{entry}</item></channel></rss>".encode())
    written = moment_of(found)

    assert link_of(found) == link
    assert (written.isoformat() if written else None) == moment
