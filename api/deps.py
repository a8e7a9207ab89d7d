"""What routes ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from api.errors import NotAuthenticated
from api.security import read_access_token
from store.repos.users import Users
from store.session import reading, transaction
from store.tables.users import User

_bearer = HTTPBearer(auto_error=False, description="The access token of a login.")


def _transaction() -> Iterator[Session]:
    with transaction() as session:
        yield session


def _reading() -> Iterator[Session]:
    with reading() as session:
        yield session


# scope="function" commits before the answer is sent: a client or worker that looks at once sees the row.
Writing = Annotated[Session, Depends(_transaction, scope="function")]
Reading = Annotated[Session, Depends(_reading, scope="function")]


def current_user(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> User:
    """The account that the request's token belongs to."""
    if credentials is None:
        raise NotAuthenticated
    claims = read_access_token(credentials.credentials)
    with reading() as session:
        user = Users(session).get(claims.user_id)
    if user is None or user.token_epoch != claims.epoch:
        raise NotAuthenticated
    request.state.user_id = user.id
    return user


CurrentUser = Annotated[User, Depends(current_user)]
