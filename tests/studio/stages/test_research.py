"""Looking things up never ends a film."""

from __future__ import annotations

from datetime import date

import pytest

from studio.errors import DownloadFailed, ProviderError, ProviderRejected, ProviderUnavailable
from studio.models.brief import Brief
from studio.models.research import Source
from studio.providers.till import Till
from studio.stages import research
from studio.stages.research import Findings, gather

TODAY = date(2026, 1, 2)
ARTICLE = Source(title="Tide", url="https://wiki.example/Tide", licence="CC BY-SA 4.0", text="Tides.", retrieved=TODAY)


class Known:
    """Knows one article, or fails."""

    name = "known"

    def __init__(self, error: ProviderError | None = None) -> None:
        self.error = error

    def check(self) -> None:
        return

    def find(self, topic: str, *, language: str, till: Till) -> Source:
        if self.error:
            raise self.error
        return ARTICLE


def read(url: str) -> Source:
    if "gone" in url:
        raise DownloadFailed("the server answered 404", field="sources")
    return Source(title=url, url=url, text="Text.", retrieved=TODAY)


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(research, "read_page", read)


def look(*researchers: Known, **brief: object) -> Findings:
    return gather(Brief.model_validate({"title": "Tides", **brief}), language="en", researchers=researchers)


def test_nothing_is_looked_up_unasked() -> None:
    assert look(Known()) == Findings()


def test_named_pages_come_before_what_was_found() -> None:
    found = look(Known(), sources=["https://a.example/", "https://b.example/", "https://a.example/"], research=True)

    assert [source.url for source in found.sources] == ["https://a.example/", "https://b.example/", ARTICLE.url]
    assert found.warnings == ()


def test_a_page_that_is_gone_is_a_warning() -> None:
    found = look(sources=["https://gone.example/", "https://b.example/"])

    assert [source.url for source in found.sources] == ["https://b.example/"]
    assert found.warnings == ("https://gone.example/ was not read: the server answered 404.",)


def test_the_next_researcher_is_asked_whatever_ails_the_first() -> None:
    unknown = ProviderRejected("research", "known", "there is no article on 'Tides'")
    found = look(Known(unknown), Known(), research=True)

    assert found == Findings((ARTICLE,), (str(unknown),))


def test_researchers_that_all_fail_leave_reasons() -> None:
    away = ProviderUnavailable("research", "known", "no answer")

    assert look(Known(away), research=True) == Findings((), (str(away),))
    assert look(research=True).warnings == ("No researcher is ready, so nothing was looked up.",)


def test_a_creators_own_script_asks_for_nothing() -> None:
    assert look(Known(), script="Word for word.", research=True, sources=["https://gone.example/"]) == Findings()
