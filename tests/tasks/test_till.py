"""Nothing is bought twice, nothing beyond a budget, and a provider that fails is left alone for a while."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest
from sqlmodel import select

from store.repos.purchases import Breakers, Purchases
from store.session import engine, reading, transaction
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from studio.errors import (
    BadInput,
    OverBudget,
    OverLimit,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
    VideoSystemError,
)
from studio.providers.till import Quote, Receipt, call_key
from studio.settings import get_settings
from tasks import policy
from tasks.lease import this_process
from tasks.till import LedgerTill
from tests.store.conftest import database, migrated  # noqa: F401  (fixtures)

pytestmark = pytest.mark.usefixtures("migrated")

TILL = LedgerTill("task_1", "user_1")
GPT = Quote("llm", "openai", "gpt-5-mini", call_key("a"), {"input_tokens": 1_000, "output_tokens": 2_000})


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "AGAIN_AFTER_S", 0.0)


def receipt(answer: str = "script", **units: float) -> Receipt:
    return Receipt(answer, units or {"input_tokens": 1_000, "output_tokens": 1_000})


def never() -> Receipt:
    raise AssertionError("called")


def failing(error: VideoSystemError) -> Callable[[], Receipt]:
    def call() -> Receipt:
        raise error

    return call


def ledger() -> list[Purchase]:
    with reading() as session:
        return list(session.exec(select(Purchase).order_by(Purchase.id)).all())


def test_an_answer_is_bought_once_and_its_cost_is_written_down() -> None:
    first = TILL.buy(GPT, receipt)
    again = LedgerTill("task_2", "user_2").buy(GPT, never)
    (row,) = ledger()

    assert (first, again) == ("script", "script")
    assert (row.state, row.video_id, row.owner_id) == ("settled", "task_1", "user_1")
    assert row.units == {"input_tokens": 1_000, "output_tokens": 1_000}
    assert row.cost == 250 + 2_000


def test_the_row_is_there_before_the_call_is_made() -> None:
    seen: list[tuple[str, int | None]] = []

    def call() -> Receipt:
        seen.extend((row.state, row.cost) for row in ledger())
        return receipt()

    TILL.buy(GPT, call)

    assert seen == [("reserved", 250 + 4_000)]


def test_a_call_that_failed_costs_nothing_and_may_be_made_again() -> None:
    with pytest.raises(ProviderRejected):
        TILL.buy(GPT, failing(ProviderRejected("llm", "openai", "no")))
    answer = TILL.buy(GPT, receipt)

    assert answer == "script"
    assert [(row.state, row.cost, row.error_code) for row in ledger()] == [
        ("failed", 0, "PROVIDER_REJECTED"),
        ("settled", 2_250, None),
    ]


def test_an_answer_that_is_out_of_date_is_asked_for_again() -> None:
    stale = Quote("footage", "pexels", "", call_key("q"), {"requests": 1}, fresh_s=0.0)
    TILL.buy(stale, lambda: Receipt(["old"], {"requests": 1}))

    assert TILL.buy(stale, lambda: Receipt(["new"], {"requests": 1})) == ["new"]


def test_two_who_want_the_same_at_once_buy_it_once() -> None:
    answers, calls = [], []

    def call() -> Receipt:
        calls.append(1)
        time.sleep(0.3)
        return receipt()

    threads = [threading.Thread(target=lambda: answers.append(TILL.buy(GPT, call))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["script"] * 4
    assert len(calls) == 1


SHARED = Quote("tts", "elevenlabs", "m", call_key("shared"), {"characters": 5})


def buy_for(seconds: float, said: Connection) -> None:
    """In a process of its own, which has nothing open that belongs to the one it came from."""
    this_process.cache_clear()
    engine.cache_clear()

    def call() -> Receipt:
        said.send("calling")
        time.sleep(seconds)
        return Receipt("theirs", {"characters": 5})

    said.send(LedgerTill("task_9", None).buy(SHARED, call))


@contextmanager
def buyer(seconds: float) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that is buying, and what it says."""
    forked = multiprocessing.get_context("fork")
    heard, said = forked.Pipe(duplex=False)
    engine().dispose()
    process = forked.Process(target=buy_for, args=(seconds, said), daemon=True)
    process.start()
    said.close()
    try:
        assert heard.recv() == "calling"
        yield process, heard
    finally:
        process.kill()
        process.join()


def test_what_another_process_is_buying_is_waited_for() -> None:
    with buyer(1.0) as (process, heard):
        mine = TILL.buy(SHARED, never)
        theirs = heard.recv()
        process.join()

    assert (mine, theirs) == ("theirs", "theirs")


