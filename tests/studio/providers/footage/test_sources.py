"""Each source against a server that insists on what its vendor documents."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderUnavailable
from studio.providers.footage import Wanted, catalog
from studio.providers.licences import licence_address
from studio.providers.till import OpenTill, call_key
from tests.studio.providers.test_vendor import MEANINGS
from tests.support.stock import CONTACT, PEXELS_KEY, PIXABAY_KEY
from tests.support.till import MemoryTill
from tests.support.vendor import FAULTS, LEAK, RETRY_AFTER_S, Fault, VendorServer

SOURCES = tuple(catalog)
UPRIGHT = Wanted("ocean waves", 1080, 1920, 2.0)
SMALL = Wanted("ocean waves", 540, 960, 2.0)
WIDE = Wanted("ocean waves", 1920, 1080, 2.0)


def found(name: str, wanted: Wanted = SMALL) -> list[tuple[str, str]]:
    return [(each.kind, each.credit.author) for each in catalog.open(name).search(wanted, till=OpenTill())]


def test_pexels_offers_clips_by_the_words_of_their_pages_and_photographs_by_their_text(server: VendorServer) -> None:
    clip, _, photo, *_ = catalog.open("pexels").search(SMALL, till=OpenTill())

    assert (clip.name, clip.caption, clip.duration) == ("pexels/video-1", "calm ocean waves", 3.0)
    assert (clip.width, clip.height) == (540, 960)
    assert clip.page == "https://www.pexels.com/video/calm-ocean-waves-1/"
    assert (clip.credit.title, clip.credit.author) == ("calm ocean waves", "Bo")
    assert (photo.name, photo.caption) == ("pexels/image-2", "ocean waves at dusk")


def test_pexels_has_its_key_in_a_header(server: VendorServer) -> None:
    found("pexels", UPRIGHT)

    assert [asked.path for asked in server.asked] == ["/v1/videos/search", "/v1/search"]
    assert {asked.headers["authorization"] for asked in server.asked} == {PEXELS_KEY}
    assert {asked.query["orientation"] for asked in server.asked} == {"portrait"}


def test_pixabay_offers_what_an_account_without_approval_may_have(server: VendorServer) -> None:
    at_540p, at_1080p = (catalog.open("pixabay").search(wanted, till=OpenTill()) for wanted in (SMALL, UPRIGHT))

    assert [each.name for each in at_540p] == [
        "pixabay/video-1",
        "pixabay/video-0",
        "pixabay/image-2",
        "pixabay/image-3",
    ]
    assert (at_540p[2].width, at_540p[2].height) == (853, 1280)
    assert [each.kind for each in at_1080p] == ["video", "video"]
    assert at_540p[0].credit.licence == "Pixabay Content License"
    assert [asked.path for asked in server.asked[:2]] == ["/api/videos/", "/api/"]


def test_openverse_offers_pictures_with_the_licence_of_each(server: VendorServer) -> None:
    dusk, above = catalog.open("openverse").search(UPRIGHT, till=OpenTill())

    assert (dusk.caption, dusk.credit.licence) == ("ocean waves at dusk, ocean, waves, at, dusk", "CC0 1.0")
    assert (above.credit.author, above.credit.licence) == ("Di", "CC BY 4.0")
    assert above.credit.url == above.page == "https://flickr.example/photos/3"


def test_commons_offers_clips_and_pictures_with_the_licence_of_each(server: VendorServer) -> None:
    calm, crashing, dusk, above = catalog.open("commons").search(SMALL, till=OpenTill())

    assert (calm.credit.author, calm.credit.licence) == ("Bo", "CC BY-SA 4.0")
    assert (calm.url.rpartition("/")[2], crashing.url.rpartition("/")[2]) == ("waves.mp4", "waves.webm.480p.vp9.webm")
    assert (crashing.width, crashing.height, crashing.duration) == (540, 960, 12.0)
    assert (dusk.width, above.width) == (1920, 1620)
    assert (dusk.credit.licence, above.credit.licence) == ("CC0", "CC BY 4.0")
    assert all(f"({CONTACT})" in asked.headers["user-agent"] for asked in server.asked)


@pytest.mark.parametrize(
    ("name", "author", "licence", "terms", "page"),
    [
        ("pexels", "Bo", "Pexels Licence", "https://www.pexels.com/license/", "pexels.com/video/"),
        (
            "pixabay",
            "Bo",
            "Pixabay Content License",
            "https://pixabay.com/service/license-summary/",
            "pixabay.com/videos",
        ),
        ("openverse", "Di", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "flickr.example/photos/"),
        (
            "commons",
            "Bo",
            "CC BY-SA 4.0",
            "https://creativecommons.org/licenses/by-sa/4.0",
            "commons.wikimedia.org/wiki/",
        ),
    ],
)
def test_a_credit_leads_to_the_works_page_and_to_its_licence(
    server: VendorServer, name: str, author: str, licence: str, terms: str, page: str
) -> None:
    credits = [each.credit for each in catalog.open(name).search(SMALL, till=OpenTill())]
    credit = next(each for each in credits if each.author == author)

    assert (credit.licence, credit.licence_url) == (licence, terms)
    assert page in credit.url


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("cc-by-sa-3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", "https://creativecommons.org/publicdomain/mark/1.0/"),
        ("CC BY", ""),
        ("MIT", ""),
    ],
)
def test_creative_commons_licences_have_an_address_also_where_the_source_gives_none(licence: str, address: str) -> None:
    assert licence_address(licence) == address


def test_a_clip_that_is_shorter_than_the_shot_is_not_offered(server: VendorServer) -> None:
    assert ("video", "Bo") not in found("pexels", Wanted("ocean waves", 540, 960, 3.5))


@pytest.mark.parametrize("name", SOURCES)
def test_what_stands_is_not_offered_for_a_canvas_that_lies(server: VendorServer, name: str) -> None:
    # One picture is nearly square.
    assert found(name, WIDE) in ([], [("image", "Di")])


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_found_is_an_empty_list(server: VendorServer, name: str) -> None:
    assert found(name, Wanted("submarine", 540, 960, 2.0)) == []


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("query", ["", " ", "!!! -- :", "_"])
def test_a_query_without_a_word_asks_nobody(server: VendorServer, name: str, query: str) -> None:
    assert found(name, Wanted(query, 540, 960, 2.0)) == []
    assert server.asked == []


@pytest.mark.parametrize("name", SOURCES)
def test_signs_in_a_query_are_no_orders(server: VendorServer, name: str) -> None:
    found(name, Wanted('ocean -waves filetype:audio "x"&key=1 ' + "long " * 100, 540, 960, 2.0))
    query = next(value for key, value in server.asked[0].query.items() if key in ("q", "query", "gsrsearch"))

    assert query.removeprefix("filetype:video ").startswith("ocean waves filetype audio x key 1 long long")
    assert len(query.removeprefix("filetype:video ")) <= 100


@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_is_asked_for_once_also_for_another_resolution(server: VendorServer, name: str) -> None:
    till, source = MemoryTill(), catalog.open(name)
    first = source.search(SMALL, till=till)
    asked = len(server.asked)
    again, larger = source.search(SMALL, till=till), source.search(UPRIGHT, till=till)
    shapes = {quote.key for quote in till.quotes}
    source.search(WIDE, till=till)

    assert again == first
    assert asked == len(shapes) == (1 if name == "openverse" else 2)
    assert len(server.asked) == 2 * asked
    assert {each.name for each in larger} <= {each.name for each in first}


@pytest.mark.parametrize("name", SOURCES)
def test_a_call_is_announced_as_what_it_is(server: VendorServer, name: str) -> None:
    till = MemoryTill()
    catalog.open(name).search(SMALL, till=till)
    quote = till.quotes[0]

    assert (quote.role, quote.provider, quote.model, quote.units) == ("footage", name, "", {"requests": 1})
    assert (quote.address, quote.fresh_s) == (server.root, 86_400)
    assert len({each.key for each in till.quotes}) == len(till.quotes)


@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_that_was_kept_in_another_shape_is_an_error_of_ours(
    server: VendorServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = MemoryTill()
    catalog.open(name).search(SMALL, till=till)
    till.kept = dict.fromkeys(till.kept, '[{"id": 1}]')
    with pytest.raises(ProviderUnavailable, match="another shape"):
        catalog.open(name).search(SMALL, till=till)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", SOURCES)
def test_every_way_to_fail_has_its_error(server: VendorServer, name: str, fault: Fault) -> None:
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        found(name)

    # Pixabay answers a wrong key with a refusal like any other.
    expected = ProviderNotReady if (name, fault) == ("pixabay", "404") else MEANINGS[fault]
    assert type(caught.value) is expected
    assert (caught.value.role, caught.value.provider) == ("footage", name)
    assert len(server.asked) == 1
    assert not any(secret in str(caught.value) for secret in (LEAK, PEXELS_KEY, PIXABAY_KEY))


@pytest.mark.parametrize("name", SOURCES)
def test_a_rate_limit_says_how_long(server: VendorServer, name: str) -> None:
    server.fault = "429"
    with pytest.raises(OverLimit) as caught:
        found(name)

    assert caught.value.retry_after == RETRY_AFTER_S


@pytest.mark.parametrize("name", ["pexels", "pixabay"])
def test_a_source_without_its_key_says_what_to_set_and_what_needs_none(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(f"{name.upper()}_API_KEY")
    with pytest.raises(ProviderNotReady, match=f"{name.upper()}_API_KEY is not set.*'openverse'.*'commons'"):
        found(name)

    assert server.asked == []


@pytest.mark.parametrize("name", ["pexels", "pixabay"])
def test_a_wrong_key_is_named_by_its_variable_and_never_by_itself(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"{name.upper()}_API_KEY", "wrong-CANARY")
    with pytest.raises(ProviderNotReady, match=f"check {name.upper()}_API_KEY") as caught:
        found(name)

    assert "CANARY" not in str(caught.value)


def test_no_log_has_a_key(server: VendorServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found("pixabay")
    found("pexels")

    assert "/api/videos/" in caplog.text
    assert "CANARY" not in caplog.text


def test_keys_of_calls_hold_no_key_of_a_vendor(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    till = MemoryTill()
    catalog.open("pixabay").search(SMALL, till=till)

    assert till.quotes[0].key == call_key("footage", 1, "pixabay", server.root, "video", "ocean waves", "portrait")
    assert PIXABAY_KEY not in "".join(till.kept.values())


@pytest.mark.parametrize("name", SOURCES)
def test_all_that_is_offered_can_be_fetched(server: VendorServer, name: str, tmp_path: Path) -> None:
    source = catalog.open(name)
    candidates = source.search(SMALL, till=OpenTill())
    for number, candidate in enumerate(candidates):
        source.fetch(candidate, tmp_path / str(number))

    assert len(candidates) >= 2
    assert all((tmp_path / str(number)).stat().st_size > 100 for number in range(len(candidates)))
