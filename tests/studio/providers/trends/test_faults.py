"""What sources do when vendors fail, and what they never tell."""

from __future__ import annotations

import gzip
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pytest

from deployments.trial import try_out
from studio.errors import OverLimit, ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.trend import Sighting
from studio.providers.prices import cost_of
from studio.providers.till import OpenTill, Quote
from studio.providers.trends import Look, catalog, x
from tests.studio.providers.test_vendor import MEANINGS
from tests.studio.providers.trends.conftest import LOOK
from tests.support import trends as support
from tests.support.till import MemoryTill
from tests.support.trends import LEAK, RETRY_AFTER_S, SOURCES, TrendServers
from tests.support.vendor import Asked, Fault, Said

Seen = Callable[..., tuple[Sighting, ...]]

KEYED = {
    "youtube": ("YOUTUBE_API_KEY",),
    "tiktok": ("TIKTOK_BUSINESS_ACCESS_TOKEN", "TIKTOK_BUSINESS_ADVERTISER_ID"),
    "instagram": ("INSTAGRAM_ACCESS_TOKEN", "INSTAGRAM_USER_ID", "INSTAGRAM_HASHTAGS"),
    "x": ("X_BEARER_TOKEN",),
    "feeds": ("TREND_FEEDS",),
}

REFUSED_AS = {
    ("instagram", "404"): ProviderNotReady,  # every hashtag was refused, so access is
    ("wikipedia", "404"): ProviderUnavailable,  # no day has figures yet
}
"""What differs from `MEANINGS`."""

EMPTY_AT = {("googletrends", "404"), ("gdelt", "404")}
"""No list of that country; no figures of that keyword."""


def secrets(servers: TrendServers) -> list[str]:
    return [value for name, value in servers.environment.items() if "CANARY" in value] + [LEAK]


def test_the_servers_play_every_source() -> None:
    assert set(SOURCES) == set(catalog)


@pytest.mark.parametrize("fault", ["401", "403", "404", "429", "500", "malformed", "empty", "odd"])
@pytest.mark.parametrize("name", SOURCES)
def test_every_refusal_has_its_error_and_repeats_nothing(
    seen: Seen, servers: TrendServers, name: str, fault: Fault
) -> None:
    servers.faults[name] = fault
    if (name, fault) in EMPTY_AT:
        assert seen(name) == ()
        return
    with pytest.raises(ProviderError) as caught:
        seen(name)

    assert type(caught.value) is REFUSED_AS.get((name, fault), MEANINGS.get(fault, ProviderUnavailable))
    assert (caught.value.role, caught.value.provider) == ("trends", name)
    assert not any(secret in f"{caught.value} {caught.value.__cause__}" for secret in secrets(servers))


@pytest.mark.parametrize("name", SOURCES)
def test_a_rate_limit_says_how_long_and_ends_the_asking(seen: Seen, servers: TrendServers, name: str) -> None:
    servers.faults[name] = "429"
    with pytest.raises(OverLimit) as caught:
        seen(name)

    assert caught.value.retry_after == RETRY_AFTER_S
    assert len(servers.of(name)) == (2 if name == "feeds" else 1)


@pytest.mark.parametrize("name", SOURCES)
def test_nobody_is_sent_elsewhere(seen: Seen, servers: TrendServers, name: str) -> None:
    servers.faults[name] = "302"
    with pytest.raises(ProviderUnavailable):
        seen(name)

    assert len(servers.of(name)) > 0
    assert servers.of("nobody") == []


@pytest.mark.parametrize("name", SOURCES)
def test_answers_are_asked_for_unfolded(seen: Seen, servers: TrendServers, name: str) -> None:
    seen(name)

    assert {asked.headers.get("accept-encoding") for asked in servers.of(name)} == {"identity"}


