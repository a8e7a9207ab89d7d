from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from studio.models.trend import Platform, Sighting
from studio.providers.till import OpenTill
from studio.providers.trends import Look, catalog, explore
from tests.support.trends import SOURCES, TrendServers, trend_servers

LOOK = Look(Platform.TIKTOK, "TW", "zh-TW", ("颱風康芮", "iPhone 18", "沒人搜尋"))


@pytest.fixture(scope="session")
def vendors() -> Iterator[TrendServers]:
    with trend_servers() as found:
        yield found


@pytest.fixture
def servers(vendors: TrendServers, monkeypatch: pytest.MonkeyPatch) -> TrendServers:
    """All vendors; our providers lead there."""
    monkeypatch.setattr(explore, "_cookies", {})
    for name in SOURCES:
        monkeypatch.setattr(import_module(f"studio.providers.trends.{name}"), "TIMEOUT_S", 3.0)
    for name, value in vendors.environment.items():
        monkeypatch.setenv(name, value)
    vendors.reset()
    return vendors


@pytest.fixture
def seen(servers: TrendServers) -> Callable[..., tuple[Sighting, ...]]:
    """What a source says to a look that may be changed."""

    def look(name: str, **changes: object) -> tuple[Sighting, ...]:
        asked = Look(**{**LOOK.__dict__, **changes})  # type: ignore[arg-type]
        return catalog.open(name).look(asked, till=OpenTill())

    return look
