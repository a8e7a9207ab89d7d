"""Every query about accounts."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store.tables.answers import KeptAnswer
from store.tables.keys import ApiKey
from store.tables.removed import RemovedFilm
from store.tables.tokens import RefreshToken
from store.tables.users import OPERATOR, User
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint

NO_PASSWORD = "!"  # noqa: S105
"""No hash of any password: nobody can log in."""


class Users:
    """Accounts; an account is its own owner."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, user_id: str) -> User | None:
        """The account of that id."""
        return self._session.get(User, user_id)

    def by_name(self, username: str) -> User | None:
        """The account of that name; names are kept in lower case."""
        if "\x00" in username:  # no text of PostgreSQL's: asking for it would be an error
            return None
        return self._session.exec(select(User).where(User.username == username.lower())).first()

    def add(self, user: User) -> User:
        """A new account. Raises IntegrityError when its name is taken."""
        self._session.add(user)
        self._session.flush()
        return user

    def remove(self, user: User) -> None:
        """Forget the account with its tokens, keys, webhooks and kept answers; its films and files must be gone before."""
        for table in (RefreshToken, ApiKey):
            self._session.execute(delete(table).where(col(table.user_id) == user.id))
        for owned in (KeptAnswer, RemovedFilm, WebhookDelivery, WebhookEndpoint):
            self._session.execute(delete(owned).where(col(owned.owner_id) == user.id))
        self._session.execute(delete(User).where(col(User.id) == user.id))

    def operator(self) -> User:
        """The operator's own account, made when it is first needed; nobody can log in to it."""
        found = self.by_name(OPERATOR)
        return found or self.add(
            User(username=OPERATOR, email="operator@localhost", password_hash=NO_PASSWORD, plan="admin")
        )
