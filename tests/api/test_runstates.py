"""What is known of runs is asked for once, and never too old."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from api import runs
from api.prefectclient import PrefectUnavailable
from api.runstates import Run, States, Unread
from tests.api.conftest import FakePrefect, a_run


def memory() -> States:
    """One that reads by whatever stands in for `runs.read` by then."""

    def read(run_ids: Iterable[str]) -> dict[str, Run]:
        return runs.read(run_ids)

    return States(read)


@pytest.mark.parametrize("state", ["Running", "Completed", "Cancelled"])
def test_fifty_polls_within_a_second_cost_one_question(prefect: FakePrefect, state: str) -> None:
    prefect.runs["a"] = a_run("a", state, "processing")
    states = memory()
    answers = {states.get("a") for _ in range(50)}

    assert answers == {prefect.runs["a"]}
    assert len(prefect.reads) == 1


def test_fifty_polls_of_an_unknown_run_cost_one_question(prefect: FakePrefect) -> None:
    states = memory()
    answers = {states.get("nothing") for _ in range(50)}

    assert answers == {None}
    assert len(prefect.reads) == 1


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock that a state's age is measured by."""
    now = time.monotonic()

    def advance(seconds: float) -> None:
        monkeypatch.setattr(time, "monotonic", lambda: now + seconds)

    return advance


