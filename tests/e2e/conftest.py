"""One running product for all end-to-end tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack, running_stack
from tests.support.trends import TrendServers, trend_servers


@pytest.fixture(scope="session")
def sources() -> Iterator[TrendServers]:
    """Everybody who says what is hot."""
    with trend_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory, sources: TrendServers) -> Iterator[Stack]:
    # Draft: the picture's quality is measured in tests/e2e/test_demo.py and in bench/.
    settings = {**sources.environment, "RENDER_TIER": "draft"}
    with running_stack(tmp_path_factory.mktemp("stack"), **settings) as stack:
        yield stack


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
    """The file that mostly waits comes first, so that another one works beside it."""
    items.sort(key=lambda item: "test_outages" not in item.nodeid)
