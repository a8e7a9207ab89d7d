"""What belongs to one user is not there for another, whatever the route."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

import api
from api import keys
from api.once import Once
from api.schemas.keys import MakeApiKey
from store.repos.assets import Assets
from store.repos.publications import Publications
from store.repos.social import SocialAccounts
from store.repos.videos import Videos
from store.repos.webhooks import WebhookDeliveries, WebhookEndpoints
from store.session import transaction
from store.tables.assets import StoredAsset
from store.tables.base import utc_now
from store.tables.social import Publication
from store.tables.users import User
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint
from studio.models.brief import Brief
from studio.models.publication import Grant, Target, Token
from tests.api.conftest import bearer_of, the_app

BY_SIGNATURE = {"/media/{key:path}", "/social/callback/{platform}"}
"""Opened by a signed link, or a state that was given out, instead of an account: test_media.py and test_social.py."""


OF_NOBODY = {
    "/templates/{name}",
    "/voices/{voice_id:path}",
    "/voices/{voice_id:path}/sample",
    "/trends/keywords/{keyword}",
    "/trends/scans/{scan_id}",
    "/social/accounts/{platform}/connect",
}
"""The same for every account: tests/api/test_templates.py, test_voices.py, test_trends.py and test_social.py."""


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
        for route in walked(the_app().routes)
        for method in sorted(route.methods)
        if "{" in route.path and route.path not in BY_SIGNATURE | OF_NOBODY
    ]


def test_the_walk_sees_every_documented_path(document: dict[str, Any]) -> None:
    seen = {route.path.replace(":path", "") for route in walked(the_app().routes)}

    assert seen == set(document["paths"])


def a_film(owner: User) -> str:
    """One that is over: the events of another would go on for ever."""
    with transaction() as session:
        videos = Videos(session, owner_id=owner.id)
        video_id = videos.add(Brief(title="潮汐"), owner_id=owner.id).id
        videos.change(video_id, completed_at=utc_now(), error_code="RENDER_FAILED")
        return video_id


def a_key(owner: User) -> str:
    order = MakeApiKey(name="laptop")
    return keys.make_key(order, owner=owner, once=Once(key=None, fingerprint="")).id


def an_asset(owner: User) -> str:
    with transaction() as session:
        row = StoredAsset(
            owner_id=owner.id, key=f"sha256/ab/ab{'0' * 62}.png", filename="a.png", kind="image",
            media_type="image/png", size=1,
        )  # fmt: skip
        return Assets(session, owner_id=owner.id).add(row).id


def an_endpoint(owner: User) -> str:
    with transaction() as session:
        row = WebhookEndpoint(owner_id=owner.id, url="https://hook.example/", events=["video.failed"])
        return WebhookEndpoints(session, owner_id=owner.id).add(row).id


def a_delivery(owner: User) -> str:
    with transaction() as session:
        row = WebhookDelivery(owner_id=owner.id, url="https://hook.example/", event="video.failed", content={})
        return WebhookDeliveries(session, owner_id=owner.id).add(row).id


def a_social_account(owner: User) -> str:
    grant = Grant(remote_id="UC1", name="Tides", token=Token(access="a"))
    with transaction() as session:
        return SocialAccounts(session, owner_id=owner.id).keep(Target.YOUTUBE, grant).id


def a_publication(owner: User) -> str:
    with transaction() as session:
        row = Publication(owner_id=owner.id, platform="folder", post={"title": "潮汐"}, state="failed")
        return Publications(session, owner_id=owner.id).add(row).id


OWNED: dict[str, Callable[[User], str]] = {
    "/video": a_film,
    "/api-keys": a_key,
    "/assets": an_asset,
    "/webhooks": an_endpoint,
    "/webhook-deliveries": a_delivery,
    "/social/accounts": a_social_account,
    "/social/publications": a_publication,
}
"""What the id in an address is of, by how the address begins; the longest beginning counts."""

BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/videos/{video_id}"): {},
    ("PUT", "/videos/{video_id}/script"): {"scenes": [{"narration": "潮汐"}]},
    ("PUT", "/videos/{video_id}/scenes/{number}/shot"): {"drawn": True},
    ("POST", "/api-keys/{key_id}/rotate"): {},
    ("PATCH", "/webhooks/{webhook_id}"): {},
    ("POST", "/webhooks/{webhook_id}/rotate"): {},
    ("POST", "/social/publications/{publication_id}/reschedule"): {"scheduled_at": "2030-01-01T00:00:00Z"},
}
"""Bodies of the operations that need one: a wrong body is told before anything is looked up."""


def address_of(path: str, owner: User) -> str:
    beginning = max((prefix for prefix in OWNED if path.startswith(prefix)), key=len)
    return re.sub(r"\{.*?\}", OWNED[beginning](owner), path.replace("{number}", "1"))


@pytest.mark.parametrize(("method", "path"), routes_with_an_id())
def test_what_is_another_users_is_not_found_by_any_route(
    client: TestClient, user: User, account: Callable[[str], User], method: str, path: str
) -> None:
    address, body = address_of(path, user), BODIES.get((method, path))
    theirs = client.request(method, address, json=body, headers=bearer_of(account("stranger@example.com")))
    mine = client.request(method, address, json=body, headers=bearer_of(user), follow_redirects=False)

    assert (theirs.status_code, theirs.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert mine.status_code not in (400, 404), mine.text


def test_no_route_with_an_id_answers_without_a_login(client: TestClient) -> None:
    answers = [
        client.request(
            method, re.sub(r"\{.*?\}", "task_1", path.replace("{number}", "1")), json=BODIES.get((method, path))
        )
        for method, path in routes_with_an_id()
    ]

    assert [answer.status_code for answer in answers] == [401] * len(answers)


def test_routes_leave_every_query_to_the_repositories() -> None:
    sources = [path for path in Path(api.__file__).parent.rglob("*.py") if path.name != "readiness.py"]
    queries = re.compile(r"\bsession\.(get|exec|execute|scalars?|query|connection)\(|import .*\bselect\b")

    assert len(sources) > 10
    assert [path.name for path in sources if queries.search(path.read_text("utf-8"))] == []
