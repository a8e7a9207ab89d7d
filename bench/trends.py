"""
How fast `GET /trends/hot` answers from a store of years, and how long a scan takes to write down.

    python -m bench.trends [--json] [--observations N] [--database sqlite,postgresql]

PostgreSQL is real and gets N observations (ten millions), SQLite a tenth of them: five sources of two regions, a figure
a day for 400 days. Each place has a hundred scans with their rows. Calls vary platform, window, category and region; they
go over HTTP to a real API with one process, and to the repository without one. Meanwhile nobody else asks. A scan has
six sources of fifty keywords, half of them new, and sixty days of history for ten.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from sqlalchemy import text
from sqlmodel import Session, select

from api.security import new_api_key, token_hash
from store.migrate import migrate
from store.repos.keys import ApiKeys
from store.repos.scans import Scans
from store.repos.trends import Trends
from store.repos.users import Users
from store.session import engine, reading, transaction
from store.tables.base import new_id, utc_now
from store.tables.keys import ApiKey
from store.tables.trends import TrendSeries
from store.tables.users import User
from studio.models.trend import Abilities, Category, Headline, Platform, Point, Reading, Sighting, Window
from studio.settings import get_settings
from tests.store.postgres import server as postgres
from tests.support.stack import Stack

AIM_P99_MS = 50.0
AIM_WRITE_S = 1.0

OBSERVATIONS = 10_000_000
SQLITE_SHARE = 10
SOURCES, REGIONS, DAYS = 5, ("TW", "US"), 400
KEYWORDS = 50_000
OLD_SCANS = 100
CALLS = 600
WRITES = 12

ALL = tuple(Platform)
ABILITIES = {
    "source0": Abilities(does="finds", unit="searches", kind="flow", proxy_for=ALL, is_floor=True),
    "source1": Abilities(does="finds", unit="views", kind="level", native=(Platform.YOUTUBE,), proxy_for=ALL),
    "source2": Abilities(does="finds", unit="posts", kind="flow", proxy_for=ALL),
    "source3": Abilities(does="finds", unit="mentions", kind="flow", proxy_for=ALL),
    "source4": Abilities(does="measures", unit="articles", kind="flow", proxy_for=ALL),
    "source5": Abilities(does="measures", unit="index", kind="index", proxy_for=ALL),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="sqlite,postgresql", help="which, with a comma between")
    parser.add_argument("--observations", type=int, default=OBSERVATIONS, help="in PostgreSQL; SQLite gets a tenth")
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    words = parser.parse_args()
    found = {}
    for kind in words.database.split(","):
        share = SQLITE_SHARE if kind == "sqlite" else 1
        found[kind] = figures(kind, observations=words.observations // share)
        if not words.json:
            print(f"{kind}: {json.dumps(found[kind], indent=1)}", flush=True)
    passes = all(each["passes"] for each in found.values())
    if words.json:
        print(json.dumps({**found, "passes": passes}))
    sys.exit(0 if passes else 1)


def figures(kind: str, *, observations: int) -> dict[str, Any]:
    """Everything about one kind of database."""
    with tempfile.TemporaryDirectory() as folder, _database(kind, Path(folder)):
        began = time.monotonic()
        loaded = _load(kind, observations)
        load_s = time.monotonic() - began
        _add_scans()
        hot = _latencies(_ask_repository)
        with _api(Path(folder)) as ask:
            over_http = _latencies(ask)
        writes = [_write(number) for number in range(WRITES)]
        size = _size_mb(kind, Path(folder))
        prune_s = _prune()
    return {
        "observations": loaded,
        "load_s": round(load_s, 1),
        "size_mb": size,
        "hot_http": over_http,
        "hot_repository": hot,
        "write_s": {"median": round(statistics.median(writes), 3), "max": round(max(writes), 3)},
        "prune_s": round(prune_s, 2),
        "passes": over_http["p99_ms"] <= AIM_P99_MS and max(writes) <= AIM_WRITE_S,
    }


@contextmanager
def _database(kind: str, home: Path) -> Iterator[None]:
    """An empty one in its newest shape, which the whole process uses."""
    os.environ["VIDEO_SYSTEM_HOME"] = str(home)
    os.environ["DATABASE_URL"] = ""
    name = new_id("bench")
    if kind == "postgresql":
        _administer(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = postgres().get_uri(name)
    for memory in (get_settings, engine):
        memory.cache_clear()
    migrate()
    try:
        yield
    finally:
        engine().dispose()
        if kind == "postgresql":
            _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _administer(order: str) -> None:
    with psycopg.connect(postgres().get_uri(), autocommit=True) as connection:
        connection.execute(order)


def _load(kind: str, observations: int) -> int:
    """Keywords, series, days and figures, made by the database itself."""
    a_day = max(1, observations // (SOURCES * len(REGIONS) * DAYS))
    first = utc_now().date() - timedelta(days=DAYS)
    with transaction() as session:
        for number, region in itertools.product(range(SOURCES), REGIONS):
            able = ABILITIES[f"source{number}"]
            session.add(TrendSeries(source=f"source{number}", region=region, unit=able.unit, kind=able.kind))
        session.flush()
        for statement in _statements(kind, a_day=a_day, first=first):
            session.execute(text(statement))
        loaded = session.execute(text("SELECT count(*) FROM trend_observations")).scalar_one()
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return int(loaded)


def _statements(kind: str, *, a_day: int, first: date) -> Iterator[str]:
    numbers = (
        "generate_series(0, {most} - 1) AS {name}(n)"
        if kind == "postgresql"
        else "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {most}) SELECT n FROM c) AS {name}"
    )
    keywords, days, some = (
        numbers.format(most=most, name=name) for most, name in ((KEYWORDS, "k"), (DAYS + 1, "d"), (a_day, "o"))
    )
    day = f"DATE '{first}' + d.n" if kind == "postgresql" else f"date('{first}', '+' || d.n || ' days')"
    yield (
        "INSERT INTO trend_keywords (id, norm, display, language) "
        f"SELECT n + 1, 'known keyword ' || n, 'Known keyword ' || n, 'en' FROM {keywords}"
    )
    yield f"INSERT INTO trend_days (series_id, day) SELECT s.id, {day} FROM trend_series AS s, {days}"
    if kind == "postgresql":
        yield f"SELECT setval(pg_get_serial_sequence('trend_keywords', 'id'), {KEYWORDS})"
        # No look-up of series and keyword for each row, and no index that grows row by row.
        yield "SET LOCAL session_replication_role = replica"
        yield "DROP INDEX ix_trend_observations_keyword_id"
    # Every keyword comes back after some days, the first thousand every day or two.
    number = f"1 + ((o.n * 7919 + d.n * 104729 * (o.n % 2)) % {KEYWORDS})"
    yield (
        "INSERT INTO trend_observations (series_id, day, keyword_id, value) "
        f"SELECT s.id, {day}, {number}, 100 + o.n % 997 FROM trend_series AS s, {days.replace(str(DAYS + 1), str(DAYS))}, {some} "
        "WHERE true ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING"
    )
    if kind == "postgresql":
        yield "CREATE INDEX ix_trend_observations_keyword_id ON trend_observations (keyword_id)"


def _add_scans() -> None:
    """A real scan of every place, and its rows again under older ones."""
    for platform, region in itertools.product(Platform, REGIONS):
        scan_id = _scan(platform, region, number=0)
        with transaction() as session:
            for number in range(OLD_SCANS):
                old = Scans(session).add(platform=platform, region=region, language="en")
                old.state, old.keywords = "complete", 50
                old.finished_at = old.created_at = utc_now() - timedelta(hours=1 + number)
                session.add(old)
                session.flush()
                _copy_rows(session, scan_id, old.id)


def _copy_rows(session: Session, scan_id: str, to: str) -> None:
    columns = '"window", rank, keyword_id, category, "row"'
    copy = f"INSERT INTO trend_ranks (scan_id, {columns}) SELECT '{to}', {columns} FROM trend_ranks WHERE scan_id = '{scan_id}'"
    session.execute(text(copy))


def _scan(platform: Platform, region: str, *, number: int) -> str:
    with transaction() as session:
        scan = Scans(session).add(platform=platform, region=region, language="en")
        return Trends(session).record(scan, list(_readings(number)), ABILITIES, now=utc_now()).id


def _readings(number: int) -> Iterator[Reading]:
    """Six sources of fifty keywords, half of them new."""
    now = utc_now()
    words = ["earthquake", "concert", "playoff", "recipe", "election", "iphone", "museum", "bridge"]
    names = [f"known keyword {place * 7919 % KEYWORDS}" for place in range(100)]
    names += [f"{words[place % len(words)]} {number} {place}" for place in range(100)]
    for source, able in ABILITIES.items():
        chosen = random.Random(f"{source}{number}").sample(names, 50)
        yield Reading(
            source=source,
            state="ok",
            observed_at=now,
            sightings=tuple(
                Sighting(
                    keyword=name,
                    rank=None if able.does == "measures" else place,
                    value=1000.0 - place,
                    history=_history(place) if place <= 10 else (),
                    is_whole=place <= 10,
                    summary="What it is about. " * 5,
                    headlines=tuple(Headline(title=f"Headline {each} on {name}, at some length") for each in range(3)),
                )
                for place, name in enumerate(chosen, start=1)
            ),
        )


def _history(seed: int) -> tuple[Point, ...]:
    today = utc_now().date()
    return tuple(Point(day=today - timedelta(days=back), value=100 + (seed * back) % 50) for back in range(59, -1, -1))


def _write(number: int) -> float:
    began = time.monotonic()
    _scan(list(Platform)[number % 4], REGIONS[number % 2], number=number + 1)
    return time.monotonic() - began


def _prune() -> float:
    """What a day of housekeeping takes: the oldest day of every series goes."""
    began = time.monotonic()
    with transaction() as session:
        Trends(session).prune(now=utc_now(), kept_days=dict.fromkeys(ABILITIES, DAYS))
    return time.monotonic() - began


def _latencies(ask: Callable[[Mapping[str, str]], int]) -> dict[str, Any]:
    dice = random.Random(7)
    times, rows = [], 0
    for _ in range(CALLS):
        wanted = {
            "platform": dice.choice([*Platform, ""]),
            "time_range": dice.choice(list(Window)),
            "category": dice.choice([*[""] * len(Category), *Category]),
            "region": dice.choice(REGIONS),
        }
        began = time.monotonic()
        rows += ask({name: value for name, value in wanted.items() if value})
        times.append((time.monotonic() - began) * 1000)
    times.sort()
    return {
        "calls": CALLS,
        "rows": rows,
        "p50_ms": round(times[CALLS // 2], 2),
        "p99_ms": round(times[CALLS * 99 // 100], 2),
        "max_ms": round(times[-1], 2),
    }


def _ask_repository(wanted: Mapping[str, str]) -> int:
    platform, category = wanted.get("platform"), wanted.get("category")
    with reading() as session:
        found = Trends(session).hot(
            platform=Platform(platform) if platform else None,
            region=wanted["region"],
            window=Window(wanted["time_range"]),
            category=Category(category) if category else None,
            limit=20,
        )
    return len(found.rows)


@contextmanager
def _api(home: Path) -> Iterator[Callable[[Mapping[str, str]], int]]:
    """The API in a process of its own, and how it is asked over one connection."""
    key = _add_key()
    stack = Stack(home)
    stack.house.environment["DATABASE_URL"] = os.environ["DATABASE_URL"]
    stack.house.start(
        "api", sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(stack.api_port),
        "--no-access-log",
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {key}"}
    try:
        stack.house.await_url("api", f"{stack.api}/health/live")
        with httpx2.Client(base_url=stack.api, headers=headers, trust_env=False, timeout=30) as client:

            def ask(wanted: Mapping[str, str]) -> int:
                answer = client.get("/trends/hot", params=dict(wanted))
                assert answer.is_success, answer.text
                return len(answer.json()["data"]["trends"])

            for _ in range(20):
                ask({"time_range": "1d", "region": "TW"})
            yield ask
    finally:
        stack.house.stop()


def _add_key() -> str:
    key = new_api_key()
    with transaction() as session:
        user = Users(session).add(User(username="bench@example.com", email="a@example.com", password_hash="!"))
        row = ApiKey(user_id=user.id, name="bench", prefix=key[:16], key_hash=token_hash(key), scopes=["read"])
        ApiKeys(session, owner_id=user.id).add(row)
    return key


def _size_mb(kind: str, home: Path) -> float:
    if kind == "sqlite":
        return round(sum(file.stat().st_size for file in home.glob("video-system.db*")) / 1e6, 1)
    with reading() as session:
        return round(int(session.exec(select(text("pg_database_size(current_database())"))).one()) / 1e6, 1)


if __name__ == "__main__":
    main()
