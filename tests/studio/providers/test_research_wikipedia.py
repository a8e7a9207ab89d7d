"""Wikipedia as its two interfaces answer, and as they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.research import Source
from studio.providers.research import catalog
from studio.providers.till import OpenTill
from tests.support.vendor import FAULTS, LEAK, Asked, Fault, Said, VendorServer, as_json, vendor_server
from tests.support.writer import MemoryTill

ZH = """潮汐是海水受到月球與太陽的引力影響，每天規律漲落的現象（）。靠近月球的那一面，海水會鼓起來，形成滿潮。

== 成因 ==
月球的引力把海水拉向自己，地球另一面的海水也會因為慣性而鼓起來，所以多數地方一天有兩次滿潮。

=== 大潮 ===
太陽、月球與地球排成一直線時，引力相加，形成大潮。

== 參考資料 ==
某某，《海洋學》。
"""
EN = """Tides are the rise and fall of sea levels caused by the gravity of the Moon and the Sun ().

== Causes ==
The Moon pulls hardest on the water nearest to it, and that water bulges towards the Moon.

== See also ==
Earth tide
"""


@dataclass
class Wiki:
    """Articles by title, and what a search finds."""

    articles: dict[str, dict[str, Any]]
    found: list[str] = field(default_factory=list)
    server: VendorServer = field(default=None)  # type: ignore[assignment]

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/w/rest.php/v1/search/page":
            assert asked.query["limit"] == "3"
            return as_json({"pages": [{"id": i, "key": title, "title": title} for i, title in enumerate(self.found)]})
        assert asked.path == "/w/api.php"
        assert (asked.query["prop"], asked.query["explaintext"]) == ("extracts|info|pageprops", "1")
        title = asked.query["titles"]
        page = {"pageid": 1, "title": title, "fullurl": f"https://wiki.example/wiki/{title}", **self.articles[title]}
        return as_json({"batchcomplete": True, "query": {"pages": [page]}})


@pytest.fixture
def wiki(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiki]:
    wiki = Wiki({"潮汐": {"extract": ZH}, "Tide": {"extract": EN}})
    with vendor_server(wiki.answer) as server:
        wiki.server = server
        monkeypatch.setenv("WIKIPEDIA_ROOT_URL", server.root)
        yield wiki


def find(topic: str, language: str) -> Source:
    return catalog.open("wikipedia").find(topic, language=language, till=OpenTill())


def test_a_chinese_article_is_asked_for_as_taiwan_writes_it(wiki: Wiki) -> None:
    wiki.found = ["潮汐"]
    source = find("為什麼海水會有潮汐？", "zh-TW")
    search, article = wiki.server.asked

    assert (source.title, source.url, source.licence) == ("潮汐", "https://wiki.example/wiki/潮汐", "CC BY-SA 4.0")
    assert source.text.startswith("潮汐是海水受到月球與太陽的引力影響，每天規律漲落的現象。靠近")
    assert source.text.endswith("形成大潮。")
    assert "==" not in source.text
    assert "潮汐" in search.query["q"]
    assert article.query["variant"] == "zh-tw"
    assert article.headers["accept-language"] == "zh-TW"


def test_an_english_article_has_its_text_without_the_appendix(wiki: Wiki) -> None:
    wiki.found = ["Tide"]
    source = find("Why do tides rise?", "en")

    assert source.text == (
        "Tides are the rise and fall of sea levels caused by the gravity of the Moon and the Sun .\n"
        "The Moon pulls hardest on the water nearest to it, and that water bulges towards the Moon."
    )
    assert "variant" not in wiki.server.asked[1].query


def test_a_copy_that_knows_no_variants_is_converted_here(wiki: Wiki) -> None:
    wiki.articles["潮汐"] = {"extract": "潮汐是海水受到月球引力的影响而产生的规律涨落现象。" * 5}
    wiki.found = ["潮汐"]

    assert find("潮汐", "zh-TW").text.startswith("潮汐是海水受到月球引力的影響而產生的規律漲落現象。")


def test_a_list_of_meanings_and_a_stub_are_passed_over(wiki: Wiki) -> None:
    wiki.articles["Tides (disambiguation)"] = {"extract": EN, "pageprops": {"disambiguation": ""}}
    wiki.articles["Tide stub"] = {"extract": "A tide."}
    wiki.articles["Tide gone"] = {"missing": True}
    wiki.found = ["Tides (disambiguation)", "Tide stub", "Tide gone", "Tide"]

    assert find("Why do tides rise?", "en").title == "Tide"


def test_an_article_on_something_else_is_none(wiki: Wiki) -> None:
    wiki.articles["Cheese"] = {"extract": "Cheese is a food made of milk. " * 10}
    wiki.found = ["Cheese"]

    with pytest.raises(ProviderRejected, match="there is no article on 'Why do tides rise"):
        find("Why do tides rise?", "en")


def test_who_asks_says_how_to_reach_them(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIMEDIA_CONTACT", "ops@studio.example")
    wiki.found = ["Tide"]
    find("tides", "en")

    assert {asked.headers["user-agent"] for asked in wiki.server.asked} == {"video-system (ops@studio.example)"}


def test_the_same_topic_is_looked_up_once(wiki: Wiki) -> None:
    wiki.found = ["Tide"]
    till = MemoryTill()
    both = [catalog.open("wikipedia").find("tides", language="en", till=till) for _ in range(2)]
    (receipt,) = till.receipts

    assert both[0] == both[1]
    assert len(wiki.server.asked) == 2
    assert receipt.units == {"requests": 2}
    assert till.quotes[0].fresh_s == 7 * 24 * 3600


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_error(wiki: Wiki, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.providers.research.wikipedia.TIMEOUT_S", 0.4)
    wiki.server.fault = fault
    with pytest.raises(ProviderError) as caught:
        find("tides", "en")
    expected = {
        "401": ProviderNotReady,
        "402": ProviderNotReady,
        "403": ProviderNotReady,
        "404": ProviderRejected,
        "429": OverLimit,
    }

    assert isinstance(caught.value, expected.get(fault, ProviderUnavailable))
    assert LEAK not in str(caught.value)


@pytest.mark.parametrize(
    "body", [[], {}, {"pages": None}, {"pages": [7]}, {"pages": [{}]}, {"query": {"pages": []}}, "x", None]
)
def test_an_answer_of_another_shape_is_an_unavailable_wikipedia(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    with vendor_server(lambda _: as_json(body)) as server:
        monkeypatch.setenv("WIKIPEDIA_ROOT_URL", server.root)

        with pytest.raises(ProviderUnavailable):
            find("tides", "en")
