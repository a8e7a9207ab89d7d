"""What publications use of a platform's day, on both databases: never more than there is, and given back."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from store.repos.quotas import KEPT_FOR, Quotas
from store.session import engine, reading, transaction
from store.tables.base import utc_now
from studio.errors import OverQuota, ProviderNotReady
from studio.models.publication import Allowance

DAY = "2026-11-30"


def allowance(units: int, *, most: int = 10, day: str = DAY, name: str = "units") -> Allowance:
    return Allowance(
        platform="youtube", name=name, setting="YOUTUBE_DAILY_QUOTA", day=day, most=most, units=units, ends_in_s=60
    )


def reserve(use_id: str, wanted: Allowance) -> None:
    with transaction() as session:
        Quotas(session).reserve(wanted, use_id=use_id, publication_id="pub_1")


def settle(used: Allowance, *use_ids: str) -> None:
    with transaction() as session:
        Quotas(session).settle(used, use_ids=use_ids, use_id="use_late", publication_id="pub_1")


def used(name: str = "units", day: str = DAY) -> int:
    with reading() as session:
        return Quotas(session).used(name, day=day)


@pytest.mark.usefixtures("migrated")
def test_nothing_is_used_at_first() -> None:
    assert used() == 0


@pytest.mark.usefixtures("migrated")
def test_a_day_holds_what_fits_and_another_day_or_quota_is_another_matter() -> None:
    reserve("use_1", allowance(6))
    reserve("use_2", allowance(4))
    with pytest.raises(OverQuota) as refused:
        reserve("use_3", allowance(1))
    reserve("use_4", allowance(6, day="2026-12-01"))
    reserve("use_5", allowance(6, name="uploads"))

    assert refused.value.retry_after == 60
    assert (used(), used(day="2026-12-01"), used("uploads")) == (10, 6, 6)


@pytest.mark.usefixtures("migrated")
def test_what_is_reserved_twice_under_one_id_counts_once() -> None:
    reserve("use_1", allowance(6))
    reserve("use_1", allowance(6))

    assert used() == 6


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(("units", "counts"), [(0, 0), (2, 2), (9, 9)])
def test_what_was_settled_counts_instead_of_what_was_reserved(units: int, counts: int) -> None:
    reserve("use_1", allowance(3))
    reserve("use_2", allowance(3))
    settle(allowance(units), "use_1", "use_2")

    assert used() == counts


@pytest.mark.usefixtures("migrated")
def test_what_was_used_without_a_reservation_counts_once() -> None:
    settle(allowance(50))
    settle(allowance(50))

    assert used() == 50


@pytest.mark.usefixtures("migrated")
def test_what_fits_into_no_day_is_no_matter_of_waiting() -> None:
    with pytest.raises(ProviderNotReady, match="YOUTUBE_DAILY_QUOTA is 10, and this film needs 11"):
        reserve("use_1", allowance(11))

    assert used() == 0


@pytest.mark.usefixtures("migrated")
def test_days_that_are_long_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    reserve("use_1", allowance(3))
    monkeypatch.setattr("store.repos.quotas.utc_now", lambda: utc_now() + KEPT_FOR + timedelta(seconds=1))
    reserve("use_2", allowance(3, day="2026-12-04"))

    with engine().connect() as connection:
        assert connection.execute(text("SELECT id FROM quota_uses")).scalars().all() == ["use_2"]


@pytest.mark.usefixtures("migrated")
def test_of_eight_processes_that_want_a_place_at_once_as_many_get_one_as_there_are() -> None:
    forked = multiprocessing.get_context("fork")
    said: Any = forked.SimpleQueue()
    begin = forked.Barrier(8)

    def want(number: int) -> None:
        engine().dispose(close=False)  # its connections are the parent's
        begin.wait(20)
        try:
            reserve(f"use_{number}", allowance(3))
            said.put(1)
        except OverQuota:
            said.put(0)

    children = [forked.Process(target=want, args=(number,)) for number in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join(30)

    assert sum(said.get() for _ in children) == 3
    assert used() == 9
