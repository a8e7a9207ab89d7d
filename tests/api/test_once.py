"""A request with an Idempotency-Key is done once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from store.repos import answers
from store.session import reading, transaction
from store.tables import KeptAnswer, User, Video
from tests.api.conftest import FakePrefect, bearer_of


def ask(client: TestClient, headers: dict[str, str], key: str = "once", **body: Any) -> Any:
    return client.post("/video/generate", json={"title": "潮汐", **body}, headers={**headers, "Idempotency-Key": key})


def films() -> int:
    with reading() as session:
        return len(session.exec(select(Video)).all())


def test_thirty_at_once_make_one_film(client: TestClient, bearer: dict[str, str], prefect: FakePrefect) -> None:
    with ThreadPoolExecutor(30) as pool:
        made = list(pool.map(lambda _: ask(client, bearer), range(30)))

    assert {answer.status_code for answer in made} == {202}
    assert len({answer.text for answer in made}) == 1
    assert Counter(answer.headers.get("Idempotent-Replayed") for answer in made) == {None: 1, "true": 29}
    assert films() == 1
    assert len(prefect.started) == 1


def test_the_same_key_with_another_request_is_refused(client: TestClient, bearer: dict[str, str]) -> None:
    ask(client, bearer)
    other = ask(client, bearer, description="別的")

    assert (other.status_code, other.json()["error"]["code"]) == (400, "IDEMPOTENCY_KEY_REUSED")
    assert films() == 1


def test_a_refused_request_leaves_its_key_free(client: TestClient, bearer: dict[str, str]) -> None:
    refused = ask(client, bearer, template="nothing of that name")
    made = ask(client, bearer)

    assert (refused.status_code, made.status_code) == (400, 202)
    assert "Idempotent-Replayed" not in made.headers


def test_keys_of_two_accounts_do_not_meet(client: TestClient, user: User, account: Callable[[str], User]) -> None:
    mine, theirs = (ask(client, bearer_of(owner)) for owner in (user, account("other@example.com")))

    assert mine.json()["data"]["task_id"] != theirs.json()["data"]["task_id"]


def test_after_a_day_a_key_is_free_again(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(client, bearer)
    now = answers.utc_now()
    monkeypatch.setattr(answers, "utc_now", lambda: now + timedelta(hours=25))
    second = ask(client, bearer)
    with transaction() as session:
        kept = session.exec(select(KeptAnswer)).all()

    assert first.json()["data"]["task_id"] != second.json()["data"]["task_id"]
    assert len(kept) == 1


@pytest.mark.parametrize("key", ["x" * 256, "two words", "\x7f"])
def test_a_key_that_is_none_is_named(client: TestClient, bearer: dict[str, str], key: str) -> None:
    answer = ask(client, bearer, key=key)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "Idempotency-Key"
