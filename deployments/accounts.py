"""Accounts from the operator's shell."""

from __future__ import annotations

from pydantic import ValidationError

from api.accounts import register
from api.errors import UsernameTaken
from api.schemas.auth import Register
from store.migrate import migrate
from store.repos.users import Users
from store.session import transaction
from studio.errors import BadInput, UnknownName

PLANS = ("free", "paid", "admin")


def keep_user(username: str, *, plan: str, email: str, password: str) -> str:
    """
    Make the account when *email* is given, then set its plan; returns a line that says what was done.

    Raises:
        BadInput: the name is taken, the password too short, or there is no such account.
    """
    if plan not in PLANS:
        raise UnknownName(plan, field="plan", known=PLANS)
    migrate()
    if email:
        _register(username, email, password)
    with transaction() as session:
        found = Users(session).by_name(username)
        if found is None:
            raise BadInput(f"there is no account {username!r}; give --email to make it", field="username")
        found.plan = plan
        session.add(found)
    return f"{found.username}: plan {plan}"


def _register(username: str, email: str, password: str) -> None:
    try:
        register(Register(username=username, email=email, password=password))
    except UsernameTaken as error:
        raise BadInput("is taken", field="username") from error
    except ValidationError as error:
        # Only the first, and without the value: it may be the password.
        first = error.errors(include_input=False)[0]
        raise BadInput(first["msg"], field=".".join(map(str, first["loc"]))) from error
