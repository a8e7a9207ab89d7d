"""What users ask models is in the ledger too, and held against the budgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from store.session import reading
from store.tables.purchases import Purchase
from store.tables.users import User
from studio.settings import get_settings
from tests.api.test_ai import chat, error, infer, said  # noqa: F401  (chat is a fixture)
from tests.support.chat import ChatServer


def ledger() -> list[Purchase]:
    with reading() as session:
        return list(session.exec(select(Purchase).order_by(Purchase.id)).all())


def test_an_answer_is_written_down_with_what_it_used_and_not_kept(
    client: TestClient,
    bearer: dict[str, str],
    user: User,
    chat: ChatServer,  # noqa: F811
) -> None:
    answers = [infer(client, bearer, **said("Why is the sea salty?")) for _ in range(2)]
    rows = ledger()
    usage = answers[0].json()["data"]["usage"]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [(row.state, row.owner_id, row.video_id, row.answer) for row in rows] == [
        ("settled", user.id, None, None)
    ] * 2
    assert rows[0].units == {name: float(amount) for name, amount in usage.items()}
    assert rows[0].cost == 0


def test_an_answer_that_never_came_cost_nothing(
    client: TestClient,
    bearer: dict[str, str],
    chat: ChatServer,  # noqa: F811
) -> None:
    chat.refuse(500)
    answer = infer(client, bearer, **said("Why is the sea salty?"))

    assert answer.status_code == 503
    assert [(row.state, row.cost) for row in ledger()] == [("failed", 0)]


@pytest.fixture
def no_money(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vendor that wants money, and none to give; it is never called."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-sent")
    monkeypatch.setenv("BUDGET_OWNER_USD", "0")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.usefixtures("no_money")
def test_beyond_the_budget_nothing_is_asked(client: TestClient, bearer: dict[str, str]) -> None:
    answer = infer(client, bearer, **said("Why is the sea salty?"))

    assert error(answer) == (503, "MODEL_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "600"
    assert ledger() == []


def test_the_embedded_writer_is_in_no_ledger(client: TestClient, bearer: dict[str, str]) -> None:
    infer(client, bearer, **said("The sea is salty. Rivers bring the salt."))

    assert ledger() == []
