"""Retries: only where the error says that trying again may help."""

from __future__ import annotations

from typing import Any, cast

import pytest
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Crashed, Failed
from prefect.tasks import Task

from store.session import DatabaseAway
from studio.errors import (
    BadInput,
    MediaError,
    ObjectMissing,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
    RenderFailed,
    UnknownName,
    UnreadableMedia,
    VideoSystemError,
)
from tasks import policy
from tasks.policy import FRESH, KEPT, LOCAL, PROVIDER, is_retryable, patient

BUSY = ProviderUnavailable("llm", "openai", "busy")


def is_tried_again(state: State[Any]) -> bool:
    return is_retryable(cast(Task[..., Any], None), cast(TaskRun, None), state)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (BUSY, True),
        (ProviderRejected("llm", "openai", "no"), False),
        (ProviderNotReady("llm", "openai", "no key"), False),
        (BadInput("no", field="title"), False),
        (UnknownName("x", field="template", known=["y"]), False),
        (UnreadableMedia("no"), False),
        (RenderFailed("no"), False),
        (MediaError("no"), False),
        (ObjectMissing("no"), False),
        (VideoSystemError("no"), False),
        (ValueError("no"), False),
        (ConnectionError("no"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_only_what_may_work_later_is_tried_again(error: Exception, again: bool) -> None:
    assert is_tried_again(Failed(data=error)) is again


@pytest.mark.parametrize("state", [Crashed(data=BUSY), Completed(data=BUSY)], ids=["crashed", "completed"])
def test_what_did_not_fail_is_not_tried_again(state: State[Any]) -> None:
    assert not is_tried_again(state)


def test_what_costs_money_is_kept_and_what_writes_the_record_is_done_every_time() -> None:
    assert [options["persist_result"] for options in (KEPT, PROVIDER, LOCAL, FRESH)] == [True, True, False, False]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits take no time, but the clock goes on by them."""
    waited: list[float] = []
    monkeypatch.setattr(policy.time, "sleep", waited.append)
    monkeypatch.setattr(policy.time, "monotonic", lambda: sum(waited))
    return waited


def test_a_film_waits_while_its_database_is_away(waits: list[float]) -> None:
    outcomes: list[Any] = [DatabaseAway("away"), DatabaseAway("away"), 7]

    def work() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return int(outcome)

    assert patient(work)() == 7
    assert waits == [policy.AGAIN_S] * 2


def test_a_database_that_does_not_come_back_is_given_up(waits: list[float]) -> None:
    def work() -> None:
        raise DatabaseAway("away")

    with pytest.raises(DatabaseAway):
        patient(work)()
    assert policy.OUTAGE_S <= sum(waits) <= policy.OUTAGE_S + 2 * policy.AGAIN_S


def test_what_is_our_fault_is_not_waited_out(waits: list[float]) -> None:
    def work() -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        patient(work)()
    assert waits == []
