"""
How fast the API says how far films are, and how old what it says is.

    python -m bench.api [--database sqlite,postgresql] [--seconds 8] [--json]

A real Prefect server with 1,000 flow runs, a database with the 1,000 films of 20 owners, and the API in two processes.
50 of the films are in the making. A client in a process of its own asks for random films over 16 and then over 64
connections; all of it shares the machine's cores, of which the client takes 0.02 of one at 500 polls a second. Between API and Prefect
stands a relay that counts requests and falls silent when told to.

The age of a state is the time from its timestamp in Prefect to the last answer, of any process, with the state before.
It is measured with the subscription, across its silent end, and after that.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import psutil
from sqlmodel import Session

from api.security import new_api_key, token_hash
from store.migrate import migrate
from store.repos.keys import ApiKeys
from store.repos.users import Users
from store.session import engine, transaction
from store.tables.base import utc_now
from store.tables.keys import ApiKey
from store.tables.users import User
from store.tables.videos import Video
from studio.settings import PROJECT, get_settings
from tests.store.postgres import server as postgres
from tests.support.relay import Relay, relaying
from tests.support.stack import Stack, until

AIM_POLLS = 800
AIM_P99_MS = 100
AIM_AGE_S = 1.0
AIM_REQUESTS = 0.1
"""Requests to Prefect for each poll: well under one."""

OWNERS = 20
FILMS = 1000
RUNNING = 50
CONNECTIONS = (16, 64)
SUBSCRIPTION = "/api/events/out"
PROCESSES = 2
WATCHERS, MOST_WATCHERS = 6, 40
LOOK_EVERY_S = 0.06
SETTLED_S = 1.8
"""After this long every watcher has seen a new state, or something is broken."""


@dataclass(frozen=True)
class Film:
    """A film to ask for, and with which key; the run is named where it goes on."""

    id: str
    key: str
    run_id: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="sqlite,postgresql", help="which, with a comma between")
    parser.add_argument("--seconds", type=float, default=8, help="how long each round of polls takes")
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    words = parser.parse_args()
    found = {}
    for kind in words.database.split(","):
        found[kind] = figures(kind, seconds=words.seconds)
        if not words.json:
            print(f"{kind}: {json.dumps(found[kind], indent=1)}", flush=True)
    passes = all(each["passes"] for each in found.values())
    if words.json:
        print(json.dumps({**found, "passes": passes}))
    sys.exit(0 if passes else 1)


def figures(kind: str, *, seconds: float) -> dict[str, Any]:
    """Everything about one kind of database."""
    with tempfile.TemporaryDirectory() as folder, _api(Path(folder), kind) as (stack, relay, films):
        rounds = [_round(stack, relay, films, connections, seconds) for connections in CONNECTIONS]
        ages = _ages(stack, relay, films)
    passes = (
        all(each["polls_a_second"] >= AIM_POLLS and each["p99_ms"] <= AIM_P99_MS for each in rounds)
        and all(each["prefect_requests_a_poll"] <= AIM_REQUESTS and not each["refused"] for each in rounds)
        and all(each["max_s"] <= AIM_AGE_S for each in ages.values())
    )
    return {"rounds": rounds, "age_of_states": ages, "passes": passes}


def _round(stack: Stack, relay: Relay, films: list[Film], connections: int, seconds: float) -> dict[str, Any]:
    order = {
        "port": stack.api_port,
        "connections": connections,
        "seconds": seconds,
        # An owner's keys have ten thousand requests an hour; the first owner's are for the watchers.
        "requests": [_request(film) for film in films if film.key != films[0].key],
    }
    before = relay.requests
    client = subprocess.Popen(
        [sys.executable, "-m", "bench.poller"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdin
    client.stdin.write(json.dumps(order))
    client.stdin.close()
    client.stdin = None
    time.sleep(1)
    split = _connections_of_processes(stack)
    output, _ = client.communicate()
    found: dict[str, Any] = json.loads(output)
    requests = relay.requests - before
    print(found, file=sys.stderr, flush=True)
    return {
        **found,
        "split": split,
        "prefect_requests": requests,
        "prefect_requests_a_poll": round(requests / found["polls"], 4),
    }


def _request(film: Film) -> str:
    return (
        f"GET /video/task/{film.id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {film.key}\r\n"
        "Accept: application/json\r\nUser-Agent: bench\r\n\r\n"
    )


def _connections_of_processes(stack: Stack) -> list[int]:
    workers = psutil.Process(stack.house.children["api"].pid).children(recursive=True)
    counts = [
        sum(link.status == "ESTABLISHED" and link.laddr.port == stack.api_port for link in worker.net_connections())
        for worker in workers
    ]
    return [count for count in counts if count]


def _ages(stack: Stack, relay: Relay, films: list[Film]) -> dict[str, Any]:
    film = films[0]
    with _watching(stack, film) as seen:
        time.sleep(2)
        listening = [_age(stack, film, seen, number) for number in range(8)]
        when_cut = []
        for number in range(4):
            relay.cut(SUBSCRIPTION)
            when_cut.append(_age(stack, film, seen, number))
            relay.mend()
            time.sleep(5)
        relay.cut(SUBSCRIPTION)
        time.sleep(2)
        without = [_age(stack, film, seen, number) for number in range(6)]
        relay.mend()
    return {"listening": _summary(listening), "when_cut": _summary(when_cut), "without": _summary(without)}


def _summary(ages: list[float]) -> dict[str, float]:
    return {"median_s": round(statistics.median(ages), 3), "max_s": round(max(ages), 3)}


def _age(stack: Stack, film: Film, seen: list[tuple[float, str]], number: int) -> float:
    """Change the state; how old it is when the state before is answered for the last time."""
    kind, name, word = (("PENDING", "Pending", "pending"), ("RUNNING", "Running", "processing"))[number % 2]
    time.sleep(random.uniform(0.3, 1.3))
    answer = _post(stack, f"flow_runs/{film.run_id}/set_state", {"state": {"type": kind, "name": name}, "force": True})
    since = datetime.fromisoformat(answer["state"]["timestamp"]).timestamp()
    time.sleep(SETTLED_S)
    assert seen[-1][0] > since + 1, "nobody looks any more"
    assert seen[-1][1] == word, seen[-1]
    return max((at for at, status in seen if at > since and status != word), default=since) - since


@contextmanager
def _watching(stack: Stack, film: Film) -> Iterator[list[tuple[float, str]]]:
    """When which status was answered, over connections to all processes."""
    seen: list[tuple[float, str]] = []
    stop = threading.Event()

    def watch() -> None:
        headers = {"Authorization": f"Bearer {film.key}"}
        with httpx2.Client(base_url=stack.api, headers=headers, trust_env=False, timeout=30) as client:
            while not stop.wait(LOOK_EVERY_S):
                answer = client.get(f"/video/task/{film.id}")
                seen.append((time.time(), answer.json().get("data", {}).get("status", answer.text)))

    watchers: list[threading.Thread] = []
    try:
        # The kernel decides which process a connection goes to.
        while len(watchers) < WATCHERS or len(_connections_of_processes(stack)) < PROCESSES:
            assert len(watchers) < MOST_WATCHERS, "a process takes no connections"
            watchers.append(threading.Thread(target=watch))
            watchers[-1].start()
            time.sleep(0.1)
        yield seen
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


@contextmanager
def _api(home: Path, kind: str) -> Iterator[tuple[Stack, Relay, list[Film]]]:
    """Prefect and the API in processes, with films."""
    stack = Stack(home)
    with ExitStack() as ends:
        ends.callback(stack.house.stop)
        stack.start_prefect()
        relay = ends.enter_context(relaying(stack.prefect_port))
        address = {"PREFECT_API_URL": f"http://127.0.0.1:{relay.port}/api"}
        if kind == "postgresql":
            address["DATABASE_URL"] = postgres().get_uri()
        stack.house.environment.update(address)
        films = _write_down(_start_runs(stack), home=home, database_url=address.get("DATABASE_URL", ""))
        stack.house.start(
            "api", sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(stack.api_port),
            "--no-access-log", "--workers", str(PROCESSES),
        )  # fmt: skip
        stack.house.await_url("api", f"{stack.api}/health/live")
        time.sleep(3)
        yield stack, relay, films


def _start_runs(stack: Stack) -> list[str]:
    """As many flow runs as films; the first are in the making."""
    flow_id = _post(stack, "flows/", {"name": "generate-video"})["id"]

    def start(number: int) -> str:
        kind = "RUNNING" if number < RUNNING else "COMPLETED"
        order = {"flow_id": flow_id, "state": {"type": kind, "name": kind.capitalize()}}
        return str(_post(stack, "flow_runs/", order)["id"])

    with ThreadPoolExecutor(1) as pool:
        return list(pool.map(start, range(FILMS)))


def _post(stack: Stack, path: str, body: dict[str, Any]) -> Any:
    """What Prefect answers, past the relay; asked again while its SQLite is busy."""

    def ask() -> list[Any] | None:
        try:
            answer = httpx2.post(f"{stack.prefect}/{path}", json=body, timeout=10, trust_env=False)
        except httpx2.TimeoutException:
            return None
        return [answer.json()] if answer.is_success else None

    (found,) = until(ask, timeout_s=60) or [None]
    return found


def _write_down(run_ids: list[str], *, home: Path, database_url: str) -> list[Film]:
    """A film for each run, with rows as large as those of real films."""
    os.environ["VIDEO_SYSTEM_HOME"] = str(home)
    os.environ["DATABASE_URL"] = database_url
    for memory in (get_settings, engine):
        memory.cache_clear()
    migrate()
    films = []
    with transaction() as session:
        keys = [_add_owner(session, number) for number in range(OWNERS)]
        for number, run_id in enumerate(run_ids):
            owner_id, key = keys[number % OWNERS]
            video = Video(owner_id=owner_id, title=f"潮汐{number}", run_id=run_id, **BRIEF)
            for name, value in (MAKING if number < RUNNING else FINISHED).items():
                setattr(video, name, value)
            session.add(video)
            films.append(Film(video.id, key, run_id if number < RUNNING else ""))
    engine().dispose()
    return films


def _add_owner(session: Session, number: int) -> tuple[str, str]:
    user = Users(session).add(User(username=f"owner{number}@example.com", email="a@example.com", password_hash="!"))
    text = new_api_key()
    row = ApiKey(user_id=user.id, name="bench", prefix=text[:16], key_hash=token_hash(text), scopes=["read"])
    ApiKeys(session, owner_id=user.id).add(row)
    return user.id, text


def _file(kind: str, media_type: str, size: int) -> dict[str, Any]:
    return {"key": f"sha256/e9/{'e9' * 32}.bin", "kind": kind, "media_type": media_type, "size": size, "credit": None}


BRIEF = {"brief": {"title": "潮汐", "description": "月亮的引力拉著海水。" * 30, "template": "explainer"}}
MAKING = {"stage": "render", "progress": 40, "script": {"scenes": ["海水會慢慢漲上來。" * 20] * 4}}
FINISHED = {
    **MAKING,
    "stage": "done",
    "progress": 100,
    "announced": "completed",
    "completed_at": utc_now(),
    "timeline": {"clips": [{"start": 0.5, "end": 2.5, "layer": "picture", "words": ["海水"] * 30}] * 30},
    "rendition": {
        "video": _file("video", "video/mp4", 1_514_051),
        "poster": _file("image", "image/jpeg", 40_650),
        "srt": _file("text", "application/x-subrip", 581),
        "vtt": _file("text", "text/vtt", 573),
        **{"width": 540, "height": 960, "frames": 663, "duration": 22.1, "loudness": {"lufs": -14.0, "dbtp": -2.0}},
        "credits": [{"title": "Kokoro-82M", "author": "hexgrad", "licence": "Apache-2.0", "url": ""}] * 5,
    },
}
"""A finished film as the store has it: a timeline of some kilobytes is most of it."""


if __name__ == "__main__":
    main()
