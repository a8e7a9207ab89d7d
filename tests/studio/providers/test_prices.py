"""What calls cost: by whose list, in which unit, and what is said where nobody knows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from studio.providers import tts
from studio.providers.prices import LISTED, cost_of, price_warning
from studio.providers.till import Quote, Units, call_key
from studio.providers.tts import openai

PUBLIC = "https://api.openai.com/v1"
PODCAST_CHARACTERS, PODCAST_S, BILLED_MICRO = 4096, 268.0, 64_710 + 526
"""A bill for one text said by gpt-4o-mini-tts. Source: github.com/sanand0/blog, OpenAI TTS cost, 2025-11-02."""


def call(model: str, units: Units, *, role: str = "llm", provider: str = "openai", address: str = PUBLIC) -> Quote:
    return Quote(role, provider, model, call_key("p"), units, address=address)


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PRICES", str(tmp_path / "prices.json"))
    return tmp_path / "prices.json"


@pytest.fixture
def speech(monkeypatch: pytest.MonkeyPatch) -> tuple[tts.TTS, tts.Voice]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-sent")
    provider = tts.catalog.open("openai")
    return provider, next(voice for voice in provider.voices if voice.language == "en")


def test_speech_that_is_billed_by_tokens_costs_what_a_real_bill_says() -> None:
    text = ("word " * PODCAST_CHARACTERS)[:PODCAST_CHARACTERS]
    units = openai._units(text, PODCAST_S)
    cost = cost_of(call("gpt-4o-mini-tts", units, role="tts"), units)

    assert cost == pytest.approx(BILLED_MICRO, rel=0.02)


@pytest.mark.parametrize(
    ("model", "least_micro"), [("gpt-4o-mini-tts", 64_000), ("gpt-4o-mini-tts-2025-12-15", 64_000), ("tts-1", 61_440)]
)
def test_what_is_held_against_a_budget_is_at_least_what_speech_will_cost(
    speech: tuple[tts.TTS, tts.Voice], monkeypatch: pytest.MonkeyPatch, model: str, least_micro: int
) -> None:
    monkeypatch.setenv("OPENAI_SPEECH_MODEL", model)
    provider, voice = speech
    quote = provider.quote(("Every word of this counts. " * 152)[:PODCAST_CHARACTERS], voice=voice)
    assert quote is not None

    assert (cost_of(quote, quote.units) or 0) >= least_micro


@pytest.mark.parametrize(
    ("model", "used", "micro"),
    [
        ("tts-1", {"characters": 1_000, "input_tokens": 250, "output_tokens": 1_300}, 15_000),
        ("gpt-image-2.5-flare", {"images": 1, "input_tokens": 100, "output_tokens": 1_000}, 30_500),
        ("gpt-image-2.6-flare", {"images": 1, "input_tokens": 100, "output_tokens": 1_000}, 30_500),
        ("gpt-image-1.5", {"images": 1, "input_tokens": 100, "output_tokens": 1_000}, 32_500),
        ("gpt-5-mini", {"input_tokens": 1_000, "output_tokens": 1_000}, 2_250),
        ("gpt-6.2-sol", {"input_tokens": 1_000, "output_tokens": 1_000, "cached_tokens": 1_000}, 10_100),
        ("gpt-6.2-astra", {"input_tokens": 1_000, "output_tokens": 1_000}, 48_000),
    ],
)
def test_models_of_today_have_the_prices_that_their_vendor_names(model: str, used: Units, micro: int) -> None:
    assert cost_of(call(model, used), used) == micro


def test_a_listed_price_holds_where_its_vendor_is_and_not_elsewhere() -> None:
    used = {"input_tokens": 1_000, "output_tokens": 1_000}
    there = call("gpt-6.2-sol", used)

    assert cost_of(there, used) == 12_000
    assert cost_of(replace(there, address="https://llm.example.com/v1"), used) is None


def test_every_listed_price_names_its_source() -> None:
    assert all(line["source"] for line in json.loads(LISTED.read_text()).values())


def test_a_line_that_names_nothing_of_what_was_used_is_no_price(prices: Path) -> None:
    prices.write_text('{"openai/*": {"images": 40000}, "openai/free": {}}')
    used = {"input_tokens": 1_000, "output_tokens": 1_000}

    assert cost_of(call("gpt-5-mini", used), used) == 2_250
    assert cost_of(call("nobody-knows", used), used) is None
    assert cost_of(call("free", used), used) == 0


def test_a_model_without_a_price_is_told_with_what_comes_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unknown = call("nobody-knows", {"input_tokens": 5})
    warning = price_warning(unknown)
    prices = tmp_path / "prices.json"
    monkeypatch.setenv("PRICES", str(prices))
    prices.write_text('{"openai/nobody-knows": {"input_tokens": 1}}')

    assert "no price is known for 'nobody-knows'" in warning
    assert "BUDGET_" in warning
    assert "PRICES" in warning
    assert price_warning(unknown) == ""


def test_a_model_on_a_machine_of_ones_own_needs_no_price() -> None:
    assert price_warning(call("llama", {"input_tokens": 5}, provider="ollama", address="http://127.0.0.1:1/v1")) == ""
