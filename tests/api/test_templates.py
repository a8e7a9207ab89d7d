"""The ways to tell a film, described in the caller's language."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

EXPLAINER = {
    "name": "explainer",
    "title": "一分鐘搞懂",
    "description": "每天一個好問題，一分鐘說清楚",
    "duration": 45,
    "scene_seconds": 6.0,
    "aspects": ["9:16", "16:9", "1:1"],
    "default_aspect": "9:16",
    "languages": ["en", "zh-TW"],
    "transition": "dissolve",
    "music_mood": "calm",
    "is_numbered": False,
}


def test_all_templates_are_listed(client: TestClient, bearer: dict[str, str]) -> None:
    answer = client.get("/templates", headers=bearer)
    items = answer.json()["data"]["items"]

    assert answer.status_code == 200
    assert [item["name"] for item in items] == ["explainer", "listicle"]
    assert items[0] == EXPLAINER
    assert items[1]["is_numbered"]


@pytest.mark.parametrize("name", ["explainer", "template_id", "default"])
def test_one_is_found_by_its_name_or_an_alias(client: TestClient, bearer: dict[str, str], name: str) -> None:
    assert client.get(f"/templates/{name}", headers=bearer).json()["data"] == EXPLAINER


def test_a_template_speaks_the_callers_language(client: TestClient, bearer: dict[str, str]) -> None:
    data = client.get("/templates/explainer", headers={**bearer, "Accept-Language": "en"}).json()["data"]

    assert (data["title"], data["description"]) == ("In a Minute", "One good question, explained in a minute")


@pytest.mark.parametrize("name", ["nope", "..%2Fpyproject", "%00", "explainer.json"])
def test_an_unknown_template_is_not_found(client: TestClient, bearer: dict[str, str], name: str) -> None:
    answer = client.get(f"/templates/{name}", headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/templates", "/templates/explainer"])
def test_templates_need_a_login(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
