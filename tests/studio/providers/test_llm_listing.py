"""Models that are about to be shut down are told of before they are."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from deployments.doctor import diagnose
from studio.providers.llm import catalog, listing
from studio.providers.llm.access import Access
from studio.providers.llm.listing import model_warnings
from studio.providers.till import OpenTill
from studio.providers.tts.openai import OpenAISpeech
from studio.settings import get_settings
from tests.support.stack import free_port
from tests.support.vendor import FAULTS, Fault
from tests.support.writer import Scripted, an_order, scripted

TODAY = date(2026, 11, 24)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    with scripted() as found:
        monkeypatch.setenv("OPENAI_BASE_URL", found.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_MODEL", "mine")
        yield found


def access(server: Scripted, model: str = "mine") -> Access:
    return Access("openai", base_url=server.base_url, key="sk-test", model=model)


def listed(*models: tuple[str, str | None]) -> list[dict[str, object]]:
    return [
        {"id": name, "object": "model", "created": 1, "owned_by": "us", "shutdown_date": end} for name, end in models
    ]


@pytest.mark.parametrize(
    ("end", "warnings"),
    [
        (None, ()),
        ("2027-01-24", ()),
        ("2027-01-23", ("llm 'openai': model 'mine' shuts down on 2027-01-23; set OPENAI_MODEL to another",)),
        ("2026-11-01", ("llm 'openai': model 'mine' shuts down on 2026-11-01; set OPENAI_MODEL to another",)),
        ("soon", ()),
        ("", ()),
    ],
)
def test_sixty_days_before_the_end_the_operator_is_told(
    server: Scripted, end: str | None, warnings: tuple[str, ...]
) -> None:
    server.models = listed(("other", None), ("mine", end))

    assert model_warnings(access(server), today=TODAY) == warnings


def test_the_end_of_a_model_that_speaks_is_told_too(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_SPEECH_MODEL", "speaks")
    end = datetime.now(UTC).date() + timedelta(days=30)
    server.models = listed(("speaks", str(end)))
    (warning,) = OpenAISpeech().model_warnings()

    assert warning == f"tts 'openai': model 'speaks' shuts down on {end}; set OPENAI_SPEECH_MODEL to another"


def test_a_model_that_is_listed_no_more_is_told_of(server: Scripted) -> None:
    server.models = listed(("other", None))

    assert model_warnings(access(server)) == ("llm 'openai': the endpoint lists no model 'mine'; check OPENAI_MODEL",)


@pytest.mark.parametrize(("model", "name"), [("llama3", "llama3:latest"), ("a/b:free", "a/b"), ("g-2", "models/g-2")])
def test_a_tag_a_variant_and_a_folder_do_not_make_a_model_unknown(server: Scripted, model: str, name: str) -> None:
    server.models = listed((name, None))

    assert model_warnings(access(server, model)) == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_an_endpoint_in_trouble_is_no_warning_and_holds_nobody_up(
    server: Scripted, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LIST_S", 0.3)
    server.server.fault = fault
    began = time.monotonic()

    assert model_warnings(access(server)) == ()
    assert time.monotonic() - began < 2


def test_nobody_at_home_is_no_warning() -> None:
    gone = Access("openai", base_url=f"http://127.0.0.1:{free_port()}/v1", key="sk", model="mine")

    assert model_warnings(gone) == ()


@pytest.mark.parametrize("models", [[], [{"id": None}], [{"id": "mine", "shutdown_date": 7}]])
def test_a_list_of_another_shape_is_no_warning_of_an_end(server: Scripted, models: list[dict[str, object]]) -> None:
    server.models = models

    assert not any("shuts down" in warning for warning in model_warnings(access(server)))


def test_the_list_is_asked_for_once(server: Scripted) -> None:
    server.models = listed(("mine", None))
    for _ in range(3):
        model_warnings(access(server))

    assert server.lists == 1


def test_the_doctor_and_the_script_say_it(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime.now(UTC).date() + timedelta(days=30)
    server.models = listed(("mine", str(end)))
    get_settings.cache_clear()
    output = io.StringIO()
    diagnose(Console(file=output, width=400))
    script = catalog.open("openai").write_script(an_order(), till=OpenTill())
    get_settings.cache_clear()
    warning = f"llm 'openai': model 'mine' shuts down on {end}; set OPENAI_MODEL to another"

    assert output.getvalue().splitlines()[1] == f"! {warning}"
    assert script.warnings == (warning,)
