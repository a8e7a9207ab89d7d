"""One running product for all end-to-end tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import PLAIN, Stack, running_stack
from tests.support.trends import TrendServers, trend_servers

_SHARED = pytest.StashKey[Stack]()

_SHARING = ("test_faults", "test_api", "test_trends", "test_videos", "test_publishing", "test_webhooks", "test_sdks")
"""Files that use the shared product, one after the other, so that each process of the tests starts and ends it once."""

_FIRST = ("test_outages", "test_many_publications", *_SHARING, "test_demo", "test_providers")
"""Those that mostly wait, so that others work beside them, and then the longest."""

_LONG = (
    "test_templates",
    "test_fuzz",
    "test_llm_openai",
    "test_precision",
    "test_film",
    "test_legibility",
    "test_beside",
)
"""Others that nobody should begin with when the rest is done."""


@pytest.fixture(scope="session")
def sources() -> Iterator[TrendServers]:
    """Everybody who says what is hot."""
    with trend_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def shared_stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sources: TrendServers
) -> Iterator[Stack]:
    settings = {**sources.environment, **PLAIN}
    with running_stack(tmp_path_factory.mktemp("stack"), **settings) as stack:
        request.session.stash[_SHARED] = stack
        yield stack


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The shared product ends with the last file that uses it: idle it would take a tenth of a core from the others."""
    shared = item.session.stash.get(_SHARED, None)
    if shared and (nextitem is None or nextitem.path.stem not in _SHARING):
        shared.rest()


@pytest.fixture
def stack(shared_stack: Stack) -> Stack:
    """The shared product, whole again whatever the test before has killed."""
    for name, start in (
        ("prefect", shared_stack.start_prefect),
        ("api", shared_stack.start_api),
        ("worker", shared_stack.start_worker),
    ):
        if name not in shared_stack.house.children:
            start()
    shared_stack.await_ready()
    return shared_stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever is free takes the next file (`--dist loadfile`): in this order, and the short ones last of all."""
    order = {name: place for place, name in enumerate((*_FIRST, *_LONG))}
    items.sort(key=lambda item: order.get(item.path.stem, len(order) + (item.path.parent.name != "e2e")))
