"""One running product for all end-to-end tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.order import shares
from tests.support.stack import PLAIN, Stack, running_stack
from tests.support.trends import TrendServers, trend_servers

_SHARED = pytest.StashKey[Stack]()


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
    if shared and not shares(nextitem):
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
