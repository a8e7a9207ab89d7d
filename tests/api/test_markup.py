"""Markup in somebody's text is text."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

MARKUP = "<script>alert(1)</script> & \"潮汐\" '{{7*7}}'"


@pytest.mark.parametrize("path", ["/videos", "/video/generate"])
def test_a_title_with_markup_comes_back_as_data(client: TestClient, bearer: dict[str, str], path: str) -> None:
    made = client.post(path, json={"title": MARKUP}, headers=bearer).json()["data"]
    shown = client.get(f"/videos/{made.get('id') or made['task_id']}", headers=bearer)
    listed = client.get("/videos", headers=bearer)

    assert shown.json()["data"]["title"] == MARKUP
    assert [item["title"] for item in listed.json()["data"]["items"]] == [MARKUP]
    for answer in (shown, listed):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
