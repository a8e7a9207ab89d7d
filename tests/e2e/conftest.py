"""One running product for all end-to-end tests of a run."""

from __future__ import annotations

from collections.abc import Generator, Iterator

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure beside load may not come again: what the product complained of goes with it."""
    report = yield
    product = getattr(item, "funcargs", {}).get("shared_stack")
    if report.failed and isinstance(product, Stack):
        report.sections.append(("what the product complained of", product.complaints()))
    return report


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