@pytest.mark.parametrize("name", ["explore", "x", "youtube"])
def test_libraries_read_an_answer_that_comes_folded_all_the_same(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = support._ANSWERS[name]

    def folded(servers: TrendServers, asked: Asked) -> Said:
        said = real(servers, asked)
        return replace(said, body=gzip.compress(said.body), headers={**said.headers, "Content-Encoding": "gzip"})

    monkeypatch.setitem(support._ANSWERS, name, folded)

    assert len(seen(name)) > 1


@pytest.mark.parametrize("fault", ["silent", "slow", "cut", "huge"])
@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_without_end_ends(
    seen: Seen, servers: TrendServers, name: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module(f"studio.providers.trends.{name}")
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    if hasattr(module, "MOST_BYTES"):
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
    servers.server.fault = fault
    begun = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        seen(name)

    assert time.monotonic() - begun < (3 if name == "feeds" else 2)


@pytest.mark.parametrize("name", SOURCES)
def test_an_address_that_nobody_answers_at_is_unavailable(
    seen: Seen, servers: TrendServers, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in servers.environment.items():
        monkeypatch.setenv(variable, value.replace(servers.server.root, "http://127.0.0.1:9"))
    with pytest.raises(ProviderUnavailable, match="no answer"):
        seen(name)


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_found_is_an_empty_answer(seen: Seen, servers: TrendServers, name: str) -> None:
    servers.faults[name] = "none"
    found = seen(name)

    # Hashtags that are watched are there also without a post.
    assert [each.value for each in found] == ([0, 0, 0] if name == "instagram" else [])


@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_is_asked_for_once(servers: TrendServers, name: str) -> None:
    till, source = MemoryTill(), catalog.open(name)
    first = source.look(LOOK, till=till)
    asked = len(servers.asked)

    assert source.look(LOOK, till=till) == first != ()
    assert len(servers.asked) == asked > 0
    assert {(quote.role, quote.provider, quote.model) for quote in till.quotes} == {("trends", name, "")}
    assert {quote.fresh_s for quote in till.quotes} - {None} == {source.abilities.fresh_s}
    assert not any(secret in "".join(till.kept.values()) for secret in secrets(servers))


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"wikipedia", "gdelt", "instagram", "feeds"}))
def test_another_country_is_another_answer(servers: TrendServers, name: str) -> None:
    till = MemoryTill()
    catalog.open(name).look(LOOK, till=till)
    catalog.open(name).look(Look(LOOK.platform, "US", "en", LOOK.candidates), till=till)

    assert len(till.kept) == 2
    assert catalog.open(name).abilities.is_regional


@pytest.mark.parametrize("name", SOURCES)
def test_an_answer_that_was_kept_in_another_shape_is_an_error_of_ours(servers: TrendServers, name: str) -> None:
    till = MemoryTill()
    catalog.open(name).look(LOOK, till=till)
    till.kept = dict.fromkeys(till.kept, '[{"keyword": ""}]')
    with pytest.raises(ProviderUnavailable, match="another shape"):
        catalog.open(name).look(LOOK, till=till)


@pytest.mark.parametrize(("name", "variable"), [(name, each) for name, names in KEYED.items() for each in names])
def test_a_source_says_what_to_set_and_what_needs_no_key(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch, name: str, variable: str
) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(ProviderNotReady, match=rf"{variable}.* is not set; .*'googletrends' and 'wikipedia'"):
        seen(name)

    assert servers.asked == []


