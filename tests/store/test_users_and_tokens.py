"""Accounts and refresh tokens in the database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from store.repos.tokens import RefreshTokens, Spent
from store.repos.users import Users
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from tests.store.conftest import add_user


def test_a_name_is_unique(owner: User) -> None:
    with pytest.raises(IntegrityError):
        add_user("owner@example.com")


def test_a_name_is_found_in_any_letter_case(owner: User) -> None:
    with reading() as session:
        found = Users(session).by_name("OWNER@example.com")

    assert found
    assert found.id == owner.id


@pytest.mark.parametrize("username", ["", "\x00", "own\x00er", "x" * 10_000, "長"])
def test_a_name_of_any_shape_is_only_not_there(migrated: str, username: str) -> None:
    with reading() as session:
        assert Users(session).by_name(username) is None


def test_there_is_one_operator_however_often_it_is_asked_for(migrated: str) -> None:
    ids = set()
    for _ in range(2):
        with transaction() as session:
            ids.add(Users(session).operator().id)

    assert len(ids) == 1


@contextmanager
def tokens() -> Iterator[RefreshTokens]:
    with transaction() as session:
        yield RefreshTokens(session)


def spend(token_hash: str) -> Spent:
    with tokens() as repo:
        return repo.spend(token_hash)[0]


@pytest.fixture
def token(owner: User) -> str:
    with tokens() as repo:
        repo.add(user_id=owner.id, token_hash="hash")
    return "hash"


def test_a_token_is_accepted_once(token: str) -> None:
    assert [spend(token), spend(token)] == [Spent.ACCEPTED, Spent.JUST_ROTATED]


def test_a_token_that_comes_back_after_the_grace_is_reused(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spend(token)
    monkeypatch.setattr("store.repos.tokens.utc_now", lambda: utc_now() + timedelta(seconds=11))

    assert spend(token) is Spent.REUSED


def test_a_token_that_nobody_gave_out_is_unknown(token: str) -> None:
    assert spend("another") is Spent.UNKNOWN


def test_a_revoked_family_is_unknown_to_the_last_of_its_tokens(owner: User, token: str) -> None:
    with tokens() as repo:
        _, first = repo.spend(token)
        assert first
        repo.add(user_id=owner.id, token_hash="next", after=first)
        repo.revoke_family(first.family)

    assert [spend(token), spend("next")] == [Spent.UNKNOWN, Spent.UNKNOWN]


def test_the_next_token_ends_when_its_family_ends(owner: User, token: str) -> None:
    with tokens() as repo:
        _, first = repo.spend(token)
        repo.add(user_id=owner.id, token_hash="next", after=first)
    with tokens() as repo:
        _, second = repo.spend("next")

    assert first
    assert second
    assert (second.family, second.family_expires_at) == (first.family, first.family_expires_at)


def test_of_eight_who_spend_a_token_at_once_one_is_accepted(token: str) -> None:
    together = Barrier(8)

    def race(_: int) -> Spent:
        together.wait()
        return spend(token)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(race, range(8)))

    assert sorted(outcome.name for outcome in outcomes) == ["ACCEPTED"] + ["JUST_ROTATED"] * 7
