"""Is it up, and can it make films."""

from __future__ import annotations

from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from starlette.testclient import TestClient

from api.app import create_app
from store.session import engine
from studio.settings import get_settings
from tests.api.conftest import FakePrefect
from tests.support.stack import free_port


def test_the_process_is_live_whatever_is_missing(client: TestClient, prefect: FakePrefect) -> None:
    prefect.is_down = True

    assert client.get("/health/live").json()["data"] == {"status": "live"}


def test_with_everything_there_it_is_ready(client: TestClient) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": {"status": "ready"}, "message": "操作成功"}


@pytest.mark.parametrize("part", ["deployment", "worker"])
def test_what_prefect_lacks_is_named(client: TestClient, prefect: FakePrefect, part: str) -> None:
    prefect.missing = [part]
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["error"]["code"] == "NOT_READY"
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [part]


def test_a_prefect_server_that_is_not_there_is_named(home: Path) -> None:
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        answer = TestClient(create_app(), raise_server_exceptions=False).get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["error"]["details"] == [
        {
            "field": "prefect",
            "message": "the Prefect server does not answer; check PREFECT_API_URL",
            "type": "missing",
        }
    ]


def test_a_database_that_cannot_be_opened_is_named(
    client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{home}/no/such/folder/video-system.db")
    get_settings.cache_clear()
    engine.cache_clear()
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["database"]


@pytest.mark.parametrize("url", ["file:///dev/null/objects", "s3://bucket"])
def test_a_store_that_cannot_be_written_is_named(client: TestClient, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("STORAGE_URL", url)
    get_settings.cache_clear()
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["storage"]
