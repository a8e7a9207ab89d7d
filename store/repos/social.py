"""Every query about accounts at platforms, and about the way to them."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import new_id, utc_now
from store.tables.social import Connection, SocialAccount
from studio.models.publication import Grant, Target, Token
from studio.sealing import seal, unseal

CONNECT_FOR = timedelta(minutes=10)
"""How long the owner may take at the platform. Source: RFC 6749, 4.1.2, which gives codes that long."""


@dataclass(frozen=True)
class Confirmed:
    """A way to an account at its end: what the code is exchanged with, and for whom."""

    owner_id: str
    redirect: str
    verifier: str
    code: str


class SocialAccounts:
    """Accounts at platforms; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str | None) -> None:
        self._session = session
        self._owner_id = owner_id

    @classmethod
    def of_everyone(cls, session: Session) -> SocialAccounts:
        """For workers, who act for the owners."""
        return cls(session, owner_id=None)

    def _owned(self) -> SelectOfScalar[SocialAccount]:
        statement = select(SocialAccount)
        return statement if self._owner_id is None else statement.where(SocialAccount.owner_id == self._owner_id)

    def get(self, account_id: str) -> SocialAccount | None:
        """The account of that id."""
        if "\x00" in account_id:
            return None
        return self._session.exec(self._owned().where(SocialAccount.id == account_id)).first()

    def all(self, *, platform: Target | None = None) -> Sequence[SocialAccount]:
        """Every account, the oldest first."""
        statement = self._owned()
        if platform is not None:
            statement = statement.where(SocialAccount.platform == platform)
        return self._session.exec(statement.order_by(col(SocialAccount.id))).all()

    def keep(self, platform: Target, grant: Grant) -> SocialAccount:
        """The account that was connected: a new one, or the one that this owner has with a newer token."""
        assert self._owner_id is not None
        known = self._session.exec(
            self._owned().where(SocialAccount.platform == platform, SocialAccount.remote_id == grant.remote_id)
        ).first()
        account = known or SocialAccount(
            id=new_id("account"),
            owner_id=self._owner_id,
            platform=platform,
            remote_id=grant.remote_id,
            name=grant.name,
            sealed=b"",
        )
        account.name = grant.name
        self.keep_token(account, grant.token)
        return account

    def keep_token(self, account: SocialAccount, token: Token) -> None:
        """A newer token; whoever waits for it may go on."""
        account.sealed = seal(token.model_dump_json(), belongs_to=account.seal_name)
        account.scopes, account.expires_at = list(token.scopes), token.expires_at
        account.state, account.busy_until, account.renewed_at = "connected", None, utc_now()
        self._session.add(account)
        self._session.flush()

    def token(self, account: SocialAccount) -> Token:
        """The token of *account*. Raises SealBroken."""
        return Token.model_validate_json(unseal(account.sealed, belongs_to=account.seal_name))

    def claim_renewal(self, account_id: str, *, until: datetime) -> bool:
        """Whether the caller may renew the token: nobody else does until then."""
        claimed = self._session.exec(
            update(SocialAccount)
            .where(
                col(SocialAccount.id) == account_id,
                or_(col(SocialAccount.busy_until).is_(None), col(SocialAccount.busy_until) < utc_now()),
            )
            .values(busy_until=until)
        )
        return bool(claimed.rowcount)

    def release(self, account_id: str, *, state: str | None = None) -> None:
        """Nothing came of renewing: *state* says whether the account has to be connected again."""
        values: dict[str, str | None] = {"busy_until": None, **({"state": state} if state else {})}
        self._session.execute(update(SocialAccount).where(col(SocialAccount.id) == account_id).values(**values))

    def remove(self, account_id: str) -> None:
        """Forget the account with its token."""
        statement = delete(SocialAccount).where(col(SocialAccount.id) == account_id)
        if self._owner_id is not None:
            statement = statement.where(col(SocialAccount.owner_id) == self._owner_id)
        self._session.execute(statement)


class Connections:
    """Ways to accounts that were begun."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, *, state: str, verifier: str, owner_id: str, platform: Target, redirect: str) -> Connection:
        """Remember that *owner_id* goes to *platform*; those whose time is over are forgotten."""
        now = utc_now()
        self._session.execute(delete(Connection).where(col(Connection.expires_at) < now))
        name = _hash(state)
        connection = Connection(
            state_hash=name,
            owner_id=owner_id,
            platform=platform,
            sealed=seal(verifier, belongs_to=name),
            redirect=redirect,
            expires_at=now + CONNECT_FOR,
        )
        self._session.add(connection)
        self._session.flush()
        return connection

    def forget(self, *, state: str, platform: Target) -> bool:
        """Whether there was a way of that *state* to *platform* that nobody had come back on; there is none any more."""
        found = self._session.get(Connection, _hash(state))
        gone = self._session.exec(
            delete(Connection).where(col(Connection.state_hash) == _hash(state), col(Connection.confirmation).is_(None))
        )
        return bool(gone.rowcount) and found is not None and _leads(found, platform)

    def hold(self, *, state: str, platform: Target, code: str) -> tuple[Connection, str] | None:
        """
        The way that *state* belongs to, where its owner comes back with *code*, and what they have to confirm it with.

        It is taken once; None where there is none to *platform*.
        """
        found = self._session.get(Connection, _hash(state))
        if found is None or found.confirmation is not None:
            return None
        if not _leads(found, platform):
            self._session.delete(found)
            return None
        token = secrets.token_urlsafe(32)
        verifier = unseal(found.sealed, belongs_to=found.state_hash)
        held = self._session.exec(
            update(Connection)
            .where(col(Connection.state_hash) == found.state_hash, col(Connection.confirmation).is_(None))
            .values(confirmation=_hash(token), sealed=seal(json.dumps([verifier, code]), belongs_to=found.state_hash))
        )
        return (found, token) if held.rowcount else None

    def confirm(self, *, token: str, platform: Target) -> Confirmed | None:
        """The way that *token* was given for, and never again; None where there is none to *platform*."""
        found = self._session.exec(select(Connection).where(Connection.confirmation == _hash(token))).first()
        if found is None:
            return None
        gone = self._session.exec(delete(Connection).where(col(Connection.state_hash) == found.state_hash))
        if not gone.rowcount or not _leads(found, platform):
            return None
        verifier, code = json.loads(unseal(found.sealed, belongs_to=found.state_hash))
        return Confirmed(owner_id=found.owner_id, redirect=found.redirect, verifier=verifier, code=code)


def _leads(connection: Connection, platform: Target) -> bool:
    return connection.platform == platform and connection.expires_at >= utc_now()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
