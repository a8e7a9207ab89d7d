"""Who asks: an account by its access token, or by one of its API keys."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache

from api import security
from api.errors import NotAuthenticated
from store.repos.keys import find_key, is_use_worth_noting, note_use
from store.repos.tokens import RefreshTokens
from store.repos.users import Users
from store.session import reading, transaction
from store.tables.users import User

SCOPES = ("read", "write", "publish")
"""What a key may do: look, make and change, and put things before the public."""

FRESH_S = 1.0
"""How long an answer about a token is believed: after a logout another process may go on for this long."""

REMEMBERED = 10_000

AT_ONCE = 64
"""Locks that tokens share: of many requests with one token at once, one asks for all."""


@dataclass(frozen=True)
class Caller:
    """An account, and the key that it came with; a login may do everything that its account may."""

    user: User
    family: str = ""
    """The login that its token came from; empty for a key."""
    key_id: str | None = None
    scopes: frozenset[str] = frozenset(SCOPES)


@dataclass
class Callers:
    """This process's short memory of tokens, by their digest."""

    _known: OrderedDict[bytes, tuple[float, Caller]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asking: list[threading.Lock] = field(default_factory=lambda: [threading.Lock() for _ in range(AT_ONCE)])

    def recall(self, token: str) -> Caller | None:
        """Whose token it was a moment ago, without asking anybody."""
        known = self._known.get(_digest(token))
        return known[1] if known and time.monotonic() - known[0] <= FRESH_S else None

    def identify(self, token: str) -> Caller:
        """
        Whose token it is.

        Raises:
            NotAuthenticated: nobody's, or it does not work any more.
        """
        digest = _digest(token)
        with self._asking[digest[0] % AT_ONCE]:
            known = self.recall(token)
            if known is not None:
                return known
            asked_at = time.monotonic()
            caller = _by_key(token) if security.is_api_key(token) else _by_login(token)
            with self._lock:
                self._known[digest] = (asked_at, caller)
                self._known.move_to_end(digest)
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
            return caller

    def forget(self, user_id: str) -> None:
        """Ask anew about every token of the account."""
        with self._lock:
            for digest in [key for key, (_, caller) in self._known.items() if caller.user.id == user_id]:
                del self._known[digest]


@cache
def callers() -> Callers:
    """This process's memory of tokens."""
    return Callers()


def _by_login(token: str) -> Caller:
    claims = security.read_access_token(token)
    with reading() as session:
        user = Users(session).get(claims.user_id)
        if user is None or user.token_epoch != claims.epoch or not RefreshTokens(session).is_alive(claims.family):
            raise NotAuthenticated
    return Caller(user, family=claims.family)


def _by_key(token: str) -> Caller:
    if not security.is_well_formed(token):
        raise NotAuthenticated
    with reading() as session:
        key = find_key(session, security.token_hash(token))
        user = Users(session).get(key.user_id) if key else None
    if key is None or user is None:
        raise NotAuthenticated
    if is_use_worth_noting(key):
        with transaction() as session:
            note_use(session, key.id)
    return Caller(user, key_id=key.id, scopes=frozenset(key.scopes))


def _digest(token: str) -> bytes:
    """Tokens themselves are not kept in memory longer than a request."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
