"""How old states are that the API tells, and what that costs Prefect: with a real server, also after it was started anew."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.relay import Relay, relaying
from tests.support.stack import Stack, call, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SUBSCRIPTION = "/api/events/out"
LISTENS_S = 12.0
"""Time enough to connect anew."""

WORDS = {"PENDING": "pending", "RUNNING": "processing"}


@dataclass
class Product:
    """Prefect and the API without a worker: a film stays in the state that it is put into."""

    stack: Stack
    relay: Relay
    task_id: str
    run_id: str

    def put(self, kind: str) -> float:
        """Change the state; when Prefect says that it did."""
        body = {"state": {"type": kind, "name": kind.capitalize()}, "force": True}
        address = f"{self.stack.prefect}/flow_runs/{self.run_id}/set_state"
        answer = call("POST", address, json=body)
        return datetime.fromisoformat(answer.json()["state"]["timestamp"]).timestamp()

    def age_of(self, kind: str) -> float:
        """How old the state was when the one before it was told for the last time."""
        since = self.put(kind)
        last = since
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            if self.stack.task(self.task_id)["status"] != WORDS[kind]:
                last = time.time()
            time.sleep(0.02)
        assert self.stack.task(self.task_id)["status"] == WORDS[kind]
        return last - since


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    stack = Stack(tmp_path_factory.mktemp("speed"))
    try:
        stack.start_deployed()
        with relaying(stack.prefect_port) as relay:
            stack.house.environment["PREFECT_API_URL"] = f"http://127.0.0.1:{relay.port}/api"
            stack.start_api()
            stack.log_in()
            task_id = stack.generate("多快才算快")
            run_id = until(lambda: stack.row(task_id)["run_id"], timeout_s=30)
            # No process holds it, which is what the reconciler would look for.
            with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as rows, rows:
                rows.execute("UPDATE videos SET pid = NULL WHERE id = ?", (task_id,))
            yield Product(stack, relay, task_id, run_id)
    finally:
        stack.house.stop()


def until_listening(product: Product) -> None:
    before = product.relay.paths[SUBSCRIPTION]
    until(lambda: product.relay.paths[SUBSCRIPTION] > before or before, timeout_s=LISTENS_S)
    time.sleep(2)


def test_a_change_is_told_within_a_second(product: Product) -> None:
    until_listening(product)

    assert max(product.age_of(kind) for kind in ("RUNNING", "PENDING", "RUNNING")) <= 1.0


def test_two_hundred_polls_cost_few_requests(product: Product) -> None:
    before = product.relay.requests
    for _ in range(200):
        product.stack.task(product.task_id)

    assert product.relay.requests - before <= 40


def test_a_change_is_told_within_a_second_when_the_subscription_falls_silent(product: Product) -> None:
    product.put("PENDING")
    product.relay.cut(SUBSCRIPTION)
    ages = [product.age_of(kind) for kind in ("RUNNING", "PENDING")]
    product.relay.mend()

    assert max(ages) <= 1.2  # a second, and a read of the busy server


def test_a_change_is_told_within_a_second_after_prefect_was_started_anew(product: Product, tmp_path: Path) -> None:
    before = product.relay.paths[SUBSCRIPTION]
    product.stack.kill("prefect")
    product.stack.start_prefect()
    right_after = product.age_of("RUNNING")
    until(lambda: product.relay.paths[SUBSCRIPTION] > before, timeout_s=LISTENS_S)
    time.sleep(2)

    assert right_after <= 1.2
    assert max(product.age_of(kind) for kind in ("PENDING", "RUNNING")) <= 1.0