def test_after_a_second_the_state_is_read_anew(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Pending", "pending")
    states = memory()
    states.get("a")
    prefect.runs["a"] = a_run("a", "Running", "processing")
    later(1.5)

    assert states.get("a") == prefect.runs["a"]


def test_all_watched_runs_are_read_in_one_question(prefect: FakePrefect, later: Any) -> None:
    states = memory()
    for run_id in "abc":
        states.get(run_id)
    later(1.5)
    prefect.reads.clear()
    for run_id in "abc":
        states.get(run_id)

    assert prefect.reads == [{"a", "b", "c"}]


def test_a_run_that_nobody_asks_for_is_not_read_any_more(prefect: FakePrefect, later: Any) -> None:
    states = memory()
    states.get("a")
    later(61)
    states.get("b")

    assert prefect.reads[-1] == {"b"}


def test_a_run_that_is_gone_is_not_remembered(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = memory()
    states.get("a")
    del prefect.runs["a"]
    later(1.5)

    assert states.get("a") is None


def test_while_prefect_is_away_the_last_known_state_stands(prefect: FakePrefect, later: Any) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = memory()
    known = states.get("a")
    prefect.is_down = True
    later(1.5)

    assert states.get("a") == known


def test_what_is_known_is_recalled_without_asking(prefect: FakePrefect) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = memory()
    known = states.get("a")

    assert states.recall("a") == known
    assert len(prefect.reads) == 1


@pytest.mark.parametrize("make_unknown", ["never read", "too old", "forgotten"])
def test_what_is_not_known_well_enough_is_not_recalled(prefect: FakePrefect, later: Any, make_unknown: str) -> None:
    states = memory()
    if make_unknown != "never read":
        states.get("a")
    if make_unknown == "too old":
        later(1.5)
    if make_unknown == "forgotten":
        states.forget("a")

    with pytest.raises(Unread):
        states.recall("a")


def test_while_one_poll_waits_for_prefect_the_others_have_what_was_known(
    prefect: FakePrefect, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefect.runs["a"] = a_run("a", "Running", "processing")
    states = memory()
    known = states.get("a")
    asked, answer = threading.Event(), threading.Event()

    def slow(run_ids: Iterable[str]) -> dict[str, Run]:
        asked.set()
        answer.wait(10)
        return prefect.read(run_ids)

    monkeypatch.setattr(runs, "read", slow)
    later(1.5)
    reader = threading.Thread(target=states.get, args=("a",))
    reader.start()
    asked.wait(10)
    others = [states.get("a") for _ in range(20)]
    answer.set()
    reader.join(10)

    assert others == [known] * 20


@pytest.fixture
def listening(prefect: FakePrefect) -> States:
    """A memory that hears of run "a" what happens, which is Pending and was read."""
    prefect.runs["a"] = a_run("a", "Pending", "pending", age_s=60)
    states = memory()
    states.listen()
    states.get("a")
    prefect.reads.clear()
    return states


def test_while_events_are_heard_nothing_is_read(prefect: FakePrefect, listening: States, later: Any) -> None:
    later(3)
    listening.confirm(time.monotonic())
    listening.get("a")

    assert prefect.reads == []


def test_a_run_that_is_recalled_is_read_on(prefect: FakePrefect, listening: States, later: Any) -> None:
    later(4)
    listening.confirm(time.monotonic())
    listening.recall("a")
    later(62)
    listening.get("b")

    assert prefect.reads[-1] == {"a", "b"}


def test_a_run_is_read_now_and_then_in_case_an_event_was_lost(
    prefect: FakePrefect, listening: States, later: Any
) -> None:
    later(6)
    listening.confirm(time.monotonic())
    prefect.runs["a"] = a_run("a", "Running", "processing")

    assert listening.get("a") == prefect.runs["a"]


@pytest.mark.parametrize("silent", [True, False])
def test_a_second_after_the_subscription_was_cut_states_are_read_again(
    prefect: FakePrefect, listening: States, later: Any, silent: bool
) -> None:
    listening.confirm(time.monotonic())
    if not silent:
        listening.stop_listening()
    later(1.5)
    prefect.runs["a"] = a_run("a", "Running", "processing")

    assert listening.get("a") == prefect.runs["a"]


def test_after_connecting_again_everything_is_read_once(prefect: FakePrefect, listening: States, later: Any) -> None:
    later(2)
    listening.listen()
    listening.confirm(time.monotonic())
    for _ in range(20):
        listening.get("a")

    assert prefect.reads == [{"a"}]


def test_a_newer_event_changes_what_is_known(listening: States) -> None:
    heard = a_run("a", "Running", "processing")
    listening.hear(heard)

    assert listening.get("a") == heard


def test_an_older_event_or_the_same_again_changes_nothing(prefect: FakePrefect, listening: States) -> None:
    listening.hear(a_run("a", "Scheduled", "pending", age_s=90))
    listening.hear(prefect.runs["a"])

    assert listening.get("a") == prefect.runs["a"]


def test_events_of_runs_that_nobody_asked_for_are_not_kept(listening: States) -> None:
    for number in range(1000):
        listening.hear(a_run(f"run {number}", "Running", "processing"))

    assert listening._runs.keys() == {"a"}
    assert listening._read_at.keys() == {"a"}


def test_a_new_run_is_read_without_those_that_are_known(prefect: FakePrefect, listening: States) -> None:
    listening.confirm(time.monotonic())
    listening.get("b")

    assert prefect.reads == [{"b"}]


def test_an_event_overtakes_the_reading_that_it_came_in(
    prefect: FakePrefect, listening: States, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = a_run("a", "Running", "processing")

    def slow(run_ids: Iterable[str]) -> dict[str, Run]:
        found = prefect.read(run_ids)
        listening.hear(heard)
        return found

    monkeypatch.setattr(runs, "read", slow)
    later(1.5)

    assert listening.get("a") == heard


def test_what_is_forgotten_while_it_is_read_is_read_again(
    prefect: FakePrefect, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = memory()

    def slow(run_ids: Iterable[str]) -> dict[str, Run]:
        found = prefect.read(run_ids)
        states.forget("a")
        return found

    monkeypatch.setattr(runs, "read", slow)
    states.get("a")
    states.get("a")

    assert len(prefect.reads) == 2


def test_a_run_that_was_never_read_is_an_error_while_prefect_is_away(prefect: FakePrefect) -> None:
    prefect.is_down = True

    with pytest.raises(PrefectUnavailable):
        memory().get("a")


def test_what_was_forgotten_is_read_at_once(prefect: FakePrefect) -> None:
    states = memory()
    states.get("a")
    states.forget("a")
    states.get("a")

    assert len(prefect.reads) == 2
