"""Register, log in, refresh, log out, change and remove accounts: what the routes of `/auth` and `/users` do."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api import assets, attempts, library, security, social
from api.callers import callers
from api.errors import InvalidCredentials, NotAuthenticated, TokenJustRotated, TokenReused, UsernameTaken
from api.schemas.auth import ChangePassword, Login, Refresh, Register, Tokens
from api.schemas.users import ChangeProfile
from store.repos.tokens import RefreshTokens, Spent
from store.repos.users import Users
from store.session import transaction
from store.tables.tokens import RefreshToken
from store.tables.users import OPERATOR, User


def register(order: Register, *, address: str = "") -> User:
    """
    The new account.

    Raises:
        UsernameTaken: there is one of that name.
        TooManyAttempts: the address made too many accounts.
    """
    attempts.note_registration(address)
    username = order.username.lower()
    if username == OPERATOR:
        raise UsernameTaken
    hashed = security.hash_password(order.password)
    try:
        with transaction() as session:
            return Users(session).add(User(username=username, email=order.email, password_hash=hashed))
    except IntegrityError as error:
        raise UsernameTaken from error


def log_in(order: Login, *, address: str = "") -> Tokens:
    """
    A first pair of tokens.

    Raises:
        InvalidCredentials: wrong name or password.
        TooManyAttempts: too many wrong ones before, for this name or from this address.
    """
    attempts.check(order.username, address)
    with transaction() as session:
        user = Users(session).by_name(order.username)
    if not security.password_matches(order.password, user.password_hash if user else None) or user is None:
        attempts.note_failure(order.username, address)
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
            callers().forget(user.id)
    if outcome is Spent.JUST_ROTATED:
        raise TokenJustRotated
    raise TokenReused if outcome is Spent.REUSED else NotAuthenticated


def log_out(user: User, *, family: str, everywhere: bool) -> None:
    """End one login, or every login of the account."""
    with transaction() as session:
        if everywhere:
            _end_every_login(session, user.id)
        else:
            RefreshTokens(session).revoke_family(family)
    callers().forget(user.id)


def change_password(user: User, order: ChangePassword) -> None:
    """
    Set a new password; every login of the account is over.

    Raises:
        InvalidCredentials: the current password is another.
    """
    _prove(user, order.current_password)
    hashed = security.hash_password(order.new_password)
    with transaction() as session:
        _end_every_login(session, user.id).password_hash = hashed
    callers().forget(user.id)


def change_profile(user: User, order: ChangeProfile) -> User:
    """Set what was given; the rest stays."""
    with transaction() as session:
        found = Users(session).get(user.id)
        if found is None:
            raise NotAuthenticated
        for name, value in order.model_dump(exclude_none=True).items():
            setattr(found, name, value)
        session.add(found)
    callers().forget(user.id)
    return found


def remove(user: User, *, password: str) -> None:
    """
    Remove the account and all that it made.

    Raises:
        InvalidCredentials: the password is another.
        PrefectUnavailable: runs cannot be ended now; nothing was removed.
    """
    _prove(user, password)
    library.remove_all(user)
    social.disconnect_all(user)
    assets.remove_all(user)
    with transaction() as session:
        Users(session).remove(user)
    callers().forget(user.id)


def _prove(user: User, password: str) -> None:
    attempts.check(user.username, "")
    if not security.password_matches(password, user.password_hash):
        attempts.note_failure(user.username, "")
        raise InvalidCredentials


def _end_every_login(session: Session, user_id: str) -> User:
    user = Users(session).get(user_id)
    if user is None:
        raise NotAuthenticated
    user.token_epoch += 1
    session.add(user)
    RefreshTokens(session).revoke_all(user_id)
    return user


def _tokens(session: Session, user: User, *, after: RefreshToken | None = None) -> Tokens:
    refresh_token = security.new_refresh_token()
    kept = RefreshTokens(session).add(user_id=user.id, token_hash=security.token_hash(refresh_token), after=after)
    return Tokens(
        access_token=security.access_token(user, family=kept.family),
        refresh_token=refresh_token,
        expires_in=security.ACCESS_LIFE_S,
    )
