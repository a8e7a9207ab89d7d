"""Named endpoints: what each needs, how each fails, and who is asked next."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator

import pytest

from studio.errors import OutOfBalance, OverLimit, ProviderError, ProviderNotReady, ProviderUnavailable
from studio.models.brief import Brief
from studio.providers.fallback import ready
from studio.providers.llm import LLM, catalog, inference
from studio.providers.till import OpenTill
from studio.settings import get_settings
from studio.stages.script import write_script
from tests.support.templates import dressed
from tests.support.vendor import FAULTS, LEAK, Fault, as_json
from tests.support.writer import DRAFT, MemoryTill, Scripted, an_order, completion, scripted

NAMED = ("openai", "deepseek", "gemini", "openrouter", "ollama")
KEYED = tuple(name for name in NAMED if name != "ollama")

MEANINGS: dict[Fault, type[ProviderError]] = {
    **dict.fromkeys(FAULTS, ProviderUnavailable),
    "401": ProviderNotReady,
    "402": OutOfBalance,
    "403": ProviderNotReady,
    "404": ProviderNotReady,
    "429": OverLimit,
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED:
        for what in ("API_KEY", "BASE_URL", "MODEL", "MODELS"):
            monkeypatch.delenv(f"{name.upper()}_{what}", raising=False)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as found:
        yield found


def use(monkeypatch: pytest.MonkeyPatch, name: str, server: Scripted) -> LLM:
    """The writer called *name* at *server*."""
    monkeypatch.setenv(f"{name.upper()}_BASE_URL", server.base_url)
    monkeypatch.setenv(f"{name.upper()}_API_KEY", f"sk-{name}")
    monkeypatch.setenv(f"{name.upper()}_MODEL", f"{name}-model")
    return catalog.open(name)


@pytest.mark.parametrize("name", KEYED)
def test_without_a_key_the_variable_is_named(name: str) -> None:
    with pytest.raises(ProviderNotReady, match=rf"^llm '{name}': {name.upper()}_API_KEY is not set.*'embedded'"):
        catalog.open(name).check()


@pytest.mark.parametrize("name", [name for name in NAMED if name != "openai"])
def test_without_a_model_the_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"{name.upper()}_API_KEY", "sk")

    with pytest.raises(ProviderNotReady, match=f"{name.upper()}_MODEL is not set"):
        catalog.open(name).check()


def test_ollama_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_MODEL", "llama3.2")
    catalog.open("ollama").check()


@pytest.mark.parametrize("name", NAMED)
def test_each_endpoint_is_asked_for_its_own_model_with_its_own_key(
    monkeypatch: pytest.MonkeyPatch, server: Scripted, name: str
) -> None:
    script = use(monkeypatch, name, server).write_script(an_order(), till=OpenTill())
    (asked,) = [each for each in server.server.asked if each.method == "POST"]

    assert script.written_by == name
    assert asked.headers["authorization"] == f"Bearer sk-{name}"
    assert asked.json["model"] == f"{name}-model"


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_error(monkeypatch: pytest.MonkeyPatch, server: Scripted, fault: Fault) -> None:
    monkeypatch.setattr("studio.providers.llm.chat.TIMEOUT_S", 0.4)
    monkeypatch.setattr("studio.providers.llm.chat.MOST_BYTES", 1 << 20)
    writer = use(monkeypatch, "deepseek", server)
    server.server.fault = fault
    with pytest.raises(ProviderError) as caught:
        writer.write_script(an_order(), till=OpenTill())
    told = "".join(traceback.format_exception(caught.value))

    assert type(caught.value) is MEANINGS[fault]
    assert LEAK not in told
    assert "sk-deepseek" not in told
    assert len(server.asked) == 1


@pytest.mark.parametrize(("fault", "variable"), [("401", "DEEPSEEK_API_KEY"), ("404", "DEEPSEEK_MODEL")])
def test_an_error_names_the_variable_of_its_endpoint(
    monkeypatch: pytest.MonkeyPatch, server: Scripted, fault: Fault, variable: str
) -> None:
    writer = use(monkeypatch, "deepseek", server)
    server.server.fault = fault

    with pytest.raises(ProviderNotReady, match=variable):
        writer.write_script(an_order(), till=OpenTill())


@pytest.mark.parametrize("fault", ["cut", "malformed", "401", "402", "404", "429", "500"])
def test_the_second_endpoint_writes_when_the_first_does_not(
    monkeypatch: pytest.MonkeyPatch, server: Scripted, fault: Fault
) -> None:
    with scripted() as broken:
        use(monkeypatch, "openai", broken)
        use(monkeypatch, "deepseek", server)
        broken.server.fault = fault
        script = write_script(
            Brief(title="Why do tides rise?", duration=7),
            template=dressed(title="Why do tides rise?", language="en"),
            pace=2.5,
            writers=ready(catalog, ("openai", "gemini", "deepseek", "embedded")),
        )

    assert script.written_by == "deepseek"
    assert script.warnings[0].startswith("llm 'openai': ")


def test_a_call_is_quoted_before_and_paid_by_what_the_endpoint_counted(
    monkeypatch: pytest.MonkeyPatch, server: Scripted
) -> None:
    counted = {"prompt_tokens": 50, "completion_tokens": 60, "prompt_tokens_details": {"cached_tokens": 8}}
    server.answers = [as_json(completion(DRAFT, usage=counted))]
    till = MemoryTill()
    use(monkeypatch, "openai", server).write_script(an_order(), till=till)
    (quote,), (receipt,) = till.quotes, till.receipts

    assert (quote.role, quote.provider, quote.model) == ("llm", "openai", "openai-model")
    assert quote.address == server.base_url
    assert quote.units["output_tokens"] == 16_384
    assert quote.units["input_tokens"] > 200
    assert receipt.units == {"input_tokens": 50, "output_tokens": 60, "cached_tokens": 8}


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None}, {"prompt_tokens": -1, "completion_tokens": "x"}])
def test_a_call_that_nobody_counted_is_estimated(
    monkeypatch: pytest.MonkeyPatch, server: Scripted, usage: object
) -> None:
    server.answers = [as_json(completion(DRAFT, usage=usage))]
    till = MemoryTill()
    use(monkeypatch, "openai", server).write_script(an_order(), till=till)

    assert till.receipts[0].units["input_tokens"] > 200
    assert till.receipts[0].units["output_tokens"] > 50


def test_the_same_film_is_not_bought_twice_and_another_has_a_script_of_its_own(
    monkeypatch: pytest.MonkeyPatch, server: Scripted
) -> None:
    writer, till = use(monkeypatch, "openai", server), MemoryTill()
    first = writer.write_script(an_order(salt="film 1"), till=till)
    again = writer.write_script(an_order(salt="film 1"), till=till)
    writer.write_script(an_order(salt="film 2"), till=till)

    assert first == again
    assert len(server.asked) == 2


async def names() -> list[tuple[str, str]]:
    return [(model.id, model.provider) for model in await inference.text_models()]


def test_models_of_all_configured_endpoints_are_offered_the_first_ones_first(
    monkeypatch: pytest.MonkeyPatch, server: Scripted
) -> None:
    with scripted() as other:
        use(monkeypatch, "gemini", server)
        use(monkeypatch, "ollama", other)
        monkeypatch.setenv("OLLAMA_MODELS", "second")
        monkeypatch.setenv("LLM", "gemini,ollama,deepseek")
        server.models = [{"id": "models/gemini-model"}, {"id": "models/another"}, {"id": "models/embedding-1"}]
        get_settings.cache_clear()
        found = asyncio.run(names())
        provider, model = asyncio.run(inference.find_model("another"))
    get_settings.cache_clear()

    assert found == [
        ("model_1", "gemini"),
        ("gemini-model", "gemini"),
        ("another", "gemini"),
        ("ollama-model", "ollama"),
        ("second", "ollama"),
        ("embedded", "embedded"),
    ]
    assert (provider.name, model) == ("gemini", "another")