@pytest.mark.parametrize("name", ["youtube", "tiktok", "instagram", "x"])
def test_a_wrong_key_is_named_by_its_variable_and_never_by_itself(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(KEYED[name][0], "wrong-CANARY")
    with pytest.raises(ProviderNotReady, match=f"check {KEYED[name][0]}") as caught:
        seen(name)

    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("name", SOURCES)
def test_no_log_has_a_key(seen: Seen, servers: TrendServers, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen(name)
    servers.faults[name] = "500"
    with pytest.raises(ProviderError):
        seen(name, region="US", language="en", candidates=("something else",))

    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    ("hashtags", "said"),
    [
        (",".join(f"tag{n}" for n in range(31)), "names 31 hashtags; Instagram allows 30 in seven days"),
        ("good,not good", "'not good', which is no hashtag"),
    ],
)
def test_hashtags_that_instagram_would_not_take_are_not_asked_for(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch, hashtags: str, said: str
) -> None:
    monkeypatch.setenv("INSTAGRAM_HASHTAGS", hashtags)
    with pytest.raises(ProviderNotReady, match=said):
        seen("instagram")

    assert servers.asked == []


def test_hashtags_that_are_the_same_count_once(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTAGRAM_HASHTAGS", ",".join(["#Taipei", "taipei"] * 20))

    assert [each.keyword for each in seen("instagram")] == ["taipei"]


def test_the_number_of_a_hashtag_is_kept_for_good(servers: TrendServers) -> None:
    till = MemoryTill()
    catalog.open("instagram").look(LOOK, till=till)

    assert [quote.fresh_s for quote in till.quotes[:2]] == [None, 21_600]


def test_x_is_quoted_by_the_trends_that_it_may_bring(servers: TrendServers) -> None:
    till = MemoryTill()
    catalog.open("x").look(LOOK, till=till)
    public = Quote("trends", "x", "", "key", till.quotes[0].units, address="https://api.x.com")

    assert till.quotes[0].units == {"requests": 1, "trends": 20}
    assert cost_of(till.quotes[0], till.quotes[0].units) == 0
    assert cost_of(public, public.units) == 200_000
    assert cost_of(public, {"requests": 1, "trends": 3}) == 30_000


def test_x_says_when_to_come_again_where_it_gives_a_time(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"x-rate-limit-reset": str(int(time.time()) + 300)}
    monkeypatch.setitem(support._ANSWERS, "x", lambda *_: Said(b"{}", status=429, headers=headers))
    with pytest.raises(OverLimit) as caught:
        seen("x")

    assert 290 < (caught.value.retry_after or 0) <= 300


def test_the_libraries_hosts_are_not_asked(seen: Seen) -> None:
    assert x.PUBLIC_HOST == "https://api.twitter.com"
    assert seen("x") != ()


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (403, "quotaExceeded", OverLimit),
        (403, "rateLimitExceeded", OverLimit),
        (403, "forbidden", ProviderNotReady),
        (400, "keyInvalid", ProviderNotReady),
        (400, "badRequest", ProviderRejected),
        (503, "backendError", ProviderUnavailable),
    ],
)
def test_refusals_of_youtube_are_known_by_their_reasons(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, status: int, reason: str, error: type[ProviderError]
) -> None:
    monkeypatch.setitem(support._ANSWERS, "youtube", lambda *_: support.youtube_refusal(status, reason))
    with pytest.raises(error) as caught:
        seen("youtube")

    assert type(caught.value) is error
    assert LEAK not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "error"),
    [(40105, ProviderNotReady), (40100, OverLimit), (40002, ProviderRejected), (50000, ProviderUnavailable)],
)
def test_refusals_of_tiktok_are_known_by_their_codes(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, code: int, error: type[ProviderError]
) -> None:
    answer = support.as_json({"code": code, "message": LEAK})
    monkeypatch.setitem(support._ANSWERS, "tiktok", lambda *_: answer)
    with pytest.raises(error) as caught:
        seen("tiktok")

    assert type(caught.value) is error
    assert LEAK not in str(caught.value)


def test_gdelt_complains_of_haste_in_words(seen: Seen, servers: TrendServers) -> None:
    servers.faults["gdelt"] = "hurry"
    with pytest.raises(OverLimit):
        seen("gdelt")

    assert len(servers.of("gdelt")) == 1


def test_a_feed_that_fails_is_told_of_by_its_number(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    feed = f"{servers.server.root}/feeds/news.xml"
    monkeypatch.setenv("TREND_FEEDS", f"http://127.0.0.1:9/feed?token=CANARY,{feed}")
    found = seen("feeds")

    assert [each.keyword for each in found] == ["康芮"]
    assert "feed 1 of TREND_FEEDS: trends 'feeds': no answer" in caplog.text
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        ("file:///etc/passwd", "no web address"),
        (",".join(f"https://a.example/{n}" for n in range(11)), "names 11 feeds"),
    ],
)
def test_feeds_that_cannot_be_read_are_said_before_asking(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, feeds: str, said: str
) -> None:
    monkeypatch.setenv("TREND_FEEDS", feeds)
    with pytest.raises(ProviderNotReady, match=said):
        seen("feeds")


def test_the_doctor_tries_a_source(servers: TrendServers) -> None:
    assert try_out("trends", catalog.open("googletrends")) == "told of 5 keywords"


@pytest.mark.parametrize("name", SOURCES)
def test_a_key_of_a_call_does_not_depend_on_a_vendors_key(
    servers: TrendServers, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first, second = MemoryTill(), MemoryTill()
    catalog.open(name).look(LOOK, till=first)
    monkeypatch.setenv("YOUTUBE_DERIVED_METRICS", "true")
    catalog.open(name).look(LOOK, till=second)

    assert list(first.kept) == list(second.kept)


def test_all_sources_say_what_their_abilities_promise(servers: TrendServers) -> None:
    for name in SOURCES:
        source = catalog.open(name)
        found = source.look(LOOK, till=OpenTill())
        ranks = [each.rank for each in found]

        assert ranks == ([None] * len(found) if source.abilities.does == "measures" else [*range(1, len(found) + 1)])
        assert any(each.category for each in found) == source.abilities.has_categories
