"""The ways to tell a film, described in the caller's language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from studio.settings import get_settings

EXPLAINER = {
    "name": "explainer",
    "title": "一分鐘搞懂",
    "description": "一個好問題，用一分鐘講清楚。",
    "duration": 45,
    "scene_seconds": 6.0,
    "aspects": ["9:16", "16:9", "1:1", "4:5"],
    "default_aspect": "9:16",
    "languages": ["en", "zh-TW"],
    "transition": "dissolve",
    "captions": "karaoke",
    "music_mood": "calm",
    "is_numbered": False,
    "fields": [],
}


def without_link(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "preview_url"}


def test_all_templates_are_listed(client: TestClient, bearer: dict[str, str]) -> None:
    answer = client.get("/templates", headers=bearer)
    items = answer.json()["data"]["items"]

    assert answer.status_code == 200
    assert [item["name"] for item in items] == ["explainer", "listicle", "news", "product", "quote", "story"]
    assert without_link(items[0]) == EXPLAINER
    assert [item["is_numbered"] for item in items] == [False, True, False, False, False, False]
    assert items[3]["fields"] == [{"name": "price", "default": ""}, {"name": "where", "default": ""}]


def test_each_shows_a_picture_of_itself_by_a_link_that_needs_no_login(
    client: TestClient, bearer: dict[str, str]
) -> None:
    items = client.get("/templates", headers=bearer).json()["data"]["items"]
    pictures = [client.get(item["preview_url"].removeprefix(get_settings().base_url)) for item in items]

    assert [(each.status_code, each.headers["content-type"]) for each in pictures] == [(200, "image/jpeg")] * 6
    assert len({each.content for each in pictures}) == 6


def test_an_own_template_is_listed_and_has_no_picture_before_it_is_drawn(
    client: TestClient, bearer: dict[str, str]
) -> None:
    folder = get_settings().own_templates
    folder.mkdir(parents=True, exist_ok=True)
    words = {"name": "Mine", "closing": "Bye.", "call_to_action": "Follow"}
    (folder / "mine.json").write_text(json.dumps({"id": "mine", "fields": {"guest": None}, "wording": {"en": words}}))
    try:
        shown = client.get("/templates/mine", headers=bearer).json()["data"]
        refused = client.post("/videos", json={"title": "Tides", "template": "mine"}, headers=bearer).json()
        made = client.post(
            "/videos",
            json={"title": "Tides", "template": "mine", "language": "en", "fields": {"guest": "Ada"}},
            headers=bearer,
        )
    finally:
        (folder / "mine.json").unlink()

    assert (shown["preview_url"], shown["languages"]) == (None, ["en"])
    assert [detail["field"] for detail in refused["error"]["details"]] == ["fields.guest"]
    assert made.status_code == 202


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"nothing": "x"}, "fields.nothing"), ({"price": "x" * 201}, "fields.price"), ({"price": 5}, "fields.price")],
)
def test_fields_that_do_not_fit_are_named(
    client: TestClient, bearer: dict[str, str], fields: dict[str, object], field: str
) -> None:
    answer = client.post("/videos", json={"title": "T", "template": "product", "fields": fields}, headers=bearer)

    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [field]


@pytest.mark.parametrize("name", ["explainer", "template_id", "default"])
def test_one_is_found_by_its_name_or_an_alias(client: TestClient, bearer: dict[str, str], name: str) -> None:
    assert client.get(f"/templates/{name}", headers=bearer).json()["data"].items() >= EXPLAINER.items()


def test_a_template_speaks_the_callers_language(client: TestClient, bearer: dict[str, str]) -> None:
    data = client.get("/templates/explainer", headers={**bearer, "Accept-Language": "en"}).json()["data"]

    assert (data["title"], data["description"]) == ("In a Minute", "One good question, explained in a minute.")


@pytest.mark.parametrize("name", ["nope", "..%2Fpyproject", "%00", "explainer.json"])
def test_an_unknown_template_is_not_found(client: TestClient, bearer: dict[str, str], name: str) -> None:
    answer = client.get(f"/templates/{name}", headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/templates", "/templates/explainer"])
def test_templates_need_a_login(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
