"""What belongs to one user is not there for another, whatever the route."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from starlette.testclient import TestClient

import api
from api.app import create_app
from store.repos.videos import Videos
from store.session import transaction
from store.tables.users import User
from studio.models.brief import Brief
from tests.api.conftest import bearer_of

BY_SIGNATURE = {"/media/{key:path}"}
"""Opened by a signed link instead of an account: tests/api/test_media.py."""


def walked(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Every route of ours: an included router keeps its own."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from walked(route.original_router.routes)


def routes_with_an_id() -> list[tuple[str, str]]:
    """Method and path of every operation that takes an id from its address."""
    return [
        (method, route.path)
        for route in walked(create_app().routes)
        for method in sorted(route.methods)
        if "{" in route.path and route.path not in BY_SIGNATURE
    ]


def test_the_walk_sees_every_documented_path(home: Path) -> None:
    app = create_app()
    seen = {route.path.replace(":path", "") for route in walked(app.routes)}

    assert seen == set(app.openapi()["paths"])


def test_another_users_film_is_not_found_by_any_route(
    client: TestClient, user: User, account: Callable[[str], User]
) -> None:
    with transaction() as session:
        video = Videos(session, owner_id=user.id).add(Brief(title="潮汐"), owner_id=user.id)
    stranger = account("stranger@example.com")
    addresses = [(method, re.sub(r"\{.*?\}", video.id, path)) for method, path in routes_with_an_id()]
    mine = [client.request(*address, headers=bearer_of(user)).status_code for address in addresses]
    theirs = [client.request(*address, headers=bearer_of(stranger)) for address in addresses]

    assert len(addresses) >= 1
    assert 404 not in mine
    assert [answer.status_code for answer in theirs] == [404] * len(addresses)
    assert {answer.json()["error"]["code"] for answer in theirs} == {"NOT_FOUND"}


def test_no_route_with_an_id_answers_without_a_login(client: TestClient) -> None:
    answers = [client.request(method, re.sub(r"\{.*?\}", "task_1", path)) for method, path in routes_with_an_id()]

    assert [answer.status_code for answer in answers] == [401] * len(answers)


def test_routes_leave_every_query_to_the_repositories() -> None:
    sources = [path for path in Path(api.__file__).parent.rglob("*.py") if path.name != "readiness.py"]
    queries = re.compile(r"\bsession\.(get|exec|execute|scalars?|query|connection)\(|import .*\bselect\b")

    assert len(sources) > 10
    assert [path.name for path in sources if queries.search(path.read_text("utf-8"))] == []
