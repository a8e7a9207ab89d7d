from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.providers.till import OpenTill, Quote, Receipt, call_key
from studio.providers.vendor import Vendor, retry_after
from tests.support.vendor import FAULTS, LEAK, RETRY_AFTER_S, Asked, Fault, Said, VendorServer, as_json, vendor_server

MEANINGS: dict[Fault, type[ProviderError]] = {
    "silent": ProviderUnavailable,
    "slow": ProviderUnavailable,
    "cut": ProviderUnavailable,
    "huge": ProviderUnavailable,
    "malformed": ProviderUnavailable,
    "empty": ProviderUnavailable,
    "401": ProviderNotReady,
    "402": OutOfBalance,
    "403": ProviderNotReady,
    "404": ProviderRejected,
    "429": OverLimit,
    "500": ProviderUnavailable,
}


@pytest.fixture
def server() -> Iterator[VendorServer]:
    def answer(asked: Asked) -> Said:
        return as_json({"path": asked.path, "query": asked.query}) if asked.path == "/v1/find" else Said(b"x" * 5_000)

    with vendor_server(answer) as found:
        yield found


@pytest.fixture
def vendor(server: VendorServer) -> Vendor:
    return Vendor("footage", "sample", server.root, key_name="SAMPLE_API_KEY", timeout_s=0.6)


def test_an_answer_comes_with_its_query(vendor: Vendor) -> None:
    assert vendor.get_json("/v1/find", {"q": "海浪 waves"}) == {"path": "/v1/find", "query": {"q": "海浪 waves"}}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_error(server: VendorServer, vendor: Vendor, fault: Fault) -> None:
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        vendor.get_json("/v1/find")

    assert type(caught.value) is MEANINGS[fault]
    assert caught.value.retryable is issubclass(MEANINGS[fault], ProviderUnavailable)
    assert LEAK not in str(caught.value)


def test_a_refused_key_is_named_by_its_variable(server: VendorServer, vendor: Vendor) -> None:
    server.fault = "401"
    with pytest.raises(ProviderNotReady, match="check SAMPLE_API_KEY"):
        vendor.get_json("/v1/find")


def test_a_rate_limit_says_how_long(server: VendorServer, vendor: Vendor) -> None:
    server.fault = "429"
    with pytest.raises(OverLimit) as caught:
        vendor.get_json("/v1/find")

    assert caught.value.retry_after == RETRY_AFTER_S


@pytest.mark.parametrize(
    ("header", "seconds"), [("", None), ("7", 7), ("0", 0), ("9" * 30, 86_400), ("-1", None), ("Wed, 21 Oct", None)]
)
def test_only_plain_seconds_count_as_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}) == seconds


def test_nobody_at_home_is_unavailable() -> None:
    with pytest.raises(ProviderUnavailable, match="no answer"):
        Vendor("footage", "sample", "http://127.0.0.1:9").get_json("/")


@pytest.mark.parametrize("root", ["", "nonsense", "ftp://127.0.0.1"])
def test_a_root_that_is_no_web_address_is_an_error_of_ours(root: str) -> None:
    with pytest.raises(ProviderError):
        Vendor("footage", "sample", root).get_json("/")


def test_a_file_at_the_vendors_root_is_saved(vendor: Vendor, tmp_path: Path) -> None:
    vendor.download(f"{vendor.root}/file.mp4", tmp_path / "clip", max_bytes=5_000, timeout_s=5)

    assert (tmp_path / "clip").stat().st_size == 5_000


def test_a_file_that_is_too_large_leaves_nothing(vendor: Vendor, tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailable, match="larger than 4999"):
        vendor.download(f"{vendor.root}/file.mp4", tmp_path / "clip", max_bytes=4_999, timeout_s=5)

    assert not (tmp_path / "clip").exists()


def test_a_file_at_a_private_address_that_the_vendor_names_is_not_fetched(
    server: VendorServer, vendor: Vendor, tmp_path: Path
) -> None:
    elsewhere = replace(vendor, root="https://api.vendor.example")
    with pytest.raises(ProviderUnavailable, match="could not be fetched"):
        elsewhere.download(f"{server.root}/file.mp4", tmp_path / "clip", max_bytes=9_999, timeout_s=5)

    assert server.asked == []


def test_calls_are_the_same_when_all_that_shapes_them_is() -> None:
    assert call_key("openai", {"a": 1, "b": 2}) == call_key("openai", {"b": 2, "a": 1})
    assert call_key("openai", "ab") != call_key("openai", "a", "b")


def test_an_open_till_just_calls() -> None:
    quote = Quote("tts", "sample", "", call_key("x"), {"characters": 3})

    assert OpenTill().buy(quote, lambda: Receipt("said", {"characters": 3})) == "said"
