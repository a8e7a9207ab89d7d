"""Which providers are ready, and what the others lack."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from deployments import doctor as module
from deployments.doctor import diagnose
from studio.errors import BadInput
from studio.providers import all_catalogs, tts
from studio.settings import get_settings
from tests.support.vendor import as_json, vendor_server


@pytest.fixture
def doctor(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[bool, list[str]]]:
    """The diagnosis and its lines, for an environment with these variables."""

    def ask(**environment: str) -> tuple[bool, list[str]]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        output = io.StringIO()
        is_ready = module.diagnose(Console(file=output, width=400))
        return is_ready, output.getvalue().splitlines()

    return ask


def test_without_any_key_every_role_is_ready(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    is_ready, lines = doctor()

    assert is_ready
    assert sorted(line.split()[1:3] for line in lines) == sorted(
        [catalog.role, name] for catalog in all_catalogs() for name in catalog
    )


def test_a_missing_key_is_named_with_what_works_without(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    _, lines = doctor()

    assert lines[0] == (
        "– llm      openai     llm 'openai': OPENAI_API_KEY is not set; set it, or use llm 'embedded', "
        "which needs no key"
    )


def test_a_model_that_nobody_knows_the_price_of_is_warned_of(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    environment = {"OPENAI_API_KEY": "sk-never-sent", "TTS": "openai,hibari", "IMAGEGEN": "openai"}
    _, priced = doctor(**environment, LLM="embedded")
    _, lines = doctor(OPENAI_SPEECH_MODEL="nobody-speaks", OPENAI_IMAGE_MODEL="nobody-paints")
    warnings = [line for line in lines if "no price is known" in line]

    assert not [line for line in priced if "no price is known" in line]
    assert [("tts 'openai'" in line, "'nobody-speaks'" in line, "PRICES" in line) for line in warnings[:1]] == [
        (True, True, True)
    ]
    assert ["'nobody-paints'" in line for line in warnings[1:]] == [True]


def test_every_voice_is_listed_with_its_language(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    _, lines = doctor()
    voices = "\n".join(line for line in lines if line.split()[1] == "tts")

    for name in ("hibari", "kokoro", "espeak"):
        for voice in tts.catalog.open(name).voices:
            assert f"{voice.name} ({voice.language}" in voices
    assert "en-us (en, draft)" in voices


def test_a_provider_that_is_not_asked_does_not_make_its_role_ready(
    doctor: Callable[..., tuple[bool, list[str]]],
) -> None:
    is_ready, lines = doctor(LLM="openai")

    assert not is_ready
    assert "✓ llm embedded ready, but not listed in LLM".split() in [line.split() for line in lines]


def test_a_store_that_cannot_be_written_is_not_ready(
    doctor: Callable[..., tuple[bool, list[str]]], fresh_home: Path
) -> None:
    (fresh_home / "file").touch()
    is_ready, lines = doctor(STORAGE_URL=f"file://{fresh_home}/file/objects")

    assert not is_ready
    assert "set STORAGE_URL" in next(line for line in lines if "files" in line)


def test_with_deep_every_provider_that_is_asked_makes_a_real_call(
    doctor: Callable[..., tuple[bool, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "diagnose", partial(diagnose, is_deep=True))
    with vendor_server(lambda asked: as_json({})) as vendor:
        vendor.fault = "401"
        is_ready, lines = doctor(
            OPENAI_API_KEY="wrong", OPENAI_BASE_URL=f"{vendor.root}/v1", LLM="openai,embedded", TRENDS="feeds"
        )
        calls = len(vendor.asked)
    told = {" ".join(line.split()[1:3]): line for line in lines}

    assert is_ready
    assert calls >= 1
    assert "check OPENAI_API_KEY" in told["llm openai"]
    assert "answered" in told["llm embedded"]
    assert "said a word" in told["tts hibari"]
    assert "gave back and removed an object" in told["storage files"]


def test_a_source_of_trends_says_what_to_set_and_what_needs_no_key(
    doctor: Callable[..., tuple[bool, list[str]]],
) -> None:
    _, lines = doctor()
    told = {" ".join(line.split()[1:3]): line for line in lines}

    assert told["trends googletrends"].split() == ["✓", "trends", "googletrends", "ready"]
    assert told["trends x"].endswith(
        "X_BEARER_TOKEN is not set; set it, or use trends 'googletrends' and 'wikipedia', which need no key"
    )


def test_a_film_does_without_trends(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    is_ready, _ = doctor(TRENDS="feeds")

    assert is_ready


def test_a_film_does_without_footage_research_and_painted_pictures(
    doctor: Callable[..., tuple[bool, list[str]]],
) -> None:
    is_ready, _ = doctor(FOOTAGE="pexels", RESEARCH="", IMAGEGEN="")

    assert is_ready


def test_an_own_template_that_is_wrong_is_named(
    doctor: Callable[..., tuple[bool, list[str]]], fresh_home: Path
) -> None:
    (fresh_home / "templates").mkdir()
    (fresh_home / "templates" / "mine.json").write_text('{"id": "mine", "durations": 3}')
    is_ready, lines = doctor()

    assert is_ready
    assert "durations: there is no such key" in lines[-1]


def test_a_brand_colour_that_is_none_is_named(doctor: Callable[..., tuple[bool, list[str]]]) -> None:
    with pytest.raises(BadInput, match="BRAND_COLOUR: "):
        doctor(BRAND_COLOUR="red")
