"""Who asks is found out once, however many requests come at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api import callers as module
from api.callers import Caller, Callers
from api.errors import NotAuthenticated
from store.tables.users import User


def test_of_thirty_requests_with_one_token_one_asks_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask(token: str) -> Caller:
        asked.append(token)
        time.sleep(0.1)
        return Caller(User(id="user_1", username="a", email="a@example.com", password_hash="!"))

    monkeypatch.setattr(module, "_by_login", ask)
    callers, together = Callers(), threading.Barrier(30)

    def request(_: int) -> str:
        together.wait()
        return callers.identify("token").user.id

    with ThreadPoolExecutor(30) as pool:
        found = set(pool.map(request, range(30)))

    assert (found, asked) == ({"user_1"}, ["token"])


def test_a_token_that_is_nobodys_is_remembered_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(token: str) -> Caller:
        asked.append(token)
        raise NotAuthenticated

    monkeypatch.setattr(module, "_by_login", refuse)
    callers = Callers()
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            callers.identify("token")

    assert (len(asked), callers.recall("token")) == (2, None)