def test_who_dies_while_buying_holds_up_nobody_and_its_cost_still_counts() -> None:
    with buyer(60.0) as (process, _):
        process.kill()
        process.join()
    started = time.monotonic()
    mine = TILL.buy(SHARED, lambda: Receipt("mine", {"characters": 5}))

    assert mine == "mine"
    assert time.monotonic() - started < 5
    assert [row.state for row in ledger()] == ["lost", "settled"]


def test_a_reservation_of_another_machine_is_taken_over_when_its_time_is_up() -> None:
    with transaction() as session:
        holder = {"host": "elsewhere", "pid": 1, "pid_started": 1.0}
        Purchases(session).reserve(
            SHARED, cost=3, owner_id=None, video_id=None, holder=holder, lease=timedelta(seconds=0.8)
        )

    assert TILL.buy(SHARED, lambda: Receipt("mine", {"characters": 5})) == "mine"
    assert (ledger()[0].state, ledger()[0].cost) == ("lost", 3)


@pytest.mark.parametrize("end", [KeyboardInterrupt, ZeroDivisionError])
def test_a_call_that_is_ended_from_outside_or_breaks_in_our_hands_may_have_been_paid(end: type[BaseException]) -> None:
    def call() -> Receipt:
        raise end

    with pytest.raises(end):
        TILL.buy(GPT, call)

    assert [(row.state, row.cost) for row in ledger()] == [("lost", 4_250)]


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    def set_to(name: str, dollars: str) -> None:
        monkeypatch.setenv(name, dollars)
        get_settings.cache_clear()

    return set_to


def other(letter: str) -> Quote:
    return Quote("llm", "openai", "gpt-5-mini", call_key(letter), {"input_tokens": 1_000, "output_tokens": 2_000})


@pytest.mark.parametrize("name", ["BUDGET_FILM_USD", "BUDGET_OWNER_USD", "BUDGET_DAY_USD"])
def test_a_call_that_may_cost_more_than_a_budget_has_left_is_not_made(
    name: str, budget: Callable[[str, str], None]
) -> None:
    budget(name, "0.0060")
    TILL.buy(GPT, receipt)
    with pytest.raises(OverBudget, match=rf"may cost \$0.0043, and {name} has \$0.0037 left"):
        TILL.buy(other("b"), never)

    assert len(ledger()) == 1


def test_budgets_are_of_the_film_and_of_the_owner(budget: Callable[[str, str], None]) -> None:
    budget("BUDGET_FILM_USD", "0.0060")
    TILL.buy(GPT, receipt)
    LedgerTill("task_2", "user_1").buy(other("b"), receipt)
    budget("BUDGET_OWNER_USD", "0.0060")

    with pytest.raises(OverBudget, match="BUDGET_OWNER_USD"):
        LedgerTill("task_3", "user_1").buy(other("c"), never)
    assert LedgerTill("task_4", "user_2").buy(other("d"), receipt) == "script"


def test_calls_in_the_making_count_for_the_budget(budget: Callable[[str, str], None]) -> None:
    budget("BUDGET_DAY_USD", "0.0060")

    def call() -> Receipt:
        with pytest.raises(OverBudget):
            LedgerTill("task_2", "user_2").buy(other("b"), never)
        return receipt()

    TILL.buy(GPT, call)


def test_without_a_price_nothing_is_bought_on_a_budget(budget: Callable[[str, str], None]) -> None:
    unknown = Quote("llm", "openai", "model-nobody-knows", call_key("u"), {"input_tokens": 5})
    TILL.buy(unknown, receipt)
    budget("BUDGET_DAY_USD", "5")
    with pytest.raises(OverBudget, match=r"no price is known for 'model-nobody-knows'.*PRICES"):
        TILL.buy(Quote("llm", "openai", "model-nobody-knows", call_key("v"), {"input_tokens": 5}), never)

    assert ledger()[0].cost is None


def test_what_runs_here_costs_nothing_and_needs_no_price(budget: Callable[[str, str], None]) -> None:
    budget("BUDGET_DAY_USD", "0")
    local = Quote("llm", "ollama", "m", call_key("l"), {"input_tokens": 9}, address="http://127.0.0.1:11434/v1")

    assert TILL.buy(local, receipt) == "script"
    assert ledger()[0].cost == 0


