"""Register, log in, refresh: what the routes of `/auth` do."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api import security
from api.errors import InvalidCredentials, NotAuthenticated, TokenJustRotated, TokenReused, UsernameTaken
from api.schemas.auth import Login, Refresh, Register, Tokens
from store.repos.tokens import RefreshTokens, Spent
from store.repos.users import Users
from store.session import transaction
from store.tables.tokens import RefreshToken
from store.tables.users import OPERATOR, User


def register(order: Register) -> User:
    """
    The new account.

    Raises:
        UsernameTaken: there is one of that name.
    """
    username = order.username.lower()
    if username == OPERATOR:
        raise UsernameTaken
    hashed = security.hash_password(order.password)
    try:
        with transaction() as session:
            return Users(session).add(User(username=username, email=order.email, password_hash=hashed))
    except IntegrityError as error:
        raise UsernameTaken from error


def log_in(order: Login) -> Tokens:
    """
    A first pair of tokens.

    Raises:
        InvalidCredentials: wrong name or password.
    """
    with transaction() as session:
        user = Users(session).by_name(order.username)
    if not security.password_matches(order.password, user.password_hash if user else None) or user is None:
        raise InvalidCredentials
    with transaction() as session:
        return _tokens(session, user)


def refresh(order: Refresh) -> Tokens:
    """
    The next pair of tokens; the one handed in is used up.

    Raises:
        TokenJustRotated: it was used a moment ago.
        TokenReused: it was used before that, so its whole family is revoked.
    """
    with transaction() as session:
        outcome, token = RefreshTokens(session).spend(security.token_hash(order.refresh_token))
        user = Users(session).get(token.user_id) if token else None
        if outcome is Spent.ACCEPTED and token and user:
            return _tokens(session, user, after=token)
        if outcome is Spent.REUSED and token and user:
            RefreshTokens(session).revoke_family(token.family)
            user.token_epoch += 1
            session.add(user)
    if outcome is Spent.JUST_ROTATED:
        raise TokenJustRotated
    raise TokenReused if outcome is Spent.REUSED else NotAuthenticated


def _tokens(session: Session, user: User, *, after: RefreshToken | None = None) -> Tokens:
    refresh_token = security.new_refresh_token()
    RefreshTokens(session).add(user_id=user.id, token_hash=security.token_hash(refresh_token), after=after)
    return Tokens(
        access_token=security.access_token(user), refresh_token=refresh_token, expires_in=security.ACCESS_LIFE_S
    )