def test_a_price_list_of_ones_own_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text('{"elevenlabs/*": {"characters": 100}, "openai/gpt-5-mini": {"requests": 7}}')
    monkeypatch.setenv("PRICES", str(tmp_path / "prices.json"))
    TILL.buy(SHARED, lambda: Receipt("said", {"characters": 50}))
    TILL.buy(GPT, lambda: Receipt("said", {"requests": 2, "input_tokens": 1_000}))

    assert [row.cost for row in ledger()] == [5_000, 14]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON"),
        ('{"a/b": {"tokens": 1}}', "a/b → tokens"),
        ('{"a/b": {"images": "dear"}}', "a/b → images"),
    ],
)
def test_a_price_list_with_a_mistake_is_an_error_that_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "prices.json").write_text(text)
    monkeypatch.setenv("PRICES", str(tmp_path / "prices.json"))
    with pytest.raises(BadInput, match=message):
        TILL.buy(GPT, never)


DOWN = ProviderUnavailable("llm", "openai", "it answered 500")


def fail(times: int) -> None:
    for number in range(times):
        with pytest.raises(ProviderUnavailable):
            TILL.buy(other(f"fail {number} {time.monotonic()}"), failing(DOWN))


def test_a_provider_that_fails_in_a_row_is_left_alone() -> None:
    fail(policy.FAILURES)
    with pytest.raises(ProviderUnavailable, match="left alone for"):
        TILL.buy(GPT, never)


def test_a_success_between_failures_is_the_end_of_the_row() -> None:
    fail(policy.FAILURES - 1)
    TILL.buy(GPT, receipt)
    fail(policy.FAILURES - 1)

    assert TILL.buy(other("again"), receipt) == "script"


def test_after_the_pause_one_call_is_the_trial() -> None:
    fail(policy.FAILURES)
    with transaction() as session:
        Breakers(session).note_failure("llm/openai", most=1, pause=timedelta(seconds=-1))

    def call() -> Receipt:
        with pytest.raises(ProviderUnavailable, match="left alone"):
            TILL.buy(other("meanwhile"), never)
        return receipt()

    assert TILL.buy(GPT, call) == "script"
    assert TILL.buy(other("afterwards"), receipt) == "script"


def after(error: VideoSystemError) -> Callable[[], Receipt]:
    """A call that ends in *error* once, and brings something the next time."""
    errors = [error]

    def call() -> Receipt:
        if errors:
            raise errors.pop()
        return receipt()

    return call


def test_a_provider_that_was_away_for_a_moment_is_asked_once_more_within_one_row() -> None:
    assert TILL.buy(GPT, after(DOWN)) == "script"
    assert [row.state for row in ledger()] == ["settled"]


@pytest.mark.parametrize("error", [ProviderRejected("llm", "openai", "no"), OverLimit("llm", "openai", "slow down")])
def test_a_refusal_is_not_repeated(error: VideoSystemError) -> None:
    calls = []

    def call() -> Receipt:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        TILL.buy(GPT, call)

    assert len(calls) == 1


def test_what_took_long_to_fail_and_what_prefect_tries_again_is_not_asked_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def call() -> Receipt:
        calls.append(1)
        raise DOWN

    with pytest.raises(ProviderUnavailable):
        TILL.buy(SHARED, call)
    monkeypatch.setattr(policy, "QUICK_S", 0.0)
    with pytest.raises(ProviderUnavailable):
        TILL.buy(GPT, call)

    assert len(calls) == 2


def test_neither_a_missing_key_nor_a_rate_limit_opens_the_breaker() -> None:
    for number in range(policy.FAILURES + 1):
        error = (ProviderNotReady if number % 2 else OverLimit)("llm", "openai", "not now")
        with pytest.raises(type(error)):
            TILL.buy(other(str(number)), failing(error))

    assert TILL.buy(GPT, receipt) == "script"


def test_a_rate_limit_that_ends_soon_is_waited_for() -> None:
    assert TILL.buy(GPT, after(OverLimit("llm", "openai", "slow down", retry_after=0.01))) == "script"


@pytest.mark.parametrize("seconds", [None, policy.PATIENCE_S + 1])
def test_a_rate_limit_without_an_end_in_sight_is_not(seconds: float | None) -> None:
    with pytest.raises(OverLimit):
        TILL.buy(GPT, failing(OverLimit("llm", "openai", "slow down", retry_after=seconds)))


def test_the_ledger_remembers_who_pays_when() -> None:
    TILL.buy(GPT, receipt)
    with reading() as session:
        purchases = Purchases(session)
        spent = [
            purchases.spent(video_id="task_1"),
            purchases.spent(video_id="task_2"),
            purchases.spent(owner_id="user_1", since=utc_now() - timedelta(hours=1)),
            purchases.spent(since=utc_now() + timedelta(hours=1)),
        ]
        rows = purchases.of_video("task_1")

    assert spent == [2_250, 0, 2_250, 0]
    assert [row.provider for row in rows] == ["openai"]
    assert psutil.Process().pid == rows[0].pid
